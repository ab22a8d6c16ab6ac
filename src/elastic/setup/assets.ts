import type { Settings } from '../../settings/table.ts';
import { isObject, objectAt, type EngineRequest, type JsonObject, type Product } from '../engine.ts';
import { pipelineFor } from '../ingest/pipelines.ts';
import { eventMapping, factsMapping } from './mappings.ts';
import { assetNames } from './names.ts';

/** Something that `setup` makes in a search engine. */
export interface Asset {
  readonly kind: 'component template' | 'index' | 'enrich policy' | 'ingest pipeline';
  readonly name: string;
  readonly path: string;
  readonly wanted: JsonObject;
  /** What an answer to GET says of it, in the form of `wanted`; undefined when it is not there. */
  current(answer: JsonObject): JsonObject | undefined;
  /** How an older form of it is changed: put again, its mapping added to, or not at all. */
  readonly change: 'put' | 'mapping' | 'never';
  /** Asked each time before it is put. */
  readonly before?: EngineRequest;
  /** Needs a processor or an API that not every distribution has. */
  readonly needs?: 'enrich';
}

/** All assets in the order of their making; they are removed in the opposite order. */
export function assetsFor(product: Product, settings: Settings): readonly Asset[] {
  const names = assetNames(settings.prefix);
  const options = {
    fields: settings.fields,
    babyDays: settings.babyDays,
    newDays: settings.newDays,
    policy: names.enrichPolicy,
  };
  const isElasticsearch = product === 'elasticsearch';
  return [
    componentTemplate(names.componentTemplate),
    factsIndex(names.factsIndex, isElasticsearch && settings.lookupIndex),
    ...(isElasticsearch ? [enrichPolicy(names.enrichPolicy, names.factsIndex)] : []),
    {
      kind: 'ingest pipeline',
      name: names.pipeline,
      path: `/_ingest/pipeline/${names.pipeline}`,
      wanted: { ...pipelineFor(product, options) },
      current: (answer) => memberObject(answer, names.pipeline),
      change: 'put',
      ...(isElasticsearch ? { needs: 'enrich' as const, before: execution(names.enrichPolicy) } : {}),
    },
  ];
}

function componentTemplate(name: string): Asset {
  return {
    kind: 'component template',
    name,
    path: `/_component_template/${name}`,
    wanted: { template: { mappings: eventMapping() }, _meta: { managed_by: 'domain-stats' } },
    current(answer) {
      const list: unknown = answer['component_templates'];
      const found = Array.isArray(list) ? objectAt(list[0], 'component_template') : {};
      if (found['template'] === undefined) return undefined;
      return { template: { mappings: objectAt(objectAt(found, 'template'), 'mappings') }, _meta: found['_meta'] };
    },
    change: 'put',
  };
}

/** Settings of a new index; whoever runs the engine may have changed them since. */
const MADE_WITH = { number_of_shards: 1, auto_expand_replicas: '0-1' };

function factsIndex(name: string, isLookup: boolean): Asset {
  const mappings = { ...factsMapping, _meta: { managed_by: 'domain-stats' } };
  return {
    kind: 'index',
    name,
    path: `/${name}`,
    wanted: {
      settings: { index: { ...MADE_WITH, ...(isLookup ? { mode: 'lookup' } : {}) } },
      mappings,
    },
    current(answer) {
      const index = memberObject(answer, name);
      if (index === undefined) return undefined;
      const { mode } = objectAt(objectAt(index, 'settings'), 'index');
      const settings = { ...MADE_WITH, ...(mode === undefined ? {} : { mode }) };
      return { settings: { index: settings }, mappings: objectAt(index, 'mappings') };
    },
    change: 'mapping',
  };
}

function enrichPolicy(name: string, index: string): Asset {
  return {
    kind: 'enrich policy',
    name,
    path: `/_enrich/policy/${name}`,
    wanted: { match: { indices: [index], match_field: 'domain', enrich_fields: ['facts'] } },
    current(answer) {
      const list: unknown = answer['policies'];
      const match = Array.isArray(list) ? objectAt(objectAt(list[0], 'config'), 'match') : {};
      const { indices, match_field, enrich_fields } = match;
      return match_field === undefined ? undefined : { match: { indices, match_field, enrich_fields } };
    },
    change: 'never',
    needs: 'enrich',
  };
}

/** No pipeline can be made over a policy that has never been executed; an earlier run may have got no further than it. */
const execution = (policy: string): EngineRequest => ({ method: 'PUT', path: `/_enrich/policy/${policy}/_execute` });

const memberObject = (answer: JsonObject, key: string): JsonObject | undefined => {
  const found = answer[key];
  return isObject(found) ? found : undefined;
};
