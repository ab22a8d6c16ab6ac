import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  countPairs,
  frequencyAlert,
  frequencyScore,
  pairTable,
  type PairCounts,
} from '../../src/core/pair-frequency.ts';
import { conformanceRows, describeWithConformance } from '../conformance/files.ts';

const published = pairTable(
  JSON.parse(readFileSync(new URL('../../data/letter-pairs.freq', import.meta.url), 'latin1')) as PairCounts,
);
const limits = { average: 5, word: 4 };

describe('scores by the published table', () => {
  it.each([
    // As printed by domain_stats for these names; `sans.org` is in its README.
    ['google.com', 6.6009, 5.0887],
    ['sans.org', 6.2885, 7.9696],
    ['xn--bcher-kva.de', 7.5606, 11.1649],
    ['bücher.de', 11.4679, 16.7427],
    ['bbc.co.uk', 2.5964, 2.6318],
    ['zxcvbnm1234567.info', 5.1345, 7.3956],
    ['xqzjkvwp.ru', 0.3011, 0.9533],
    ['a.b', 0.0812, 0.1366],
    ['', 0, 0],
    ['a', 0, 0],
    ['--', 0, 0],
  ])('%s: %d, %d', (text, average, word) => expect(frequencyScore(text, published)).toEqual({ average, word }));

  it('reads upper and lower case alike', () =>
    expect(frequencyScore('GooGLE.cOM', published)).toEqual(frequencyScore('google.com', published)));

  it('has the 16 427 707 pairs of the file', () => {
    const lower = published.firsts.filter((_, code) => code < 65 || code > 90);
    expect(lower.reduce((sum, count) => sum + count, 0)).toBe(16_427_707);
  });
});

describeWithConformance('1,344 scores of domain_stats', () => {
  const rows = conformanceRows<{ name: string; freq_score: [number, number]; alert: string | null }>(
    'scores/peer_domain_stats_freq.jsonl',
  );

  it('are equal to four decimals, and so are the alerts', () => {
    expect(rows).toHaveLength(1344);
    const differing = rows.filter(({ name, freq_score: [average, word], alert }) => {
      const score = frequencyScore(name, published);
      return score.average !== average || score.word !== word || (frequencyAlert(score, limits) ?? null) !== alert;
    });
    expect(differing).toEqual([]);
  });
});

describe('alert', () => {
  it.each([
    [5, 4, undefined],
    [4.9999, 4, 'SUSPECT-FREQ-SCORE'],
    [5, 3.9999, 'SUSPECT-FREQ-SCORE'],
    [4.9999, 3.9999, 'LOW-FREQ-SCORES'],
  ])('average %d, word %d: %s', (average, word, alert) =>
    expect(frequencyAlert({ average, word }, limits)).toBe(alert),
  );
});

describe('own tables', () => {
  it('count what the texts have', () => {
    // In `abab`: ab twice, ba once; so P(ab) = 1, P(ba) = 1.
    const own = pairTable(countPairs(['abab'], '-'));
    expect(frequencyScore('ab', own)).toEqual({ average: 100, word: 100 });
    expect(frequencyScore('aa', own)).toEqual({ average: 0, word: 0 });
  });

  it('round exact ties to the even neighbour, as Python does', () => {
    // P = 3/3200 = 0.0009375 is 0.09375 %: a tie between 0.0937 and 0.0938.
    const own = pairTable([
      true,
      '',
      [
        [
          'a',
          [
            ['b', 3],
            ['c', 3197],
          ],
        ],
      ],
    ]);
    expect(frequencyScore('ab', own)).toEqual({ average: 0.0938, word: 0.0938 });
    const other = pairTable([
      true,
      '',
      [
        [
          'a',
          [
            ['b', 1],
            ['c', 3199],
          ],
        ],
      ],
    ]);
    expect(frequencyScore('ab', other)).toEqual({ average: 0.0312, word: 0.0312 });
  });
});

it('never throws and never gives NaN', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { average, word } = frequencyScore(text, published);
      return average >= 0 && average <= 100 && word >= 0 && word <= 100;
    }),
  );
});
