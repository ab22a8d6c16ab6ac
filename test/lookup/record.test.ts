import { describe, expect, it } from '@jest/globals';
import type { RegistrationRecord } from '../../src/core/registration.ts';
import { errorRecord, foundRecord, notFoundRecord, unsupportedRecord } from '../../src/lookup/record.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20);
const OLD = Date.UTC(2001, 1, 3);
const RDAP = { source: 'rdap', server: 'rdap.example' } as const;
const WHOIS = { source: 'whois', server: 'whois.example' } as const;

const former: RegistrationRecord = {
  status: 'found',
  created: OLD,
  retrieved: NOW - 30 * DAY,
  details: { source: 'rdap', created_precision: 'exact', registrar: 'Old' },
};
const found = (created: number | undefined, before?: RegistrationRecord, origin: typeof RDAP | typeof WHOIS = RDAP) =>
  foundRecord(
    created === undefined ? {} : { created: new Date(created).toISOString(), created_precision: 'exact' },
    origin,
    NOW,
    before,
    true,
  );

describe('a record found', () => {
  it('holds the facts, their origin and time', () => {
    const facts = {
      created: '2001-02-03T04:05:06.000Z',
      expires: '2027-02-03T00:00:00.000Z',
      registrar: 'R',
      dnssec: false,
      organization: 'O',
      emails: ['a@example.com'],
    };
    expect(foundRecord(facts, RDAP, NOW, undefined, true)).toEqual({
      status: 'found',
      created: Date.UTC(2001, 1, 3, 4, 5, 6),
      expires: Date.UTC(2027, 1, 3),
      retrieved: NOW,
      details: { source: 'rdap', server: 'rdap.example', registrar: 'R', dnssec: false },
      contactFields: { organization: 'O', emails: ['a@example.com'] },
    });
  });
  it('without contact fields when they are not to be kept', () => {
    expect(foundRecord({ organization: 'O' }, RDAP, NOW, undefined, false).contactFields).toBeUndefined();
  });
  it('without a creation date: no_date', () => expect(found(undefined).status).toBe('no_date'));
  it('a creation date that was known stays when none is published any more', () => {
    expect(found(undefined, former)).toMatchObject({
      status: 'found',
      created: OLD,
      details: { created_precision: 'exact' },
    });
  });
  it('is no longer stale', () => expect(found(OLD, { ...former, stale: true }).stale).toBeUndefined());
});

describe('a changed creation date', () => {
  it('later: a new registration, the former date is kept', () => {
    expect(found(NOW - DAY, former)).toMatchObject({ created: NOW - DAY, previousCreated: OLD });
  });
  it('the same again: the former date of an earlier change stays', () => {
    expect(found(NOW - DAY, { ...former, created: NOW - DAY, previousCreated: OLD })).toMatchObject({
      created: NOW - DAY,
      previousCreated: OLD,
    });
  });
  it('earlier: a correction', () => expect(found(OLD - 400 * DAY, former).previousCreated).toBeUndefined());
  it("RDAP's date beats WHOIS's of about the same time", () => {
    expect(found(OLD + DAY, former, WHOIS).created).toBe(OLD);
    expect(found(OLD + DAY, { ...former, details: { source: 'whois' } }, RDAP).created).toBe(OLD + DAY);
  });
  it('after a deletion: the date before it is remembered', () => {
    const gone = notFoundRecord(RDAP, undefined, NOW, former);
    expect(gone).toEqual({ status: 'not_found', retrieved: NOW, previousCreated: OLD, details: RDAP });
    expect(found(NOW, gone)).toMatchObject({ status: 'found', created: NOW, previousCreated: OLD });
  });
  it('a deletion reported by mistake leaves no trace', () => {
    expect(found(OLD, notFoundRecord(RDAP, undefined, NOW, former)).previousCreated).toBeUndefined();
  });
});

describe('errors', () => {
  it('never overwrite a good record', () => {
    expect(errorRecord(NOW, former)).toEqual({ ...former, stale: true });
    expect(errorRecord(NOW, { ...former, status: 'no_date' })).toMatchObject({ status: 'no_date', stale: true });
    expect(unsupportedRecord(NOW, former)).toBe(former);
  });
  it('are recorded where nothing good is', () => {
    expect(errorRecord(NOW, undefined)).toEqual({ status: 'error', retrieved: NOW, details: {} });
    expect(errorRecord(NOW, { status: 'unsupported', details: {} })).toMatchObject({ status: 'error' });
    expect(unsupportedRecord(NOW, undefined)).toEqual({ status: 'unsupported', retrieved: NOW, details: {} });
  });
  it('a reserved name says so', () => {
    expect(notFoundRecord(WHOIS, 'reserved', NOW, undefined).details.statuses).toEqual(['reserved']);
  });
});
