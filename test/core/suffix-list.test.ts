import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readName } from '../../src/core/name.ts';
import { nameToAscii } from '../../src/core/idna.ts';
import { matchSuffix, readSuffixList, SuffixListError, withPrivateRules } from '../../src/core/suffix-list.ts';
import { conformanceText, describeWithConformance } from '../conformance/files.ts';

const list = readSuffixList(readFileSync(new URL('../../data/public_suffix_list.dat', import.meta.url), 'utf8'));
const noZones = new Set<string>();

/** Registered domain by the plain algorithm, special-use names included, as the official vectors have it. */
function registeredDomain(asked: string): string | null {
  if (asked.startsWith('.')) return null;
  const name = nameToAscii(asked);
  const { start } = matchSuffix(list.rules, name);
  return start === 0 ? null : name.slice(name.lastIndexOf('.', start - 2) + 1);
}

describeWithConformance('official Public Suffix List vectors', () => {
  const vectors = conformanceText('psl/psl_tests.txt')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//'))
    .map((line) => line.split(/\s+/) as [string, string]);

  it('has all 78 of them', () => expect(vectors).toHaveLength(78));

  it.each(vectors)('%s → %s', (name, expected) => {
    expect(name === 'null' ? null : registeredDomain(name)).toBe(expected === 'null' ? null : nameToAscii(expected));
  });
});

describe('choices the official vectors leave open', () => {
  it.each([
    // name, public suffix, registered domain: the table of the wildcard-parent choice.
    ['kobe.jp', 'kobe.jp', undefined],
    ['c.kobe.jp', 'c.kobe.jp', undefined],
    ['b.c.kobe.jp', 'c.kobe.jp', 'b.c.kobe.jp'],
    ['city.kobe.jp', 'kobe.jp', 'city.kobe.jp'],
    ['www.ck', 'ck', 'www.ck'],
    ['foo.ck', 'foo.ck', undefined],
    ['a.foo.ck', 'foo.ck', 'a.foo.ck'],
    ['ab.city.kawasaki.jp', 'kawasaki.jp', 'city.kawasaki.jp'],
    ['foo.bd', 'bd', 'foo.bd'],
  ])('%s has the suffix %s and the domain %s', (name, publicSuffix, domain) => {
    expect(readName(name, list, noZones)).toMatchObject({
      kind: domain === undefined ? 'suffix' : 'domain',
      publicSuffix,
      ...(domain === undefined ? {} : { domain }),
    });
  });

  it.each([
    ['foo.github.io', 'foo.github.io', 'github.io', 'io'],
    ['foo.bar.s3.amazonaws.com', 'bar.s3.amazonaws.com', 'amazonaws.com', 'com'],
    ['foo.uk.com', 'foo.uk.com', 'uk.com', 'com'],
    ['s3.amazonaws.com', 's3.amazonaws.com', 'amazonaws.com', 'com'],
    ['github.io', 'github.io', 'github.io', 'io'],
    ['a.b.shop.co.uk', 'shop.co.uk', 'shop.co.uk', 'co.uk'],
  ])('%s: contacts under %s, registration of %s, ICANN suffix %s', (name, domain, registrationDomain, icannSuffix) => {
    expect(readName(name, list, noZones)).toMatchObject({ kind: 'domain', domain, registrationDomain, icannSuffix });
  });
});

describe('reading the file format', () => {
  it('takes the version from the header and the rule up to the first white space', () => {
    const read = readSuffixList(
      '// VERSION: 2030-01-02_UTC\n// ===BEGIN ICANN DOMAINS===\nexample trailing words\n*.wild\n!not.wild\n// ===END ICANN DOMAINS===\n' +
        'outside\n// ===BEGIN PRIVATE DOMAINS===\nhost.example\t\n// ===END PRIVATE DOMAINS===\n',
    );
    expect(read.version).toBe('2030-01-02_UTC');
    expect([...read.rules.keys()]).toEqual(['example', 'wild', 'not.wild', 'host.example']);
  });

  it('has the rules of the shipped list: 10 397 by the count of rule lines in the file', () => {
    const text = readFileSync(new URL('../../data/public_suffix_list.dat', import.meta.url), 'utf8');
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'));
    expect(lines).toHaveLength(10397);
    const keys = new Set(lines.map((line) => nameToAscii(line.replace(/^(\*\.|!)/, ''))));
    expect(list.rules.size).toBe(keys.size);
  });

  it('refuses text that is no list', () => {
    expect(() => readSuffixList('<html>')).toThrow(SuffixListError);
    expect(() => readSuffixList('')).toThrow('no rules of the ICANN section');
  });

  it('gives another id when a rule is added, and the same for the same rules', () => {
    const extended = withPrivateRules(list, ['pagehost.com']);
    expect(extended.id).not.toBe(list.id);
    expect(extended.id).toBe(withPrivateRules(list, ['pagehost.com']).id);
    expect(readName('shop.pagehost.com', extended, noZones)).toMatchObject({ domain: 'shop.pagehost.com' });
  });
});
