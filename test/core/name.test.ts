import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { getDomain, getPublicSuffix, parse } from 'tldts';
import { nameToUnicode } from '../../src/core/idna.ts';
import { readName, type ParsedName } from '../../src/core/name.ts';
import { noZones, snapshot } from './embedded-data.ts';

const list = snapshot.suffixes();
const read = (name: string, zones: readonly string[] = []): ParsedName => readName(name, list, new Set(zones));

describe('reading a queried string', () => {
  it.each([
    // asked, normalised
    ['WWW.Example.COM.', 'www.example.com'],
    ['BÜCHER.de', 'xn--bcher-kva.de'],
    ['faß.de', 'xn--fa-hia.de'],
    ['ex。ample.com', 'ex.ample.com'],
    ['ｅｘａｍｐｌｅ．com', 'example.com'],
    ['☃.com', 'xn--n3h.com'],
    ['exam\u00adple.com', 'example.com'],
    ['XN--0.com', 'xn--0.com'],
    ['xn--0.BÜCHER.de', 'xn--0.xn--bcher-kva.de'],
    ['a%2eb.com', 'a%2eb.com'],
    ['100%.x.com', '100%.x.com'],
    ['  example.com\t', 'example.com'],
    ['_dmarc.example.co.uk', '_dmarc.example.co.uk'],
    ['foo bar.com', 'foo bar.com'],
    ['-a.com', '-a.com'],
    ['__proto__.com', '__proto__.com'],
    ['constructor.prototype', 'constructor.prototype'],
  ])('%j is the name %s', (asked, name) => expect(read(asked)).toMatchObject({ kind: 'domain', name }));

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['\u00ad', 'empty'],
    ['.', 'empty_label'],
    ['a..b.com', 'empty_label'],
    ['.example.com', 'empty_label'],
    ['example.com..', 'empty_label'],
    ['192.0.2.10..', 'empty_label'],
    [`${'a'.repeat(64)}.com`, 'label_too_long'],
    [`${'ü'.repeat(60)}.com`, 'label_too_long'],
    [`${'a.'.repeat(126)}ab`, 'name_too_long'],
    ['exam\0ple.com', 'control_character'],
    ['example.com\r\nevil.com', 'control_character'],
    ['\ud800.com', 'unpaired_surrogate'],
    ['%{[dns][question][name]}', 'logstash_literal'],
    ['http://example.com/x', 'url_or_port'],
    ['example.com:443', 'url_or_port'],
    ['℀.com', 'url_or_port'],
    ['mail@example.org', 'mail_address'],
    ['*', 'lone_wildcard'],
  ])('%j is invalid: %s, and comes back as asked', (asked, reason) => {
    expect(read(asked)).toEqual({ kind: 'invalid', name: asked, reason });
  });

  it('counts 253 bytes without the trailing dot', () => {
    const longest = `${'a.'.repeat(125)}abc`;
    expect(longest).toHaveLength(253);
    expect(read(longest).kind).toBe('domain');
    expect(read(`${longest}.`).kind).toBe('domain');
    expect(read(`a${longest}`).kind).toBe('invalid');
  });

  it.each([
    ['192.0.2.10', '192.0.2.10', 4],
    ['192.0.2.10.', '192.0.2.10', 4],
    ['１９２.0.2.10', '192.0.2.10', 4],
    ['2001:DB8::1', '2001:db8::1', 6],
    ['[2001:DB8::1]', '2001:db8::1', 6],
    ['fe80::1%eth0', 'fe80::1%eth0', 6],
    ['[fe80::1%25eth0]', 'fe80::1%eth0', 6],
    ['::ffff:192.0.2.10', '::ffff:192.0.2.10', 6],
  ])('%s is an address', (asked, name, version) => expect(read(asked)).toEqual({ kind: 'ip', name, version }));

  it.each(['1.2.3', '0x7f.1', '127.1', '256.1.1.1', '1.2.3.4.5'])('%s is a name under an unlisted TLD', (asked) => {
    expect(read(asked)).toMatchObject({ kind: 'domain', listed: false, registrable: false });
  });

  it.each(['localhost', 'DESKTOP-4F2A', 'printer.local', '4.in-addr.arpa', 'arpa', 'x.onion', 'a.b.internal', 'x.alt'])(
    '%s is internal',
    (asked) => expect(read(asked)).toEqual({ kind: 'internal', name: asked.toLowerCase() }),
  );

  it('takes zones by whole labels', () => {
    const zones = ['corp.northwind.com', 'lan'];
    expect(read('dc1.corp.northwind.com', zones).kind).toBe('internal');
    expect(read('corp.northwind.com', zones).kind).toBe('internal');
    expect(read('notcorp.northwind.com', zones).kind).toBe('domain');
    expect(read('printer.lan', zones).kind).toBe('internal');
    expect(read('printer.lan').kind).toBe('domain');
  });

  it.each([
    ['www.example.com', true],
    ['www.exa_mple.com', false],
    ['_dmarc.example.com', true],
    ['www.oompa.loompa', false],
    ['*.example.com', true],
    ['a%2eb.com', false],
    ['bücher.de', true],
  ])('a registry could hold the registered domain of %s: %s', (asked, registrable) => {
    expect(read(asked)).toMatchObject({ kind: 'domain', registrable });
  });
});

describe('against tldts as an oracle', () => {
  // Rules of the list of 2026-10-22 that the oracle's own list lacks.
  const NEWER_RULES = /(^|\.)(imagine\.diy|imagine-proxy\.work)$/;

  it('splits 120 000 names the same way, private section and ICANN section', () => {
    const names = manyNames(120_000);
    const differences: string[] = [];
    let compared = 0;
    for (const name of names) {
      const ours = read(name);
      if (ours.kind !== 'domain' && ours.kind !== 'suffix') continue;
      compared++;
      const theirs = parse(name, { allowPrivateDomains: true });
      const icann = parse(name, { allowPrivateDomains: false });
      const ourDomain = ours.kind === 'domain' && !ours.isSuffix ? ours.domain : null;
      const ourRegistered = ours.kind === 'domain' ? ours.registrationDomain : null;
      if (
        (ourDomain !== theirs.domain || ours.publicSuffix !== theirs.publicSuffix || ourRegistered !== icann.domain) &&
        !NEWER_RULES.test(name)
      ) {
        differences.push(
          `${name}: ${String(ourDomain)} ${String(ourRegistered)}, tldts ${String(theirs.domain)} ${String(icann.domain)}`,
        );
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(100_000);
  });

  /** Names around every rule: the rule itself, one, two and three labels more, siblings, and unlisted TLDs. */
  function manyNames(count: number): string[] {
    const random = mulberry(20261022);
    const label = () => {
      const length = 1 + Math.floor(random() * 12);
      return Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[Math.floor(random() * 36)]).join('');
    };
    const rules = [...list.rules.keys()].filter((rule) => !rule.includes('*'));
    const names: string[] = [];
    for (let round = 0; names.length < count; round++) {
      for (const rule of rules) {
        const above = Array.from({ length: round % 4 }, label);
        names.push([...above, rule].join('.'));
        const sibling = rule.split('.').slice(1);
        if (round % 4 === 1) names.push([...above, label(), ...sibling].join('.'));
      }
      for (let i = 0; i < 200; i++) names.push(`${label()}.${label()}.${label()}`);
    }
    return names.filter((name) => /[a-z]/.test(name.slice(name.lastIndexOf('.') + 1))).slice(0, count);
  }

  function mulberry(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  }

  it('agrees on the registered domain of Unicode names once converted', () => {
    expect(getDomain('www.食狮.公司.cn', { allowPrivateDomains: true })).toBe('食狮.公司.cn');
    const ours = read('www.食狮.公司.cn');
    expect(ours.kind === 'domain' && nameToUnicode(ours.domain)).toBe('食狮.公司.cn');
    expect(getPublicSuffix('食狮.公司.cn')).toBe('公司.cn');
  });
});

describe('properties', () => {
  const anyName = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.domain(),
    fc.ipV6(),
    fc.array(fc.string({ maxLength: 70 }), { maxLength: 6 }).map((labels) => labels.join('.')),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'xn--',
      'xn--.com',
      '*.*.com',
      '..',
      '%',
      '[::1',
      ':::',
      'xn--a-ecp.ru',
    ),
  );

  it('never throws, and what it gives adds up', () => {
    fc.assert(
      fc.property(anyName, (asked) => {
        const parsed = readName(asked, list, noZones);
        if (parsed.kind === 'invalid') expect(parsed.name).toBe(asked);
        if (parsed.kind !== 'domain') return;
        const { name, domain, subdomain, registrationDomain, publicSuffix, icannSuffix } = parsed;
        expect(subdomain === '' ? domain : `${subdomain}.${domain}`).toBe(name);
        expect(name.endsWith(registrationDomain)).toBe(true);
        expect(domain.endsWith(registrationDomain)).toBe(true);
        expect(domain.endsWith(publicSuffix)).toBe(true);
        expect(publicSuffix.endsWith(icannSuffix)).toBe(true);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(253);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads a normalised name as itself: normalising twice changes nothing', () => {
    fc.assert(
      fc.property(anyName, (asked) => {
        const parsed = readName(asked, list, noZones);
        if (parsed.kind === 'invalid' || parsed.kind === 'ip') return;
        expect(readName(parsed.name, list, noZones)).toEqual(parsed);
      }),
      { numRuns: 3000 },
    );
  });
});
