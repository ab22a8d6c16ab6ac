import { describe, expect, it } from '@jest/globals';
import type { FinishedName } from '../../src/core/answer-parts.ts';
import { readName } from '../../src/core/name.ts';
import { openSnapshot } from '../../src/datasets/snapshot.ts';
import { contactsOfNames } from '../../src/service/learn-contacts.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const JUNE = Date.UTC(2026, 5, 1);
const suffixes = openSnapshot().suffixes();
const finishedName = (name: string): FinishedName => ({
  parsed: readName(name, suffixes, new Set()),
  headText: '',
  groupsText: '',
  warnings: [],
  unranked: false,
});
const learnt = (...times: readonly (readonly [first: number, last: number])[]) =>
  contactsOfNames(
    times.map(([first, last]) => ({ name: 'www.example.com', first, last, count: 1 })),
    { scope: 'default', list: 1, now: NOW },
    finishedName,
  ).map(({ first_seen, last_seen, count }) => [first_seen, last_seen, count]);

describe('contacts of names that were in use', () => {
  it('have the earliest and the latest time', () => {
    expect(learnt([JUNE, NOW], [JUNE - 1, JUNE])).toEqual([
      ['2026-05-31T23:59:59.999Z', '2026-11-22T12:00:00.000Z', 2],
    ]);
  });

  it.each([
    ['no date at all', 9e15],
    ['microseconds', JUNE * 1000],
    ['the year 2099', Date.UTC(2099, 0)],
  ])('pass over a time of a wrong clock: %s', (_, wrong) => {
    expect(learnt([wrong, wrong])).toEqual([]);
    expect(learnt([JUNE, wrong])).toEqual([['2026-06-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z', 1]]);
    expect(learnt([wrong, wrong], [JUNE, NOW])).toEqual([['2026-06-01T00:00:00.000Z', '2026-11-22T12:00:00.000Z', 1]]);
  });

  it('pass over a time before 1970', () => expect(learnt([-1, JUNE])).toEqual([]));
});
