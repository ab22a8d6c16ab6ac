import { parse } from 'yaml';
import { answerFields } from '../../src/schema/mapping.ts';
import { readKql } from '../dashboards/linter/kql.ts';
import { at, isObject, objects, type Json } from '../dashboards/linter/shape.ts';

const FIELDS = new Set(['@timestamp', 'source.ip', ...answerFields().map(({ path }) => `domain_stats.${path}`)]);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Problems = string[];

function keys(value: Json, required: readonly string[], optional: readonly string[], problems: Problems): void {
  for (const key of required) if (value[key] === undefined) problems.push(`${key} is missing`);
  for (const key of Object.keys(value)) {
    if (![...required, ...optional].includes(key)) problems.push(`key ${key} is not allowed`);
  }
}

const fieldsExist = (fields: readonly string[], problems: Problems) => {
  for (const field of fields) if (!FIELDS.has(field)) problems.push(`field ${field} is not in the mapping`);
};

/** A detection rule as the import of Elastic Security takes it. */
export function lintElasticRule(rule: Json): Problems {
  const problems: Problems = [];
  keys(
    rule,
    [
      'rule_id',
      'name',
      'description',
      'type',
      'language',
      'query',
      'index',
      'severity',
      'risk_score',
      'interval',
      'from',
    ],
    [
      ...[
        'version',
        'enabled',
        'to',
        'max_signals',
        'author',
        'license',
        'tags',
        'false_positives',
        'note',
        'references',
      ],
      'threat',
    ],
    problems,
  );
  if (!UUID.test(String(rule['rule_id']))) problems.push('rule_id is no UUID');
  if (rule['type'] !== 'query' || rule['language'] !== 'kuery') problems.push('is no query in kuery');
  if (!['low', 'medium', 'high', 'critical'].includes(String(rule['severity']))) problems.push('severity is none');
  const score = rule['risk_score'];
  if (!Number.isInteger(score) || Number(score) < 0 || Number(score) > 100) problems.push('risk_score is not 0 to 100');
  const [from, interval] = [/^now-(\d+)m$/.exec(String(rule['from'])), /^(\d+)m$/.exec(String(rule['interval']))];
  if (from === null || interval === null || Number(from[1]) <= Number(interval[1])) {
    problems.push('the runs leave gaps between them');
  }
  try {
    fieldsExist(readKql(String(rule['query'])).fields, problems);
  } catch (error) {
    problems.push(String(error));
  }
  for (const threat of objects(rule['threat'])) {
    if (!/^TA\d{4}$/.test(String(at(threat, 'tactic', 'id')))) problems.push('the tactic has no id');
    for (const { id, reference } of objects(threat['technique'])) {
      if (!/^T\d{4}$/.test(String(id)) || !String(reference).includes(`/${String(id)}/`))
        problems.push('the technique has no id');
    }
  }
  return problems;
}

/** A monitor of OpenSearch Alerting. */
export function lintMonitor(monitor: Json): Problems {
  const problems: Problems = [];
  keys(monitor, ['type', 'monitor_type', 'name', 'enabled', 'schedule', 'inputs', 'triggers'], [], problems);
  if (monitor['type'] !== 'monitor' || monitor['monitor_type'] !== 'query_level_monitor')
    problems.push('is no query monitor');
  const search = at(objects(monitor['inputs'])[0], 'search');
  if (!Array.isArray(at(search, 'indices'))) problems.push('names no indices');
  const filters = objects(at(search, 'query', 'query', 'bool', 'filter'));
  const range = filters.map((each) => at(each, 'range', '@timestamp')).find(isObject);
  if (range === undefined) problems.push('has no time range');
  else if (range['format'] !== 'epoch_millis' || !String(range['lte']).includes('{{period_end}}')) {
    problems.push('the time range does not end with the period');
  }
  fieldsExist(namedFields(filters), problems);
  fieldsExist([String(at(search, 'query', 'aggregations', 'domains', 'terms', 'field'))], problems);
  const triggers = objects(monitor['triggers']).map((each) => each['query_level_trigger']);
  if (triggers.length === 0) problems.push('has no trigger');
  for (const trigger of triggers) {
    if (!/^[1-5]$/.test(String(at(trigger, 'severity')))) problems.push('severity is not 1 to 5');
    if (at(trigger, 'condition', 'script', 'lang') !== 'painless') problems.push('the condition is no Painless');
  }
  return problems;
}

function namedFields(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namedFields);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === 'exists') return [String(at(each, 'field'))];
    if ((key === 'terms' || key === 'range' || key === 'term') && isObject(each)) return Object.keys(each);
    return namedFields(each);
  });
}

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

/** A Sigma rule, by version 2 of its specification. */
export function lintSigma(text: string): Problems {
  const problems: Problems = [];
  const rule: unknown = parse(text);
  if (!isObject(rule)) return ['is no object'];
  keys(
    rule,
    [
      'title',
      'id',
      'status',
      'description',
      'author',
      'date',
      'tags',
      'logsource',
      'detection',
      'falsepositives',
      'level',
    ],
    ['references', 'fields'],
    problems,
  );
  if (!UUID.test(String(rule['id']))) problems.push('id is no UUID');
  if (String(rule['title']).length > 256) problems.push('the title is too long');
  if (!LEVELS.includes(String(rule['level']))) problems.push('level is none');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(String(rule['date']))) problems.push('date is no day');
  if (!isObject(rule['logsource']) || rule['logsource']['category'] === undefined) problems.push('has no log source');
  for (const tag of (rule['tags'] ?? []) as unknown[]) {
    if (!/^attack\.(t\d{4}|[a-z-]+)$/.test(String(tag))) problems.push(`tag ${String(tag)} is none`);
  }
  const detection = isObject(rule['detection']) ? rule['detection'] : {};
  const condition = String(detection['condition']);
  const named = condition.split(/\s+|[()]/).filter((word) => word !== '' && !['and', 'or', 'not'].includes(word));
  const blocks = Object.keys(detection).filter((key) => key !== 'condition');
  for (const name of named)
    if (!blocks.includes(name)) problems.push(`the condition names ${name}, which is not there`);
  for (const name of blocks) if (!named.includes(name)) problems.push(`${name} is not in the condition`);
  for (const name of blocks) {
    const block = detection[name];
    for (const map of Array.isArray(block) ? objects(block) : objects([block])) {
      fieldsExist(
        Object.keys(map).map((key) => key.split('|')[0] ?? ''),
        problems,
      );
    }
  }
  fieldsExist((rule['fields'] ?? []) as string[], problems);
  return problems;
}
