import { expect, it } from '@jest/globals';
import { agoInWords, countInWords, sizeInWords, spanInWords } from '../../src/core/in-words.ts';

const DAY = 86_400_000;

it.each([
  [0, 'a moment'],
  [-5, 'a moment'],
  [1000, '1 second'],
  [61_000, '1 minute'],
  [7_200_000, '2 hours'],
  [DAY, '1 day'],
  [729 * DAY, '729 days'],
  [730 * DAY, '2 years'],
])('a span of %d ms is %s', (ms, words) => expect(spanInWords(ms)).toBe(words));

it.each([
  [7_200_000, '2 hours ago'],
  [0, 'a moment ago'],
  [-61_000, 'in 1 minute'],
])('a time %d ms before now is %s', (ms, words) => expect(agoInWords(DAY, DAY + ms)).toBe(words));

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [4096, '4.1 kB'],
  [123_456, '123 kB'],
  [29_300_000, '29.3 MB'],
  [5e15, '5000 TB'],
])('a size of %d is %s', (bytes, words) => expect(sizeInWords(bytes)).toBe(words));

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
])('a count of %d is %s', (count, words) => expect(countInWords(count)).toBe(words));
