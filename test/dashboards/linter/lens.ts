import { readKql } from './kql.ts';
import { at, checkKeys, isObject, objects, type Json, type Line, type Report } from './shape.ts';

const METRICS = ['count', 'unique_count', 'min', 'max', 'average', 'sum', 'median', 'last_value'];
const BUCKETS = ['terms', 'date_histogram', 'filters', 'range'];
const COLUMN_KEYS = [
  'label',
  'customLabel',
  'dataType',
  'operationType',
  'isBucketed',
  'sourceField',
  'params',
  'filter',
];

/** Where each kind of visualisation names columns, and which of those it must name. */
const ACCESSORS: Readonly<Record<string, (visualization: Json) => readonly unknown[]>> = {
  lnsMetric: (v) => [v['metricAccessor'], ...some(v['secondaryMetricAccessor'], v['breakdownByAccessor'])],
  lnsDatatable: (v) => objects(v['columns']).map((column) => column['columnId']),
  lnsXY: (v) =>
    objects(v['layers']).flatMap((l) => [l['xAccessor'], ...list(l['accessors']), ...some(l['splitAccessor'])]),
  lnsPie: (v) => objects(v['layers']).flatMap((l) => [...list(l['primaryGroups']), ...list(l['metrics'])]),
};
const some = (...values: readonly unknown[]) => values.filter((value) => value !== undefined);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** What a Lens visualisation must be like. */
export function lintLens(line: Line, fields: ReadonlyMap<string, string>, report: Report): void {
  const where = `lens ${line.id}`;
  const { state, visualizationType } = line.attributes;
  checkKeys(line.attributes, ['title', 'description', 'visualizationType', 'state'], where, report);
  if (!isObject(state)) {
    report(where, 'has no state');
    return;
  }
  checkKeys(at(state, 'datasourceStates') as Json, ['formBased'], where, report);
  const layers = at(state, 'datasourceStates', 'formBased', 'layers');
  if (!isObject(layers)) {
    report(where, 'has no formBased layers');
    return;
  }
  lintQuery(at(state, 'query', 'query'), fields, where, report);
  for (const [id, layer] of Object.entries(layers)) {
    if (!isObject(layer)) continue;
    checkKeys(layer, ['columnOrder', 'columns', 'incompleteColumns'], `${where} layer ${id}`, report);
    if (!line.references.some(({ name }) => name === `indexpattern-datasource-layer-${id}`)) {
      report(where, `layer ${id} has no reference to a data view`);
    }
    lintColumns(layer, fields, `${where} layer ${id}`, report);
  }
  const visualization = state['visualization'];
  const accessorsOf = ACCESSORS[String(visualizationType)];
  if (accessorsOf === undefined) {
    report(where, `visualizationType ${String(visualizationType)} is not known`);
    return;
  }
  if (!isObject(visualization)) {
    report(where, 'has no visualization');
    return;
  }
  for (const { layerId } of [visualization, ...objects(visualization['layers'])]) {
    if (typeof layerId === 'string' && !(layerId in layers)) report(where, `layer ${layerId} is not there`);
  }
  const columns = Object.values(layers).flatMap((layer) =>
    Object.keys(at(layer, 'columns') ?? {}).map((id) => JSON.stringify(id)),
  );
  const used = accessorsOf(visualization).map((id) => JSON.stringify(id));
  for (const id of used) if (!columns.includes(id)) report(where, `accessor ${id} is no column`);
  for (const id of columns) if (!used.includes(id)) report(where, `column ${id} is not shown`);
}

function lintColumns(layer: Json, fields: ReadonlyMap<string, string>, where: string, report: Report): void {
  const columns = isObject(layer['columns']) ? layer['columns'] : {};
  const order = list(layer['columnOrder']).map(String);
  if ([...order].sort().join() !== Object.keys(columns).sort().join())
    report(where, 'columnOrder differs from columns');
  let metricSeen = false;
  for (const id of order) {
    const column = columns[id];
    if (!isObject(column)) continue;
    const operation = String(column['operationType']);
    const isBucket = BUCKETS.includes(operation);
    checkKeys(column, COLUMN_KEYS, `${where} column ${id}`, report);
    if (!isBucket && !METRICS.includes(operation)) report(where, `operation ${operation} is not known`);
    if (column['isBucketed'] !== isBucket) report(where, `column ${id}: isBucketed is wrong`);
    if (isBucket && metricSeen) report(where, `bucket ${id} stands behind a metric`);
    metricSeen ||= !isBucket;
    lintField(column, id, fields, where, report);
    const orderBy = at(column, 'params', 'orderBy');
    if (operation === 'terms' && at(orderBy, 'type') === 'column' && !(String(at(orderBy, 'columnId')) in columns)) {
      report(where, `column ${id} is ordered by ${String(at(orderBy, 'columnId'))}, which is not there`);
    }
    if (operation === 'terms' && operationOf(columns, at(orderBy, 'columnId')) === 'last_value') {
      report(where, `column ${id} is ordered by a last value, which no engine can`);
    }
    for (const each of objects(at(column, 'params', 'filters'))) {
      lintQuery(at(each, 'input', 'query'), fields, `${where} column ${id}`, report);
    }
    if (operation === 'last_value' && at(column, 'filter', 'query') !== `${String(column['sourceField'])}: *`) {
      report(where, `column ${id}: a last value needs the filter that its field exists`);
    }
  }
}

const operationOf = (columns: Json, id: unknown): unknown => at(columns[String(id)], 'operationType');

const DATA_TYPES: Readonly<Record<string, string>> = { keyword: 'string', long: 'number', float: 'number' };

function lintField(column: Json, id: string, fields: ReadonlyMap<string, string>, where: string, report: Report): void {
  const { operationType, sourceField, dataType } = column;
  if (operationType === 'filters') {
    if (sourceField !== undefined) report(where, `column ${id}: filters have no field`);
    return;
  }
  if (operationType === 'count') {
    if (sourceField !== '___records___') report(where, `column ${id}: a count is of ___records___`);
    return;
  }
  const type = fields.get(String(sourceField));
  if (type === undefined) {
    report(where, `field ${String(sourceField)} is not in the mapping`);
    return;
  }
  const shown = operationType === 'unique_count' ? 'number' : (DATA_TYPES[type] ?? type);
  if (dataType !== shown) report(where, `column ${id}: dataType ${String(dataType)} should be ${shown}`);
  if (
    ['min', 'max', 'average', 'sum', 'median'].includes(String(operationType)) &&
    !['number', 'date'].includes(shown)
  ) {
    report(where, `column ${id}: ${String(operationType)} of a ${type}`);
  }
}

/** A query in the part of KQL that we use, over fields that exist. */
export function lintQuery(query: unknown, fields: ReadonlyMap<string, string>, where: string, report: Report): void {
  if (typeof query !== 'string') {
    report(where, 'has no query');
    return;
  }
  try {
    for (const field of readKql(query).fields) {
      if (!fields.has(field)) report(where, `field ${field} is not in the mapping`);
    }
  } catch (error) {
    report(where, error instanceof Error ? error.message : String(error));
  }
}
