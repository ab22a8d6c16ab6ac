import { configEvent, type ConfigEvent, type Json, type JsonObject } from './event.ts';
import type { Condition, Operand, Plugin, Section, Statement, Value } from './language.ts';

/** Runs the filters of configurations on one event, with as much of each plugin as our configurations use. */
export async function runFilters(
  sections: readonly Section[],
  data: JsonObject,
  environment: Readonly<Record<string, string>>,
): Promise<JsonObject> {
  const event = configEvent({ '@version': '1', '@timestamp': new Date().toISOString(), ...data });
  for (const section of sections) {
    if (section.type === 'filter') await runAll(section.body, event, environment);
  }
  return event.fields();
}

type Environment = Readonly<Record<string, string>>;

async function runAll(body: readonly Statement[], event: ConfigEvent, environment: Environment): Promise<void> {
  for (const statement of body) {
    if (statement.kind === 'plugin') {
      const filter = FILTERS[statement.name];
      if (filter === undefined) throw new Error(`this test does not know the filter ${statement.name}`);
      await filter(expand(statement.options, environment) as Plugin['options'], event);
      continue;
    }
    const arm = statement.arms.find(({ condition }) => condition === undefined || holds(condition, event));
    if (arm !== undefined) await runAll(arm.body, event, environment);
  }
}

/** `${NAME:default}` in every text of an option. */
function expand(value: Value, environment: Environment): Value {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)(?::([^}]*))?\}/g, (_, name: string, fallback?: string) => {
      const found = environment[name] ?? fallback;
      if (found === undefined) throw new Error(`the variable ${name} has no value and no default`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item: Value) => expand(item, environment));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, expand(one, environment)]));
}

function holds(condition: Condition, event: ConfigEvent): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, event) && holds(condition.right, event);
    case 'or':
      return holds(condition.left, event) || holds(condition.right, event);
    case 'not':
      return !holds(condition.of, event);
    case 'exists': {
      const value = event.get(condition.reference);
      return value !== undefined && value !== null && value !== false;
    }
    case 'compare':
      return compare(condition.operator, condition.left, condition.right, event);
  }
}

function compare(operator: string, left: Operand, right: Operand, event: ConfigEvent): boolean {
  const value = operandOf(left, event);
  if (right.kind === 'regex') {
    // Ruby writes a flag for the whole pattern in front of it.
    const [, flags = '', source] = /^(?:\(\?([im]+)\))?(.*)$/s.exec(right.source)!;
    const matches = typeof value === 'string' && new RegExp(source!, flags).test(value);
    return (operator === '=~') === matches;
  }
  const other = operandOf(right, event);
  const among = Array.isArray(other) && value !== undefined && other.includes(value);
  switch (operator) {
    case '==':
      return value === other;
    case '!=':
      return value !== other;
    case 'in':
      return among;
    case 'not in':
      return !among;
    default:
      throw new Error(`this test does not know the operator ${operator}`);
  }
}

const operandOf = (operand: Operand, event: ConfigEvent): Json | undefined => {
  if (operand.kind === 'field') return event.get(operand.reference);
  return operand.kind === 'value' ? (operand.value as Json) : undefined;
};

type Filter = (options: Plugin['options'], event: ConfigEvent) => void | Promise<void>;

const entries = (value: Value | undefined): [string, Value][] =>
  value === undefined ? [] : Object.entries(value as Record<string, Value>);
const list = (value: Value | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [value as string];

/** What every filter does after it has matched. */
function matched(options: Plugin['options'], event: ConfigEvent): void {
  for (const [field, value] of entries(options['add_field'])) {
    for (const one of list(value)) {
      const text = event.sprintf(one);
      const before = event.get(field);
      if (before === undefined) event.set(field, text);
      else event.set(field, [...(Array.isArray(before) ? before : [before]), text]);
    }
  }
  for (const field of list(options['remove_field'])) event.remove(field);
  for (const tag of list(options['add_tag'])) event.tag(event.sprintf(tag));
}

function mutate(options: Plugin['options'], event: ConfigEvent): void {
  for (const [from, to] of entries(options['copy'])) {
    const value = event.get(from);
    if (value !== undefined) event.set(event.sprintf(to as string), value);
  }
  matched(options, event);
}

function date(options: Plugin['options'], event: ConfigEvent): void {
  const [field, ...formats] = list(options['match']);
  const value = event.get(field!);
  if (value === undefined || value === null) return;
  const time = formats.map((format) => readDate(format, value)).find((ms) => ms !== undefined);
  if (time === undefined) {
    for (const tag of list(options['tag_on_failure'])) event.tag(tag);
    return;
  }
  event.set('@timestamp', new Date(time).toISOString());
  matched(options, event);
}

function readDate(format: string, value: Json): number | undefined {
  if (format === 'UNIX') return Number.isFinite(Number(value)) ? Math.floor(Number(value) * 1000) : undefined;
  if (format !== 'ISO8601') throw new Error(`this test does not know the date format ${format}`);
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined;
  const ms = Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : ms;
}

/** The stock http filter as it was observed: what it sends, and what it makes of each answer. */
async function http(options: Plugin['options'], event: ConfigEvent): Promise<void> {
  const url = new URL(event.sprintf(options['url'] as string));
  for (const [name, value] of entries(options['query'])) url.searchParams.append(name, event.sprintf(value as string));
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, {
      headers: { 'content-type': 'text/plain', 'user-agent': 'Manticore 0.9.2', 'accept-encoding': 'gzip,deflate' },
      redirect: 'manual',
      signal: AbortSignal.timeout(1000 * Number(options['socket_timeout'])),
    });
    body = await response.text();
    if (!response.ok) throw new Error(String(response.status));
  } catch {
    for (const tag of list(options['tag_on_request_failure'])) event.tag(tag);
    return;
  }
  if (response.status !== 204) {
    event.set(options['target_headers'] as string, Object.fromEntries(response.headers));
    store(options, event, response, body);
  }
  matched(options, event);
}

function store(options: Plugin['options'], event: ConfigEvent, response: Response, body: string): void {
  const target = options['target_body'] as string;
  if (response.headers.get('content-type')?.split(';')[0] !== 'application/json') {
    event.set(target, body.trim());
    return;
  }
  try {
    event.set(target, body === '' ? null : (JSON.parse(body) as Json));
  } catch {
    for (const tag of list(options['tag_on_json_failure'])) event.tag(tag);
  }
}

const FILTERS: Readonly<Record<string, Filter>> = { mutate, date, http };
