import type { AskOptions } from '../service/answer-names.ts';
import { SCOPE_PATTERN } from '../schema/request.ts';
import { readDuration } from '../settings/kinds.ts';
import { Refusal } from './problems.ts';

/** Query parameters as Fastify hands them over. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Parameters that say how to answer, for all names of the request. */
export interface AnswerOptions extends AskOptions {
  /** Every key, absent ones null. */
  readonly full: boolean;
}

export const OPTION_NAMES = ['contact', 'wait', 'full'] as const;
const DEFAULTS: AnswerOptions = { contact: true, waitMs: 0, full: false };

/** Reads `contact`, `wait` (at most `maxWaitMs`) and `full`. Throws {@link Refusal} naming a parameter that is wrong. */
export function readOptions(query: Query, maxWaitMs: number): AnswerOptions {
  const { contact, wait, full } = query;
  if (contact === undefined && wait === undefined && full === undefined) return DEFAULTS;
  return {
    contact: readFlag('contact', contact) ?? true,
    waitMs: wait === undefined ? 0 : Math.min(readWait(wait), maxWaitMs),
    full: readFlag('full', full) ?? false,
  };
}

/** Refuses parameters that no door knows: a misspelt `contact=false` must not leave a contact. */
export function refuseUnknown(query: Query, known: readonly string[]): void {
  for (const name in query) {
    if (known.includes(name)) continue;
    throw new Refusal('bad-parameter', `${name}: there is no such query parameter; there are ${known.join(', ')}.`);
  }
}

/** A parameter that is given once, as text. */
export function one(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new Refusal('bad-parameter', `${name}: given ${String(value.length)} times; give it once.`);
}

const SCOPE = new RegExp(SCOPE_PATTERN);

/** The parameter `scope`. Throws {@link Refusal} for what can be no scope. */
export function readScope(query: Query): string | undefined {
  const scope = one(query, 'scope');
  if (scope === undefined || SCOPE.test(scope)) return scope;
  throw new Refusal(
    'bad-parameter',
    `scope: must match ${SCOPE_PATTERN}; it is ${JSON.stringify(scope.slice(0, 80))}.`,
  );
}

/** The parameter `limit`: how many rows a page may have. Throws {@link Refusal}. */
export function readLimit(query: Query, fallback: number, max: number): number {
  const limit = one(query, 'limit');
  if (limit === undefined) return Math.min(fallback, max);
  const rows = /^\d{1,9}$/.test(limit) ? Number(limit) : 0;
  if (rows >= 1 && rows <= max) return rows;
  throw new Refusal(
    'bad-parameter',
    `limit: must be a whole number, 1 to ${String(max)} (page_max); it is ${JSON.stringify(limit.slice(0, 80))}.`,
  );
}

/** A parameter that is a switch. Throws {@link Refusal}. */
export function readFlag(name: string, value: Query[string]): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === 'true' || value === '1' || value === '') return true;
  if (value === 'false' || value === '0') return false;
  throw new Refusal('bad-parameter', `${name}: must be true or false; it is ${JSON.stringify(value)}.`);
}

function readWait(value: Query[string]): number {
  const ms = readDuration(value);
  if (ms === undefined) {
    throw new Refusal('bad-parameter', `wait: must be a time such as 250ms or 2s; it is ${JSON.stringify(value)}.`);
  }
  return ms;
}
