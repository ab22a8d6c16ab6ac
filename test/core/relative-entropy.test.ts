import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hostOf, measuredText } from '../../src/core/measured-text.ts';
import { entropyOf, labelEntropies } from '../../src/core/name-entropy.ts';
import { characterTableOf, relativeEntropy } from '../../src/core/relative-entropy.ts';
import { conformanceText, describeWithConformance } from '../conformance/files.ts';
import { domain, embeddedData } from './embedded-data.ts';

const { characters } = embeddedData();
const entropies = (name: string) => entropyOf(measuredText(hostOf(domain(name))), characters);

describe("fqdn_parser's seven published values, to the last bit", () => {
  it.each([
    ['amazon.com', 'domain', 2.3374190580082232],
    ['sdlfkjj.slkfdjs.lk3k3l24jlk23.com', 'domain', 4.775453277222541],
    ['stuff.things.amazon.com', 'fqdn', 1.2618222896338356],
    ['sdlfkjj.slkfdjs.lk3k3l24jlk23.com', 'fqdn', 2.9639747128498106],
    ['h3ksd7.com', 'label_max', 3.293799636685838],
    ['8c3hs.com', 'label_max', 3.4367171238803156],
    ['www.somecooldomain.com', 'label_max', 1.1479845021804367],
  ] as const)('%s %s', (name, score, value) => expect(entropies(name)?.[score]).toBe(value));
});

describe('what is measured', () => {
  it('of www.ck the label www is', () => {
    // Values of fqdn_parser for the string `www`.
    expect(entropies('www.ck')?.domain).toBeCloseTo(6.177173302887037, 12);
    expect(entropies('www.ck')?.fqdn).toBeCloseTo(6.036972491157682, 12);
  });

  it('a leading www. counts neither in fqdn nor in label_max', () =>
    expect(entropies('www.vetconnectplus.com')).toEqual(entropies('vetconnectplus.com')));

  it('private suffixes play no part', () => {
    expect(measuredText(hostOf(domain('www.foo.github.io')))).toEqual({
      domain: 'github',
      fqdn: 'foogithub',
      labels: ['foo', 'github'],
    });
    expect(entropies('www.foo.github.io')?.domain).toBeCloseTo(2.2602443876454066, 12);
  });

  it('a text with a character outside the table has no score, the others keep theirs', () => {
    const scores = entropies('_ldap._tcp.dc._msdcs.example.com');
    expect(scores?.domain).toBeCloseTo(1.9952621001856166, 12);
    expect(scores).not.toHaveProperty('fqdn');
    expect(relativeEntropy('_dmarc', characters.fqdn)).toBeUndefined();
    expect(relativeEntropy('', characters.fqdn)).toBe(0);
  });
});

describe('labels', () => {
  it('are keys of their own, whatever they are called', () => {
    const read = labelEntropies(['constructor', '__proto__', 'tostring'], characters.fqdn);
    expect(Object.keys(read)).toEqual(['constructor', 'tostring']);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});

describe('tables', () => {
  it('sum to one over 37 characters', () => {
    for (const table of [characters.domain, characters.fqdn]) {
      expect(Object.keys(table)).toHaveLength(37);
      expect(Object.values(table).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    }
  });

  it('of own names: each character by its share, other texts passed over', () => {
    expect(characterTableOf(['aab', 'b', 'no_good'])).toEqual({ a: 0.5, b: 0.5 });
    expect(relativeEntropy('a', characterTableOf(['aab', 'b']))).toBe(1);
    expect(relativeEntropy('a', characterTableOf(['aab', 'b']), 4)).toBe(0.5);
  });
});

describeWithConformance('the published tables', () => {
  it('are those of the README', () => {
    const published = JSON.parse(conformanceText('scores/fqdn_parser_char_probs.json')) as Record<string, unknown>;
    expect(characters).toEqual({ domain: published['domain'], fqdn: published['fqdn'] });
  });
});

it('never throws and never gives NaN', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const value = relativeEntropy(text, characters.fqdn);
      return value === undefined || Number.isFinite(value);
    }),
  );
});
