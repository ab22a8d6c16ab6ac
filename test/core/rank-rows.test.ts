import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rankRowReader, type BadRow, type RankRow } from '../../src/core/rank-rows.ts';

function read(text: string): (RankRow | BadRow)[] {
  const reader = rankRowReader();
  return text.split('\n').flatMap((line) => reader.read(line) ?? []);
}

const google = { rank: 1, domain: 'google.com' };
const docs = { rank: 2, domain: 'docs.google.com' };

describe('forms of rank lists', () => {
  it.each([
    ['Umbrella', '1,google.com\n2,docs.google.com\n'],
    ['Tranco, with CRLF', '1,google.com\r\n2,docs.google.com\r\n'],
    ['a header', 'rank,domain\n1,google.com\n2,docs.google.com'],
    [
      'Majestic',
      'GlobalRank,TldRank,Domain,TLD,RefSubNets,RefIPs,IDN_Domain,IDN_TLD,PrevGlobalRank,PrevTldRank,PrevRefSubNets,PrevRefIPs\n' +
        '1,1,google.com,com,480000,2400000,google.com,com,1,1,480001,2400001\n' +
        '2,2,docs.google.com,com,470000,2300000,docs.google.com,com,2,2,470001,2300001',
    ],
    ['CrUX', 'origin,rank\nhttps://google.com,1\nhttps://docs.google.com,2\n'],
    ['domain first', 'google.com,1\ndocs.google.com,2'],
    ['tabs', '1\tgoogle.com\n2\tdocs.google.com'],
    ['semicolons and quotes', '"Rank";"Domain"\n"1";"google.com"\n"2";"docs.google.com"'],
    ['a plain list', 'google.com\ndocs.google.com\n'],
    ['a plain list with a header', 'domain\ngoogle.com\ndocs.google.com\n'],
    ['a byte order mark, comments, blank lines', '\ufeff# made today\n\n1,google.com\n\n2,docs.google.com\n'],
    ['capitals, a trailing dot, spaces', '1,GOOGLE.com\n2, docs.google.com. '],
  ])('%s', (_, text) => expect(read(text)).toEqual([google, docs]));

  it('takes the number of the line for the rank of a plain list', () =>
    expect(read('google.com\n\nnot a name\nexample.org')).toEqual([
      google,
      { error: 'not a domain name: "not a name"' },
      { rank: 4, domain: 'example.org' },
    ]));

  it('keeps TLDs and hosts of Umbrella as they are, and turns Unicode into A-labels', () =>
    expect(read('1,com\n2,_dmarc.example.com\n3,bücher.de')).toEqual([
      { rank: 1, domain: 'com' },
      { rank: 2, domain: '_dmarc.example.com' },
      { rank: 3, domain: 'xn--bcher-kva.de' },
    ]));

  it.each([
    ['x,google.com', 'not a rank: "x"'],
    ['0,google.com', 'not a rank: "0"'],
    ['-1,google.com', 'not a rank: "-1"'],
    ['4294967296,google.com', 'not a rank: "4294967296"'],
    ['7', 'no column for the domain: "7"'],
    ['7,', 'not a domain name: ""'],
    ['7,a..b.com', 'not a domain name: "a..b.com"'],
    ['7,192.0.2.1', 'not a domain name: "192.0.2.1"'],
    ['7,\u001b[31mred', 'not a domain name: "\\u001b[31mred"'],
    [`7,${'a'.repeat(64)}.com`, `not a domain name: "${'a'.repeat(40)}…"`],
  ])('says what is wrong with %j', (line, error) => expect(read(`1,google.com\n${line}`)).toEqual([google, { error }]));

  it('finds no row in a page', () => {
    const rows = read('<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<body>\nForbidden\n</body></html>');
    expect(rows.filter((row) => 'domain' in row)).toEqual([]);
  });
});

describe('any text', () => {
  it('is read without an exception, and what is a row is a rank and lower-case labels', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
        for (const row of read(lines.join('\n'))) {
          if ('error' in row) continue;
          expect(Number.isInteger(row.rank) && row.rank >= 1 && row.rank <= 0xffffffff).toBe(true);
          expect(row.domain).toMatch(/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  const label = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);
  const domain = fc.tuple(label, label).map((labels) => labels.join('.'));
  const rows = fc.array(fc.record({ rank: fc.integer({ min: 1, max: 0xffffffff }), domain }), { minLength: 1 });

  it('of rows comes back as these rows, in every form', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(',', '\t', ';'), fc.constantFrom('\n', '\r\n'), (list, separator, end) => {
        expect(read(list.map((row) => `${row.rank}${separator}${row.domain}`).join(end))).toEqual(list);
        expect(
          read(`domain${separator}rank${end}${list.map((row) => `"${row.domain}"${separator}${row.rank}`).join(end)}`),
        ).toEqual(list);
        expect(read(list.map((row) => row.domain).join(end))).toEqual(
          list.map((row, index) => ({ domain: row.domain, rank: index + 1 })),
        );
      }),
    );
  });
});
