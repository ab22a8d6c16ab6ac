import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lookalikeIndex } from '../../src/core/lookalike.ts';
import { trigramModel, countTrigrams } from '../../src/core/trigram-model.ts';
import { nameFacts } from '../../src/core/name-facts.ts';
import { namePartsOf } from '../../src/sources/index.ts';
import type { RankList } from '../../src/core/rank-list.ts';
import type { NameData } from '../../src/sources/name-source.ts';
import { embeddedData, parsed, snapshot, sourced } from '../core/embedded-data.ts';

const ranked = new Map([
  ['google.com', 1],
  ['github.io', 40],
  ['example.org', 1_000],
  ['example.net', 1_001],
  ['example.info', 1_000_001],
]);
const ranks: RankList = { name: 'tranco', date: '2026-11-01T00:00:00.000Z', rankOf: (domain) => ranked.get(domain) };
const data: NameData = {
  ...embeddedData(),
  ranks,
  lookalikes: lookalikeIndex(
    [...ranked].map(([domain, rank]) => ({ domain, rank })),
    snapshot.suffixes(),
  ),
  randomness: trigramModel(countTrigrams(['google', 'github']), Array(5).fill({ midpoint: 5, slope: 2 }), 2),
};

describe('rank', () => {
  const list = { list: 'tranco', date: '2026-11-01T00:00:00.000Z' };
  it.each([
    ['www.google.com', { ...list, value: 1, band: '1k' }],
    ['example.org', { ...list, value: 1000, band: '1k' }],
    ['example.net', { ...list, value: 1001, band: '10k' }],
    ['example.info', { ...list, value: 1_000_001 }],
    ['www.foo.github.io', { ...list, parent: 40 }],
    ['github.io', { ...list, value: 40, band: '1k' }],
    ['unlisted.com', list],
    ['co.uk', undefined],
  ])('%s', (name, rank) => expect(namePartsOf(sourced(name), data).rank).toEqual(rank));
});

describe('suffix', () => {
  it.each([
    [
      'президент.рф',
      {
        tld: 'xn--p1ai',
        tld_type: 'country-code',
        tld_registry: 'Coordination Center for TLD RU',
        tld_created: '2010-05-12T00:00:00.000Z',
        effective: 'xn--p1ai',
        multi_part: false,
        punycode: true,
        unicode: 'рф',
      },
    ],
    [
      'a.xn--unknowntld',
      {
        tld: 'xn--unknowntld',
        effective: 'xn--unknowntld',
        multi_part: false,
        punycode: true,
        unicode: 'xn--unknowntld',
      },
    ],
    ['oompa.loompa', { tld: 'loompa', effective: 'loompa', multi_part: false, punycode: false }],
    ['x.constructor', { tld: 'constructor', effective: 'constructor', multi_part: false, punycode: false }],
  ])('%s', (name, suffix) => expect(namePartsOf(sourced(name), data).suffix).toEqual(suffix));
});

it('a bare ICANN suffix has facts of the suffix alone', () =>
  expect(namePartsOf(sourced('co.uk'), data)).toEqual({
    suffix: {
      tld: 'uk',
      tld_type: 'country-code',
      tld_created: '1985-07-24T00:00:00.000Z',
      effective: 'co.uk',
      multi_part: true,
      punycode: false,
    },
  }));

it('without ranks and a model there are no facts of them', () => {
  const parts = namePartsOf(sourced('www.google.com'), embeddedData());
  expect(Object.keys(parts)).toEqual(['suffix', 'entropy', 'freq']);
});

it('a ranked domain outside the protected ones imitates nobody', () => {
  const others = {
    ...data,
    ranks: { name: 'x', rankOf: (domain: string) => (domain === 'g00gle.com' ? 5000 : undefined) },
  };
  expect(namePartsOf(sourced('g00gle.com'), others).lookalike).toBeUndefined();
  expect(namePartsOf(sourced('g00gle.com'), data).lookalike).toEqual({ of: 'google.com', rank: 1, kind: 'digits' });
});

describe('any text', () => {
  const strange = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.domain(),
    fc
      .array(
        fc.constantFrom(
          '__proto__',
          'constructor',
          'toString',
          'xn--',
          'xn--a',
          'hasownproperty',
          'ａ',
          '-',
          'com',
          'ß',
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((labels) => labels.join('.')),
    fc
      .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 })
      .map((labels) => labels.join('.')),
  );

  it('gives parts and facts without an exception, a NaN or a property of a prototype', () => {
    fc.assert(
      fc.property(strange, (text) => {
        const name = parsed(text);
        const parts = name.kind === 'domain' || name.kind === 'suffix' ? namePartsOf(name, data) : {};
        const facts = nameFacts(name, embeddedData());
        return [parts, facts].every(isPlain);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Strings, booleans, finite numbers, and lists and objects of them that have their own keys only. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
