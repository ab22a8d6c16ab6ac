import { expect } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { AnswerSchema, RISKS } from '../../src/schema/answer.ts';
import type { Expectation } from './cases.ts';

export type Answered = Readonly<Record<string, unknown>>;

/** Arrays that compare as sets. */
const SETS = new Set(['alerts', 'pending', 'registration.statuses', 'registration.name_servers']);
const ENTROPY_TOLERANCE = 1e-12;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Compares an answer with what a case expects of it, by the rules of `golden/README.md`; throws what differs. */
export function compareAnswer(answer: Answered, wanted: Expectation, absent: readonly string[]): void {
  for (const [path, value] of Object.entries(wanted)) compareValue(path, valueAt(answer, path), value);
  for (const path of absent) expect([path, isMissing(valueAt(answer, path))]).toEqual([path, true]);
  checkAlways(answer);
}

const valueAt = (answer: Answered, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Answered | null | undefined)?.[key], answer);

/** Missing, null, or a group of which nothing is there (as `full` shows it). */
const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || (isGroup(value) && Object.values(value).every(isMissing));

const isGroup = (value: unknown): value is Answered =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function compareValue(path: string, actual: unknown, wanted: unknown): void {
  if (isGroup(wanted)) {
    compareByRule(path, actual, wanted);
  } else if (Array.isArray(wanted)) {
    const list = (actual ?? []) as unknown[];
    const inOrder = (values: unknown[]) => (SETS.has(path) ? [...values].sort() : values);
    expect([path, ...inOrder(list)]).toEqual([path, ...inOrder(wanted)]);
  } else if (path.startsWith('entropy.') && typeof wanted === 'number') {
    expect([path, Math.abs((actual as number) - wanted) <= ENTROPY_TOLERANCE, actual]).toEqual([path, true, actual]);
  } else if (typeof wanted === 'string' && INSTANT.test(wanted)) {
    expect([path, Date.parse(String(actual))]).toEqual([path, Date.parse(wanted)]);
  } else {
    expect([path, actual]).toEqual([path, wanted]);
  }
}

function compareByRule(path: string, actual: unknown, rule: Answered): void {
  const list = (actual ?? []) as unknown[];
  for (const word of (rule['contains'] ?? []) as string[])
    expect([path, list]).toEqual([path, expect.arrayContaining([word])]);
  for (const word of (rule['lacks'] ?? []) as string[])
    expect([path, list.includes(word), word]).toEqual([path, false, word]);
  if ('at_least' in rule) {
    const height = (risk: unknown) => RISKS.findIndex((known) => known === risk);
    expect([path, height(actual) >= height(rule['at_least'])]).toEqual([path, true]);
  }
  if ('not' in rule) {
    expect([path, isMissing(actual)]).toEqual([path, false]);
    expect([path, actual]).not.toEqual([path, rule['not']]);
  }
}

const schema = Compile(AnswerSchema);

/** What holds for every answer, whatever it is about. */
function checkAlways(answer: Answered): void {
  const { pending, status, alerts = [], alert_reasons: reasons = [] } = answer;
  expect([status === 'pending' && isMissing(pending), (pending as unknown[] | undefined)?.length]).not.toEqual([
    true,
    0,
  ]);
  if (status === 'pending') expect(pending).toEqual(expect.arrayContaining([expect.any(String)]));
  expect((reasons as unknown[] | null)?.length).toBe((alerts as unknown[] | null)?.length);
  // Types and vocabularies: no text in a date, no word of no list.
  const present = withoutNulls(answer);
  expect([...schema.Errors(present)]).toEqual([]);
  for (const [path, value] of leaves(present)) {
    expect([path, value === -1]).toEqual([path, false]);
    if (/rank|^clients$/.test(path)) expect([path, value === 0]).toEqual([path, false]);
    if (typeof value === 'string' && path !== 'name')
      expect([path, /^error$|exception/i.test(value) && path !== 'registration.status']).toEqual([path, false]);
  }
}

function withoutNulls(value: Answered): Answered {
  const entries = Object.entries(value).filter(([, inner]) => !isMissing(inner));
  return Object.fromEntries(entries.map(([key, inner]) => [key, isGroup(inner) ? withoutNulls(inner) : inner]));
}

const leaves = (value: Answered, prefix = ''): [string, unknown][] =>
  Object.entries(value).flatMap(([key, inner]) =>
    isGroup(inner) ? leaves(inner, `${prefix}${key}.`) : [[prefix + key, inner] as [string, unknown]],
  );
