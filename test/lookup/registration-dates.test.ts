import { describe, expect, it } from '@jest/globals';
import { provenDayFirst, readRegistrationDate } from '../../src/lookup/registration-dates.ts';
import { splitLabel } from '../../src/lookup/whois-lines.ts';
import { conformanceRows, describeWithConformance } from '../conformance/files.ts';

interface Vector {
  readonly tld: string;
  readonly raw: string;
  readonly expected: string;
}

/** Rows that are ids: nothing may be read from them, whatever they expect. */
const IDS = ['20150409g10001g-34600327', '20040808s12345s00386885-cn'];
/** Where only the day counts: read from another line, or from a source that ignores the zone. */
const HOURS_36_MS = 36 * 3_600_000;

/** A raw vector may still have its label before it. */
function valueOf(raw: string): string {
  if (readRegistrationDate(raw) !== undefined) return raw;
  return splitLabel(raw)?.value ?? raw;
}

describeWithConformance('dates of real answers', () => {
  const vectors = conformanceRows<Vector>('registration/date-vectors.jsonl');

  it.each(vectors.filter(({ raw }) => !IDS.includes(raw)))('$tld $raw', ({ tld, raw, expected }) => {
    const wanted = expected.includes('T') && !/Z$|[+-]\d\d:\d\d$/.test(expected) ? `${expected}Z` : expected;
    const date = readRegistrationDate(valueOf(raw), { tld });
    expect(date).toBeDefined();
    expect(Math.abs(date!.at - Date.parse(wanted))).toBeLessThanOrEqual(HOURS_36_MS);
  });

  it.each(IDS)('%s is an id', (raw) => expect(readRegistrationDate(raw)).toBeUndefined());
});

describe('readRegistrationDate', () => {
  it.each([
    ['2006-04-03T06:38:02-0700', '2006-04-03T13:38:02.000Z'],
    ['2017-12-16T03:58:55.24Z', '2017-12-16T03:58:55.240Z'],
    ['2011-07-21 18:03:50+03', '2011-07-21T15:03:50.000Z'],
    ['1999-06-07 13:01:43 (GMT+0:00)', '1999-06-07T13:01:43.000Z'],
    ['07-01-1998 00:00:00 GMT+1', '1998-01-06T23:00:00.000Z'],
    ['2017-12-18T19:00:-0500Z', '2017-12-19T00:00:00.000Z'],
    ['2002-10-22 17:48:23 CLST', '2002-10-22T20:48:23.000Z'],
    ['07 Oct 2009 10:02 WAT', '2009-10-07T09:02:00.000Z'],
    ['Mar 25 01:57:22 PDT 2009', '2009-03-25T08:57:22.000Z'],
    ['Fri, 6 Dec 2024 at 14:12:16 GMT', '2024-12-06T14:12:16.000Z'],
    ['2024-06-01 01:05:09 (JST)', '2024-05-31T16:05:09.000Z'],
    ['12/18/2001 11:59 PM', '2001-12-18T23:59:00.000Z'],
    ['２０１０／０９／３０', '2010-09-30T00:00:00.000Z'],
    ['2012년 05월 19일', '2012-05-19T00:00:00.000Z'],
    ['31 de diciembre de 2010', '2010-12-31T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ])('%s', (text, expected) => expect(new Date(readRegistrationDate(text)!.at).toISOString()).toBe(expected));

  it.each([
    ...['', '-', 'not defined', '2019-02-30', '2019-13-01', '31/02/2019', '0000-00-00 00:00:00', '2019-01-01 25:00:00'],
    ...[
      'D20140328G10001G_08728625-ren',
      '20140328-1',
      '2003-07-24 2017-09-01',
      'in 3 days',
      '192.0.2.1',
      '2019',
      '1.2.3',
    ],
    ...['20190101T', '2019-01-01T00:00:00Z and 2 more', 'x'.repeat(10_000)],
  ])('%s is no date', (text) => expect(readRegistrationDate(text)).toBeUndefined());

  it('is the same in every zone of the machine', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Tokyo';
    try {
      expect(readRegistrationDate('2012-05-19 10:00:00')?.at).toBe(Date.UTC(2012, 4, 19, 10));
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('a part over 12 proves the order of an answer', () => {
    expect(provenDayFirst(['01/02/2003', '25/12/2003'])).toBe(true);
    expect(provenDayFirst(['01/02/2003', '12/25/2003'])).toBe(false);
    expect(provenDayFirst(['01/02/2003'])).toBeUndefined();
  });
});
