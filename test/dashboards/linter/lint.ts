import { answerFields } from '../../../src/schema/mapping.ts';
import { lintVisualization } from './classic.ts';
import { lintDashboard } from './dashboard.ts';
import { lintLens, lintQuery } from './lens.ts';
import { at, checkKeys, checkVersion, inner, isObject, objects, type Line, type Report } from './shape.ts';

export type File = 'kibana' | 'legacy';

/** Highest versions that every host in range knows. */
const CEILINGS: Readonly<Record<File, Readonly<Record<string, string>>>> = {
  kibana: {
    'index-pattern': '8.0.0',
    lens: '8.9.0',
    dashboard: '8.9.0',
    visualization: '8.5.0',
    search: '8.0.0',
    tag: '8.0.0',
  },
  legacy: { 'index-pattern': '7.6.0', visualization: '7.10.0', search: '7.9.3', dashboard: '7.9.3' },
};
const ENVELOPE: Readonly<Record<File, readonly string[]>> = {
  kibana: ['type', 'id', 'attributes', 'references', 'managed', 'coreMigrationVersion', 'typeMigrationVersion'],
  legacy: ['type', 'id', 'attributes', 'references', 'migrationVersion'],
};

/** Fields that events may have: the answer's by its schema, and those of the Elastic Common Schema that we use. */
const EVENT_FIELDS: ReadonlyMap<string, string> = new Map([
  ...answerFields().map(({ path, mapping }) => [`domain_stats.${path}`, mapping] as const),
  ...([
    ['@timestamp', 'date'],
    ['source.ip', 'ip'],
    ['network.protocol', 'keyword'],
    ['dns.question.name', 'keyword'],
    ['url.domain', 'keyword'],
    ['tls.client.server_name', 'keyword'],
  ] as const),
]);
const FACTS_FIELDS: ReadonlyMap<string, string> = new Map([
  ['domain', 'keyword'],
  ['first_seen', 'date'],
  ['created', 'date'],
  ['expires', 'date'],
  ['registrar', 'keyword'],
  ['rank', 'long'],
]);

/** Everything that is wrong with an import file, one line each; empty when all is well. */
export function lint(text: string, file: File): string[] {
  const problems: string[] = [];
  const report: Report = (where, what) => void problems.push(`${where}: ${what}`);
  if (!text.endsWith('\n') || text.includes('\r')) report('file', 'lines end in LF');
  const lines = text
    .trimEnd()
    .split('\n')
    .flatMap((each, i) => readLine(each, i + 1, report));
  const keys = lines.map(({ type, id }) => `${type}:${id}`);
  for (const key of new Set(keys.filter((each, i) => keys.indexOf(each) !== i)))
    report('file', `${key} is there twice`);
  for (const line of lines) lintLine(line, file, keys, report);
  // Tags, data views and dashboards are reached by themselves.
  const used = new Set(lines.flatMap(({ references }) => references.map(({ type, id }) => `${type}:${id}`)));
  for (const { type, id } of lines) {
    if (type !== 'dashboard' && !used.has(`${type}:${id}`)) report('file', `${type}:${id} is used by nothing`);
  }
  return problems;
}

function readLine(text: string, number: number, report: Report): Line[] {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    report(`line ${number}`, 'is no JSON');
    return [];
  }
  if (
    !isObject(whole) ||
    typeof whole['type'] !== 'string' ||
    typeof whole['id'] !== 'string' ||
    !isObject(whole['attributes'])
  ) {
    report(`line ${number}`, 'has no type, id and attributes');
    return [];
  }
  const { type, id, attributes } = whole;
  return [{ type, id, attributes, references: objects(whole['references']) as unknown as Line['references'], whole }];
}

function lintLine(line: Line, file: File, keys: readonly string[], report: Report): void {
  const { type, id, whole, references } = line;
  const where = `${type} ${id}`;
  const ceiling = CEILINGS[file][type];
  if (ceiling === undefined) {
    report(where, `type ${type} is not for this host`);
    return;
  }
  checkKeys(whole, ENVELOPE[file], where, report);
  if (file === 'kibana') {
    checkVersion(whole['typeMigrationVersion'], ceiling, where, report);
    if (whole['coreMigrationVersion'] !== '8.8.0') report(where, 'coreMigrationVersion is not 8.8.0');
    if (whole['managed'] !== false) report(where, 'is managed');
  } else {
    checkVersion(at(whole, 'migrationVersion', type), ceiling, where, report);
  }
  if (!/^[a-z0-9-]+$/i.test(id)) report(where, 'the id is not readable');
  if (typeof line.attributes['title'] !== 'string' && type !== 'tag') report(where, 'has no title');
  const names = references.map(({ name }) => name);
  if (new Set(names).size !== names.length) report(where, 'two references have one name');
  for (const reference of references) {
    if (!keys.includes(`${reference.type}:${reference.id}`))
      report(where, `${reference.type}:${reference.id} is not in the file`);
    if (!isUsed(line, reference.name)) report(where, `reference ${reference.name} is used by nothing`);
  }
  const view = references.find((reference) => reference.type === 'index-pattern')?.id;
  const fields = view === 'domain-stats-facts' ? FACTS_FIELDS : EVENT_FIELDS;
  if (type === 'lens') lintLens(line, fields, report);
  else if (type === 'visualization') lintVisualization(line, fields, report);
  else if (type === 'dashboard') lintDashboard(line, file, EVENT_FIELDS, report);
  else if (type === 'search') lintSearch(line, fields, report);
  else if (type === 'index-pattern') lintPattern(line, file, report);
  else if (type === 'tag' && !/^#[0-9A-F]{6}$/i.test(String(line.attributes['color'])))
    report(where, 'the colour is none');
}

/** Whether anything in the object names a reference; those of layers and tags are named by their form. */
function isUsed({ attributes, type }: Line, name: string): boolean {
  if (type === 'lens') return name.startsWith('indexpattern-datasource-layer-');
  if (name.startsWith('tag-ref-')) return true;
  const panel = /^(?:\d+:)?(panel_\d+)$/.exec(name)?.[1];
  return JSON.stringify(attributes).includes(panel ?? name);
}

function lintSearch(line: Line, fields: ReadonlyMap<string, string>, report: Report): void {
  const where = `search ${line.id}`;
  const allowed = [
    ...['title', 'description', 'columns', 'sort', 'grid', 'hideChart', 'isTextBasedQuery', 'kibanaSavedObjectMeta'],
    ...['hits', 'version'],
  ];
  checkKeys(line.attributes, allowed, where, report);
  const source = inner(line, 'searchSourceJSON', report);
  if (at(source, 'indexRefName') === undefined) report(where, 'has no indexRefName');
  lintQuery(at(source, 'query', 'query'), fields, where, report);
  const { columns } = line.attributes;
  if (!Array.isArray(columns) || columns.length === 0) {
    report(where, 'has no columns');
    return;
  }
  for (const column of columns)
    if (!fields.has(String(column))) report(where, `field ${String(column)} is not in the mapping`);
}

function lintPattern(line: Line, file: File, report: Report): void {
  const where = `index-pattern ${line.id}`;
  const list = objects(inner(line, 'fields', report));
  inner({ ...line, attributes: { fieldFormatMap: '{}', ...line.attributes } }, 'fieldFormatMap', report);
  if (file === 'kibana') return;
  const wanted = line.id === 'domain-stats-facts' ? FACTS_FIELDS : EVENT_FIELDS;
  for (const [name, type] of wanted) {
    const found = list.find((field) => field['name'] === name);
    if (found === undefined) report(where, `field ${name} is not in the field list`);
    else if (String(found['esTypes']) !== type) report(where, `field ${name} is no ${String(found['esTypes'])}`);
  }
}
