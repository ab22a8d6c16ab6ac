import { describe, expect, it } from '@jest/globals';
import { exposition, type Family } from '../../src/http/exposition.ts';
import { mergedFamilies } from '../../src/http/merged-families.ts';

const family = (name: string, type: Family['type'], values: Record<string, number>, together?: Family['together']) => ({
  name,
  type,
  help: 'X.',
  samples: Object.entries(values).map(([route, value]) => ({ labels: { route }, value })),
  ...(together === undefined ? {} : { together }),
});

describe('figures of several processes', () => {
  it('add up where they count, and stand once where all have the same', () => {
    const merged = mergedFamilies([
      [family('requests_total', 'counter', { a: 1, b: 2 }), family('age', 'gauge', { x: 7 })],
      [],
      [
        family('requests_total', 'counter', { b: 40, c: 3 }),
        family('age', 'gauge', { x: 9 }),
        family('late', 'gauge', { y: 1 }),
      ],
    ]);
    expect(exposition(merged).replace(/^#.*\n/gm, '')).toBe(
      'domain_stats_requests_total{route="a"} 1\n' +
        'domain_stats_requests_total{route="b"} 42\n' +
        'domain_stats_requests_total{route="c"} 3\n' +
        'domain_stats_age{route="x"} 9\n' +
        'domain_stats_late{route="y"} 1\n',
    );
  });

  it.each<[Family['together'], number]>([
    ['sum', 5],
    ['max', 3],
    ['min', 2],
  ])('go together as their family says: %s', (together, value) => {
    const [merged] = mergedFamilies([2, 3].map((a) => [family('f', 'gauge', { a }, together)]));
    expect(merged?.samples.map((sample) => sample.value)).toEqual([value]);
  });

  it('keep the parts of a histogram apart', () => {
    const samples = (bucket: number, sum: number) => [
      { suffix: '_bucket', labels: { le: '1' }, value: bucket } as const,
      { suffix: '_bucket', labels: { le: '+Inf' }, value: bucket + 1 } as const,
      { suffix: '_sum', value: sum } as const,
      { suffix: '_count', value: bucket + 1 } as const,
    ];
    const histogram = (bucket: number, sum: number): Family => ({
      name: 'h',
      type: 'histogram',
      help: 'X.',
      samples: samples(bucket, sum),
    });
    const [merged] = mergedFamilies([[histogram(1, 0.5)], [histogram(10, 2)]]);
    expect(merged?.samples.map(({ value }) => value)).toEqual([11, 13, 2.5, 13]);
  });
});
