import { lintQuery } from './lens.ts';
import { at, checkKeys, inner, isObject, objects, type Json, type Line, type Report } from './shape.ts';

const TYPES = [
  'metric',
  'table',
  'pie',
  'histogram',
  'line',
  'area',
  'horizontal_bar',
  'heatmap',
  'tagcloud',
  'markdown',
  'vega',
];
const METRICS = ['count', 'cardinality', 'min', 'max', 'avg', 'sum', 'top_hits'];
const BUCKETS = ['terms', 'date_histogram', 'filters', 'range'];
const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  metric: ['metric'],
  table: ['metric', 'bucket', 'split'],
  pie: ['metric', 'segment', 'split'],
  histogram: ['metric', 'segment', 'group', 'split'],
};

/** What a classic visualisation must be like. */
export function lintVisualization(line: Line, fields: ReadonlyMap<string, string>, report: Report): void {
  const where = `visualization ${line.id}`;
  const allowed = [
    'title',
    'description',
    'version',
    'visState',
    'uiStateJSON',
    'kibanaSavedObjectMeta',
    'savedSearchRefName',
  ];
  checkKeys(line.attributes, allowed, where, report);
  inner(line, 'uiStateJSON', report);
  const state = inner(line, 'visState', report);
  const source = inner(line, 'searchSourceJSON', report);
  if (!isObject(state) || !isObject(source)) return;
  checkKeys(state, ['title', 'type', 'params', 'aggs'], where, report);
  if (state['title'] !== line.attributes['title']) report(where, 'the title of visState differs');
  if (!TYPES.includes(String(state['type']))) {
    report(where, `type ${String(state['type'])} is not in both hosts`);
    return;
  }
  if (state['type'] === 'vega') {
    if (line.references.length > 0 || 'indexRefName' in source) report(where, 'a Vega drawing has no index pattern');
    lintVega(at(state, 'params', 'spec'), fields, where, report);
    return;
  }
  if (source['indexRefName'] === undefined) report(where, 'has no indexRefName');
  lintQuery(at(source, 'query', 'query'), fields, where, report);
  lintAggs(state, fields, where, report);
}

function lintAggs(state: Json, fields: ReadonlyMap<string, string>, where: string, report: Report): void {
  const aggs = objects(state['aggs']);
  const ids = aggs.map(({ id }) => String(id));
  if (new Set(ids).size !== ids.length) report(where, 'two aggregations have one id');
  if (!aggs.some(({ schema }) => schema === 'metric')) report(where, 'has no metric');
  for (const agg of aggs) {
    checkKeys(agg, ['id', 'enabled', 'type', 'schema', 'params'], where, report);
    const [type, params] = [String(agg['type']), isObject(agg['params']) ? agg['params'] : {}];
    const isMetric = agg['schema'] === 'metric';
    if (!(isMetric ? METRICS : BUCKETS).includes(type))
      report(where, `${type} is no ${isMetric ? 'metric' : 'bucket'}`);
    if (!SCHEMAS[String(state['type'])]?.includes(String(agg['schema']))) {
      report(where, `${String(state['type'])} has no schema ${String(agg['schema'])}`);
    }
    if (type !== 'count' && type !== 'filters' && !fields.has(String(params['field']))) {
      report(where, `field ${String(params['field'])} is not in the mapping`);
    }
    if (
      ['min', 'max', 'avg', 'sum'].includes(type) &&
      !['date', 'long', 'float'].includes(fields.get(String(params['field'])) ?? '')
    ) {
      report(where, `${type} of ${String(params['field'])}, which is no number`);
    }
    if (type === 'terms') {
      const by = aggs.find(({ id }) => id === params['orderBy']);
      if (params['orderBy'] !== '_key' && by?.['schema'] !== 'metric') {
        report(where, `ordered by ${String(params['orderBy'])}, which is no metric`);
      }
      if (by?.['type'] === 'top_hits') report(where, 'ordered by top hits, which no engine can');
    }
    if (
      type === 'date_histogram' &&
      !(params['useNormalizedEsInterval'] && params['useNormalizedOpenSearchInterval'])
    ) {
      report(where, 'a date histogram needs the interval settings of both hosts');
    }
    for (const each of objects(params['filters'])) lintQuery(at(each, 'input', 'query'), fields, where, report);
  }
}

/** What both hosts ask of a Vega-Lite text. */
export function lintVega(text: unknown, fields: ReadonlyMap<string, string>, where: string, report: Report): void {
  let spec: unknown;
  try {
    spec = JSON.parse(String(text));
  } catch {
    report(where, 'the specification is no JSON');
    return;
  }
  if (!isObject(spec)) {
    report(where, 'the specification is no object');
    return;
  }
  if (spec['$schema'] !== 'https://vega.github.io/schema/vega-lite/v5.json')
    report(where, '$schema is not that of Vega-Lite 5');
  if (spec['width'] !== undefined || spec['height'] !== undefined) report(where, 'width and height are the host’s');
  const config = isObject(spec['config']) ? spec['config'] : {};
  for (const key of Object.keys(config))
    if (key !== 'kibana') report(where, `config.${key}: settings of the host stand under kibana`);
  const url = at(spec, 'data', 'url');
  if (!isObject(url)) {
    report(where, 'data.url is no search');
    return;
  }
  checkKeys(url, ['%context%', '%timefield%', 'index', 'body'], where, report);
  if (url['%context%'] !== true || url['%timefield%'] !== '@timestamp')
    report(where, 'is not narrowed by the dashboard');
  if (typeof url['index'] !== 'string' || url['index'] === '') report(where, 'names no index');
  if (at(url, 'body', 'query') !== undefined) report(where, 'a query stands beside %context%');
  if (at(spec, 'data', 'format', 'property') === undefined) report(where, 'has no format.property');
  for (const field of fieldsOf(at(url, 'body'))) {
    if (!fields.has(field)) report(where, `field ${field} is not in the mapping`);
  }
}

/** Every field that a search body names. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === 'field' && typeof each === 'string') return [each];
    if ((key === 'range' || (key === 'terms' && !('field' in (each as Json)))) && isObject(each))
      return Object.keys(each);
    return fieldsOf(each);
  });
}
