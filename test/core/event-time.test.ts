import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { eventTime, readTime } from '../../src/core/event-time.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const utc = (...parts: [number, number, number, number?, number?, number?, number?]) => Date.UTC(...parts);

describe('reading a time', () => {
  it.each<[string | number, number]>([
    ['2026-11-20T10:00:00Z', utc(2026, 10, 20, 10)],
    ['2026-11-20T12:00:00+02:00', utc(2026, 10, 20, 10)],
    ['2026-11-20T12:00:00+0200', utc(2026, 10, 20, 10)],
    ['2026-11-20T08:30:00-01:30', utc(2026, 10, 20, 10)],
    ['2018-03-24T17:15:20.865716Z', utc(2018, 2, 24, 17, 15, 20, 865)],
    ['2026-11-20 10:00:00', utc(2026, 10, 20, 10)],
    ['2026-11-20T10:00Z', utc(2026, 10, 20, 10)],
    ['2026-11-20', utc(2026, 10, 20)],
    ['2016-12-31T23:59:60Z', utc(2017, 0, 1)],
    ['2024-02-29T00:00:00Z', utc(2024, 1, 29)],
    [1521911720.5, utc(2018, 2, 24, 17, 15, 20, 500)],
    ['1521911720.5', utc(2018, 2, 24, 17, 15, 20, 500)],
    [1521911720500, utc(2018, 2, 24, 17, 15, 20, 500)],
  ])('%j', (given, expected) => expect(readTime(given)).toBe(expected));

  it.each<[string | number]>([
    ['last Tuesday'],
    ['2026-02-30T00:00:00Z'],
    ['2026-13-01T00:00:00Z'],
    ['2026-00-10T00:00:00Z'],
    ['2026-11-20T24:00:00Z'],
    ['2026-11-20T10:60:00Z'],
    ['11/20/2026'],
    ['%{@timestamp}'],
    [NaN],
    [Infinity],
    [-1],
    [1_700_000_000_000_000],
    ['8640000000000000'],
    ['1969-12-31T23:59:59Z'],
  ])('%j is no time', (given) => expect(readTime(given)).toBeUndefined());

  it('reads back every instant that JavaScript writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(readTime(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });

  it('never throws and never gives anything but a whole number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double()), (given) => {
        const at = readTime(given);
        expect(at === undefined || Number.isInteger(at)).toBe(true);
      }),
    );
  });
});

describe('the time that counts for an event', () => {
  it.each([undefined, null, '', 'null'])('%j: the server time, and nothing was ignored', (given) => {
    expect(eventTime(given, NOW)).toEqual({ at: NOW, ignored: false });
  });

  it('is the server time for what cannot be read or lies more than a day ahead', () => {
    expect(eventTime('soon', NOW)).toEqual({ at: NOW, ignored: true });
    expect(eventTime('2026-11-23T12:00:00.001Z', NOW)).toEqual({ at: NOW, ignored: true });
    expect(eventTime('2026-11-23T12:00:00Z', NOW).ignored).toBe(false);
    expect(eventTime('2019-05-01T08:00:00Z', NOW)).toEqual({ at: utc(2019, 4, 1, 8), ignored: false });
  });
});
