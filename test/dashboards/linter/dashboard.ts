import { at, checkKeys, inner, isObject, objects, type Json, type Line, type Report } from './shape.ts';

type File = 'kibana' | 'legacy';

const COMMON = [
  ...['title', 'description', 'hits', 'kibanaSavedObjectMeta', 'optionsJSON', 'panelsJSON', 'refreshInterval'],
  ...['timeFrom', 'timeRestore', 'timeTo', 'version'],
];
const CONTROL_TYPES: Readonly<Record<string, string>> = {
  optionsListControl: 'optionsListDataView',
  rangeSliderControl: 'rangeSliderDataView',
};

/** What a dashboard must be like. */
export function lintDashboard(line: Line, file: File, fields: ReadonlyMap<string, string>, report: Report): void {
  const where = `dashboard ${line.id}`;
  checkKeys(line.attributes, file === 'kibana' ? [...COMMON, 'controlGroupInput'] : COMMON, where, report);
  inner(line, 'optionsJSON', report);
  const { refreshInterval, timeRestore, timeFrom, timeTo } = line.attributes;
  if (isObject(refreshInterval)) checkKeys(refreshInterval, ['pause', 'value', 'display', 'section'], where, report);
  if (timeRestore === true && (typeof timeFrom !== 'string' || typeof timeTo !== 'string'))
    report(where, 'has no time range');
  if (timeRestore !== true && (timeFrom ?? timeTo) !== undefined) report(where, 'has a time range and drops it');
  lintFilters(inner(line, 'searchSourceJSON', report), line, file, fields, where, report);
  const panels = inner(line, 'panelsJSON', report);
  lintGrid(objects(panels), where, report);
  for (const panel of objects(panels)) lintPanel(panel, line, file, where, report);
  if (line.attributes['controlGroupInput'] !== undefined) lintControls(line, fields, where, report);
}

function lintFilters(
  source: unknown,
  line: Line,
  file: File,
  fields: ReadonlyMap<string, string>,
  where: string,
  report: Report,
): void {
  for (const filter of objects(at(source, 'filter'))) {
    const field = at(filter, 'meta', 'field');
    if (!fields.has(String(field))) report(where, `field ${String(field)} is not in the mapping`);
    // At the top before Kibana 8, in a query since.
    const asked = file === 'kibana' ? at(filter, 'query', 'exists', 'field') : at(filter, 'exists', 'field');
    if (asked !== field) report(where, 'the filter has the form of another host');
    const name = at(filter, 'meta', 'indexRefName');
    if (!line.references.some((reference) => reference.name === name)) report(where, `no reference ${String(name)}`);
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly i: string;
}

function lintGrid(panels: readonly Json[], where: string, report: Report): void {
  const boxes = panels.map(({ gridData }) => gridData as Box);
  for (const [n, { x, y, w, h, i }] of boxes.entries()) {
    if (x < 0 || w < 1 || h < 1 || x + w > 48) report(where, `panel ${i} leaves the 48 columns`);
    if (panels[n]?.['panelIndex'] !== i) report(where, `panel ${i} has another panelIndex`);
    for (const other of boxes.slice(n + 1)) {
      if (other.i === i) report(where, `two panels are ${i}`);
      if (x < other.x + other.w && other.x < x + w && y < other.y + other.h && other.y < y + h) {
        report(where, `panels ${i} and ${other.i} overlap`);
      }
    }
  }
}

function lintPanel(panel: Json, line: Line, file: File, where: string, report: Report): void {
  const index = String(panel['panelIndex']);
  const keys = ['type', 'gridData', 'panelIndex', 'embeddableConfig', 'panelRefName'];
  checkKeys(panel, file === 'kibana' ? keys : [...keys, 'version'], `${where} panel ${index}`, report);
  const wanted = file === 'kibana' ? `${index}:panel_${index}` : `panel_${index}`;
  if (panel['panelRefName'] !== `panel_${index}`) report(where, `panel ${index} has another panelRefName`);
  const reference = line.references.find(({ name }) => name === wanted);
  if (reference === undefined) {
    report(where, `panel ${index} has no reference`);
    return;
  }
  if (reference.type !== panel['type']) report(where, `panel ${index} is no ${String(panel['type'])}`);
}

function lintControls(line: Line, fields: ReadonlyMap<string, string>, where: string, report: Report): void {
  const group = line.attributes['controlGroupInput'];
  if (!isObject(group)) {
    report(where, 'controlGroupInput is no object');
    return;
  }
  const allowed = ['controlStyle', 'chainingSystem', 'panelsJSON', 'ignoreParentSettingsJSON'];
  checkKeys(group, allowed, `${where} controls`, report);
  let controls: unknown;
  try {
    controls = JSON.parse(String(group['panelsJSON']));
    JSON.parse(String(group['ignoreParentSettingsJSON']));
  } catch {
    report(where, 'the controls are no JSON');
    return;
  }
  for (const [id, control] of Object.entries(controls as Json)) {
    const input = at(control, 'explicitInput');
    if (at(input, 'id') !== id) report(where, `control ${id} has another id inside`);
    if (!fields.has(String(at(input, 'fieldName'))))
      report(where, `field ${String(at(input, 'fieldName'))} is not in the mapping`);
    const suffix = CONTROL_TYPES[String(at(control, 'type'))];
    const name = `controlGroup_${id}:${String(suffix)}`;
    if (suffix === undefined) report(where, `control ${id} has no known type`);
    if (at(input, 'dataViewRefName') !== name || !line.references.some((each) => each.name === name)) {
      report(where, `control ${id} has no reference ${name}`);
    }
  }
}
