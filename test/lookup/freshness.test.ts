import { describe, expect, it } from '@jest/globals';
import type { RegistrationRecord } from '../../src/core/registration.ts';
import { isDue, isGivenUp, refreshAt, retryDelay } from '../../src/lookup/freshness.ts';
import { DEFAULT_LOOKUP_SETTINGS } from '../../src/lookup/settings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 20);

const record = (members: Partial<RegistrationRecord>): RegistrationRecord => ({
  status: 'found',
  retrieved: NOW,
  details: {},
  ...members,
});
const wait = (members: Partial<RegistrationRecord>, context = {}) => refreshAt(record(members), context) - NOW;

describe('the freshness policy', () => {
  it('2 years and older: 180 days', () => expect(wait({ created: NOW - 800 * DAY })).toBe(180 * DAY));
  it('2 years and older, expiring sooner: a day after the expiry', () => {
    expect(wait({ created: NOW - 800 * DAY, expires: NOW + 40 * DAY })).toBe(41 * DAY);
  });
  it('30 days to 2 years: 30 days', () => expect(wait({ created: NOW - 30 * DAY })).toBe(30 * DAY));
  it('younger than 30 days: a day', () => expect(wait({ created: NOW - 29 * DAY })).toBe(DAY));
  it('expiry passed: daily', () => expect(wait({ created: NOW - 800 * DAY, expires: NOW - 3 * DAY })).toBe(DAY));
  it('no creation date published: 30 days', () => expect(wait({ status: 'no_date' })).toBe(30 * DAY));
  it('not found: 15 minutes on the first day in the logs', () => {
    expect(wait({ status: 'not_found' })).toBe(15 * MINUTE);
    expect(wait({ status: 'not_found' }, { seenSince: NOW - 23 * HOUR })).toBe(15 * MINUTE);
  });
  it.each([
    [1, 30 * MINUTE],
    [2, HOUR],
    [3, 2 * HOUR],
    [6, 16 * HOUR],
    [7, DAY],
    [400, DAY],
  ])('not found: doubling with each day, up to a day: seen for %s days', (days, expected) => {
    expect(wait({ status: 'not_found' }, { seenSince: NOW - days * DAY })).toBe(expected);
  });
  it.each(['reserved', 'invalid'])('%s: 7 days', (standing) => {
    expect(wait({ status: 'not_found', details: { statuses: [standing] } })).toBe(7 * DAY);
  });
  it('a query that the registry cannot read: 7 days', () => {
    expect(wait({ status: 'error', details: { statuses: ['invalid'] } })).toBe(7 * DAY);
  });
  it('TLD unsupported: until new tables are loaded', () => {
    expect(wait({ status: 'unsupported' })).toBe(30 * DAY);
    expect(wait({ status: 'unsupported' }, { tablesSince: NOW - DAY })).toBe(30 * DAY);
    expect(wait({ status: 'unsupported' }, { tablesSince: NOW + 1 })).toBe(0);
  });
  it('given up: 6 hours', () => expect(wait({ status: 'error' })).toBe(6 * HOUR));
  it('nothing known is due at once', () => {
    expect(isDue(undefined, NOW)).toBe(true);
    expect(isDue(record({ created: NOW - 800 * DAY }), NOW)).toBe(false);
    expect(isDue(record({ created: NOW - 800 * DAY }), NOW + 180 * DAY)).toBe(true);
  });
});

describe('failures', () => {
  const limits = DEFAULT_LOOKUP_SETTINGS;
  it.each([
    [1, MINUTE],
    [2, 2 * MINUTE],
    [5, 16 * MINUTE],
    [30, 6 * HOUR],
  ])('attempt %s waits, with a fifth of jitter', (attempts, middle) => {
    expect(retryDelay(attempts, limits, 0.5)).toBeCloseTo(middle);
    expect(retryDelay(attempts, limits, 0)).toBeCloseTo(0.8 * middle);
    expect(retryDelay(attempts, limits, 1)).toBeCloseTo(1.2 * middle);
  });
  it('given up after the attempts or after 7 days', () => {
    expect(isGivenUp({ since: NOW, attempts: 7 }, NOW, limits)).toBe(false);
    expect(isGivenUp({ since: NOW, attempts: 8 }, NOW, limits)).toBe(true);
    expect(isGivenUp({ since: NOW - 7 * DAY, attempts: 0 }, NOW, limits)).toBe(true);
  });
});
