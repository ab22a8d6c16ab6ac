import { readKql } from './linter/kql.ts';
import { at, isObject, objects, type Json } from './linter/shape.ts';

/** A search as a panel of an import file makes it, read from the file alone. */
export interface PanelQuery {
  readonly index: string;
  readonly body: Json;
  /** Figures of each group, in the order of the columns; one row without groups. */
  readonly rows: (response: Json) => Row[];
}

/** Group keys, then figures. */
export type Row = readonly (string | number | boolean | null)[];

export interface ImportedObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Json;
  readonly references: readonly { readonly name: string; readonly type: string; readonly id: string }[];
}

export const readObjects = (text: string): ImportedObject[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ImportedObject);

const LAST_WEEK = { range: { '@timestamp': { gte: 'now-7d', lte: 'now' } } };

/** A column of a panel: a group or a figure, whichever host it is for. */
interface Column {
  readonly id: string;
  readonly isBucket: boolean;
  readonly agg: object;
}

/** The search of a visualisation or a saved search. */
export function queryOf(object: ImportedObject, all: readonly ImportedObject[]): PanelQuery {
  if (object.type === 'lens') return lensQuery(object, all);
  const source = JSON.parse(String(at(object.attributes, 'kibanaSavedObjectMeta', 'searchSourceJSON'))) as Json;
  const query = String(at(source, 'query', 'query'));
  if (object.type === 'search') {
    const fields = object.attributes['columns'] as string[];
    return {
      index: indexOf(object, all),
      body: { size: 50, sort: [{ '@timestamp': 'desc' }], fields, query: filtered(object, query) },
      rows: (response) =>
        objects(at(response, 'hits', 'hits')).map((hit) =>
          fields.map((field) => (at(hit, 'fields', field) as Row | undefined)?.[0] ?? null),
        ),
    };
  }
  const state = JSON.parse(String(object.attributes['visState'])) as Json;
  if (state['type'] === 'vega') return vegaQuery(String(at(state, 'params', 'spec')));
  const aggs = objects(state['aggs']);
  const columns = aggs.map((agg): Column => ({
    id: String(agg['id']),
    isBucket: agg['schema'] !== 'metric',
    agg: classicAgg(agg, aggs),
  }));
  return charted(indexOf(object, all), filtered(object, query), columns);
}

function lensQuery(object: ImportedObject, all: readonly ImportedObject[]): PanelQuery {
  const state = object.attributes['state'];
  const layer = at(state, 'datasourceStates', 'formBased', 'layers', 'main');
  const defined = at(layer, 'columns') as Readonly<Record<string, Json>>;
  const columns = (at(layer, 'columnOrder') as string[]).map((id): Column => ({
    id,
    isBucket: defined[id]!['isBucketed'] === true,
    agg: lensAgg(defined[id]!, defined),
  }));
  return charted(indexOf(object, all), filtered(object, String(at(state, 'query', 'query'))), columns);
}

/** Hosts narrow a drawing by the time range; nothing else stands in its query. */
function vegaQuery(spec: string): PanelQuery {
  const data = at(JSON.parse(spec), 'data');
  const path = String(at(data, 'format', 'property')).split('.');
  return {
    index: String(at(data, 'url', 'index')),
    body: { ...(at(data, 'url', 'body') as Json), query: { bool: { filter: [LAST_WEEK] } } },
    rows: (response) =>
      objects(at(response, ...path)).map((bucket) => [bucket['key'] as string, bucket['doc_count'] as number]),
  };
}

function indexOf(object: ImportedObject, all: readonly ImportedObject[]): string {
  const view = object.references.find(({ type }) => type === 'index-pattern');
  return String(all.find(({ type, id }) => type === 'index-pattern' && id === view?.id)?.attributes['title']);
}

/** Only data views with a time field follow the time range. */
function filtered(object: ImportedObject, kql: string): object {
  const isOfFacts = object.references.some(({ id }) => id === 'domain-stats-facts');
  return { bool: { filter: [readKql(kql).filter, ...(isOfFacts ? [] : [LAST_WEEK])] } };
}

function charted(index: string, query: object, columns: readonly Column[]): PanelQuery {
  const buckets = columns.filter(({ isBucket }) => isBucket);
  const metrics = columns.filter(({ isBucket }) => !isBucket);
  const figures = Object.fromEntries(metrics.map(({ id, agg }) => [id, agg]));
  // Engines order groups by figures of their own level, so each level has them all.
  const aggs = buckets.reduceRight<Json>(
    (inner, { id, agg }) => ({ ...figures, [id]: { ...agg, aggs: inner } }),
    figures,
  );
  return {
    index,
    body: { size: 0, track_total_hits: true, query, aggs },
    rows: (response) => rowsOf(at(response, 'aggregations') as Json, buckets, metrics),
  };
}

function rowsOf(level: Json, buckets: readonly Column[], metrics: readonly Column[], keys: Row = []): Row[] {
  const [bucket, ...rest] = buckets;
  if (bucket === undefined) return [[...keys, ...metrics.map(({ id }) => figureOf(level[id]))]];
  const groups = at(level, bucket.id, 'buckets');
  const named = Array.isArray(groups)
    ? objects(groups).map((group) => [String(group['key_as_string'] ?? group['key']), group] as const)
    : Object.entries((groups ?? {}) as Readonly<Record<string, Json>>);
  return named
    .filter(([, group]) => Number(group['doc_count']) > 0)
    .flatMap(([key, group]) => rowsOf(group, rest, metrics, [...keys, key]));
}

function figureOf(agg: unknown): Row[number] {
  const hit = objects(at(agg, 'hits', 'hits') ?? at(agg, 'hit', 'hits', 'hits'))[0];
  if (hit !== undefined) return Object.values((hit['fields'] ?? {}) as Readonly<Record<string, Row>>)[0]?.[0] ?? null;
  const date = at(agg, 'value_as_string');
  return (date ?? at(agg, 'value') ?? null) as Row[number];
}

const COUNT = { value_count: { field: '_index' } };
const topHit = (field: string) => ({
  top_hits: { size: 1, _source: false, docvalue_fields: [field], sort: [{ '@timestamp': 'desc' }] },
});
const filtersAgg = (filters: readonly Json[]) => ({
  filters: {
    filters: Object.fromEntries(
      filters.map((each) => [String(each['label']), readKql(String(at(each, 'input', 'query'))).filter]),
    ),
  },
});
const overTime = { date_histogram: { field: '@timestamp', fixed_interval: '3h' } };

function classicAgg({ type, params }: Json, aggs: readonly Json[]): object {
  const given = isObject(params) ? params : {};
  const field = String(given['field']);
  switch (type) {
    case 'count':
      return COUNT;
    case 'top_hits':
      return topHit(field);
    case 'filters':
      return filtersAgg(objects(given['filters']));
    case 'date_histogram':
      return overTime;
    case 'terms': {
      const by = aggs.find(({ id }) => id === given['orderBy']);
      const key = by?.['type'] === 'count' ? '_count' : String(given['orderBy']);
      return { terms: { field, size: given['size'], order: { [key]: given['order'] } } };
    }
    default:
      return { [String(type)]: { field } };
  }
}

function lensAgg(
  { operationType, sourceField, params, filter }: Json,
  columns: Readonly<Record<string, Json>>,
): object {
  const field = String(sourceField);
  switch (operationType) {
    case 'count':
      return COUNT;
    case 'unique_count':
      return { cardinality: { field } };
    case 'last_value':
      return { filter: readKql(String(at(filter, 'query'))).filter, aggs: { hit: topHit(field) } };
    case 'filters':
      return filtersAgg(objects(at(params, 'filters')));
    case 'date_histogram':
      return overTime;
    case 'terms': {
      const by = String(at(params, 'orderBy', 'columnId'));
      const key = columns[by]?.['operationType'] === 'count' ? '_count' : by;
      return { terms: { field, size: at(params, 'size'), order: { [key]: at(params, 'orderDirection') } } };
    }
    default:
      return { [String(operationType)]: { field } };
  }
}
