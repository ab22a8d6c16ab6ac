import { describe, expect, it } from '@jest/globals';
import { parseRootZonePage, readRootZonePage } from '../../src/core/root-zone-page.ts';
import {
  tldFile,
  tldRegistries,
  tldsByRegistry,
  tldTable,
  TldTableError,
  tldTypes,
  type TldFile,
} from '../../src/core/tld-facts.ts';
import { TLD_TYPES } from '../../src/schema/answer.ts';
import { snapshot } from './embedded-data.ts';

const shipped = snapshot.tlds();
const small = (rows: TldFile['tlds']) => tldTable({ as_of: '2026-01-01', tlds: rows });

describe('the shipped table', () => {
  it.each([
    // Facts of IANA's pages of these TLDs.
    ['com', { type: 'generic', created: '1985-01-01' }],
    ['uk', { type: 'country-code', created: '1985-07-24' }],
    [
      'xn--p1ai',
      { type: 'country-code', unicode: 'рф', registry: 'Coordination Center for TLD RU', created: '2010-05-12' },
    ],
    ['biz', { type: 'generic-restricted' }],
    ['edu', { type: 'sponsored' }],
    ['arpa', { type: 'infrastructure' }],
    ['xn--zckzah', { type: 'test', delegated: false }],
    ['onion', { type: 'host_suffix', registry: 'Tor', created: '2015-09-15' }],
    ['xn--mgba3a4fra', { type: 'country-code', unicode: 'ايران', delegated: true }],
    ['amazon', { type: 'generic' }],
  ])('%s', (tld, facts) => expect(shipped.tlds.get(tld)).toMatchObject({ tld, ...facts }));

  it('marks managers as old, and has none where its source has a country or a description', () => {
    expect(shipped.tlds.get('aaa')?.registryStale).toBe(true);
    expect(shipped.tlds.get('uk')).not.toHaveProperty('registry');
    expect(shipped.tlds.get('com')).not.toHaveProperty('registry');
  });

  it('knows every TLD of the suffix list', () => {
    const unknown = [...snapshot.suffixes().rules.keys()]
      .map((rule) => rule.slice(rule.lastIndexOf('.') + 1))
      .filter((tld) => !shipped.tlds.has(tld));
    expect(unknown).toEqual([]);
  });

  it('has dates for all but the names that only the suffix list has', () => {
    const undated = [...shipped.tlds.values()].filter(({ created, delegated }) => delegated && created === undefined);
    expect(undated.length).toBe(12);
  });

  it('has only types of the vocabulary', () =>
    expect(
      tldTypes(shipped)
        .map(({ value }) => value)
        .sort(),
    ).toEqual([...TLD_TYPES].sort()));
});

describe('questions of fqdn_parser', () => {
  const table = small({
    a: { type: 'generic', registry: 'One, LLC' },
    b: { type: 'generic', registry: 'One, LLC' },
    c: { type: 'country-code', registry: 'Two' },
    d: { type: 'country-code' },
    constructor: { type: 'generic' },
  });

  it('types and managers, the most frequent first', () => {
    expect(tldTypes(table)).toEqual([
      { value: 'generic', count: 3 },
      { value: 'country-code', count: 2 },
    ]);
    expect(tldRegistries(table)).toEqual([
      { value: 'One, LLC', count: 2 },
      { value: 'Two', count: 1 },
    ]);
  });

  it('TLDs of a manager, whatever its case', () => {
    expect(tldsByRegistry(table, 'ONE, llc').map(({ tld }) => tld)).toEqual(['a', 'b']);
    expect(tldsByRegistry(table, 'toString')).toEqual([]);
  });

  it('a table survives being written to a file', () => {
    expect(tldTable(tldFile(shipped))).toEqual(shipped);
  });

  it('refuses a type outside the vocabulary', () =>
    expect(() => small({ a: { type: 'gtld' } })).toThrow('TLD a has the unknown type "gtld"'));
});

const row = (link: string, own: string, type: string, manager: string) => `<tr>
  <td>
    <span class="domain tld"><a href="/domains/root/db/${link}.html">${own}</a></span></td>
  <td>${type}</td>
  <td>${manager}</td>
</tr>`;

describe("IANA's root zone page", () => {
  const present = small({
    com: { type: 'generic', registry: 'old', created: '1985-01-01' },
    gone: { type: 'generic', created: '2015-01-01' },
    onion: { type: 'host_suffix', registry: 'Tor', created: '2015-09-15' },
    'xn--mgba3a4fra': { type: 'country-code' },
  });
  const page = [
    row('com', '.com', 'generic', 'VeriSign Global Registry Services'),
    row('xn--mgberp4a5d4ar', '&#x200f;.السعودية&#x200e;', 'country-code', 'A &amp; B&nbsp;&#40;C&#41;\n <br> D'),
    row('dead', '.dead', 'generic', 'Not assigned'),
    row('new', '.new', 'generic', 'New Registry'),
  ].join('\n');

  it('gives type, manager and own script', () => {
    expect(parseRootZonePage(page)).toEqual([
      { tld: 'com', type: 'generic', registry: 'VeriSign Global Registry Services', delegated: true },
      { tld: 'xn--mgberp4a5d4ar', unicode: 'السعودية', type: 'country-code', registry: 'A & B (C) D', delegated: true },
      { tld: 'dead', type: 'generic', registry: 'Not assigned', delegated: false },
      { tld: 'new', type: 'generic', registry: 'New Registry', delegated: true },
    ]);
  });

  it('replaces the table, but keeps dates and the names that only the suffix list has', () => {
    const read = readRootZonePage(page, present, '2026-11-01');
    expect(read.asOf).toBe('2026-11-01');
    expect([...read.tlds.keys()]).toEqual(['com', 'xn--mgberp4a5d4ar', 'dead', 'new', 'onion', 'xn--mgba3a4fra']);
    expect(read.tlds.get('com')).toEqual({
      tld: 'com',
      type: 'generic',
      registry: 'VeriSign Global Registry Services',
      created: '1985-01-01',
      delegated: true,
    });
  });

  it.each(['', '<html>maintenance</html>', row('com', '.com', 'generic', 'x')])(
    'is refused when it has too few rows: %#',
    (html) => expect(() => readRootZonePage(html, present, '2026-11-01')).toThrow(TldTableError),
  );

  it('is refused when it has less than nine tenths of the present table', () => {
    const many = small(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`t${i}`, { type: 'generic' }])));
    const rows = (count: number) =>
      Array.from({ length: count }, (_, i) => row(`t${i}`, `.t${i}`, 'generic', 'M')).join('\n');
    expect(() => readRootZonePage(rows(89), many, '2026-11-01')).toThrow(
      'the root zone page has 89 TLDs, at least 90 were expected',
    );
    expect(readRootZonePage(rows(90), many, '2026-11-01').tlds.get('t0')?.registry).toBe('M');
  });
});
