import { foldText, monthOf, withoutWeekday, zoneMinutes } from './date-words.ts';

/** A date of a registration as published. */
export interface RegistrationDate {
  /** Milliseconds since the epoch; for `before` the first instant that is excluded. */
  readonly at: number;
  /** `day` also when a time stands there without a zone: UTC is assumed and may be wrong by hours. */
  readonly precision: 'exact' | 'day' | 'before';
}

/** What is known of the way an answer writes numeric dates. */
export interface DateContext {
  /** Order of day and month in all-numeric dates, when the answer or the label tells it. */
  readonly dayFirst?: boolean | undefined;
  readonly tld?: string | undefined;
}

/** Longer texts are prose, not dates. */
const MAX_DATE_LENGTH = 120;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The first registration under a TLD that still exists (symbolics.com) is of March 1985. */
const EARLIEST = Date.UTC(1985, 0, 1);

/** TLDs whose registries wrote `12/18/2001`, month first. Everybody else writes the day first. */
const MONTH_FIRST_TLDS: ReadonlySet<string> = new Set(['us', 'kw', 'tk', 'cf', 'ga', 'gq', 'ml', 'com', 'net', 'org']);

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
interface Parts extends Day {
  /** What follows the day. */
  readonly rest: string;
}
interface Clock {
  readonly ms: number;
  /** Minutes east of Greenwich, when the text tells. */
  readonly zone: number | undefined;
  readonly rest: string;
}

/**
 * Reads the date in the value of a date label. Never `Date.parse`: that depends on the machine's zone, swaps day and
 * month and reads prose. Undefined for ids that begin like dates (`20150409g10001g`), for days that no calendar has,
 * and when anything but a remark follows.
 */
export function readRegistrationDate(value: string, context: DateContext = {}): RegistrationDate | undefined {
  if (value.length > MAX_DATE_LENGTH) return undefined;
  let text = withoutNoise(foldText(value));
  const before = /^(?:before|prior to|vor|avant|antes de|pred|inainte de|pre)[\s:-]+/.exec(text);
  if (before !== null) text = text.slice(before[0].length);
  text = withoutWeekday(text);

  const unixStyle = readUnixStyle(text);
  if (unixStyle !== undefined) return unixStyle;
  const parts = readDay(text, context) ?? (before === null ? undefined : readMonthOrYear(text));
  if (parts === undefined) return undefined;
  const clock = readClock(parts.rest);
  if (!isRemark(clock?.rest ?? parts.rest)) return undefined;
  return instantOf(parts, clock, before !== null);
}

/** Order of day and month that the dates of one answer prove: a part over 12 is a day. Undefined when none does. */
export function provenDayFirst(values: Iterable<string>): boolean | undefined {
  for (const value of values) {
    const numbers = /^\W{0,2}(\d{1,2})([-./])(\d{1,2})\2\d{2,4}\b/.exec(value);
    if (numbers === null) continue;
    if (Number(numbers[1]) > 12) return true;
    if (Number(numbers[3]) > 12) return false;
  }
  return undefined;
}

/** Whether a creation date can be true: no date before the DNS, none in the future, none of the fillers 1900 and 1970. */
export const isPossibleCreation = (at: number, now: number): boolean => at >= EARLIEST && at <= now + DAY_MS;

/** Whether a date of change or expiry can be true; an expiry may lie as far ahead as the year 9999. */
export const isPossibleDate = (at: number): boolean => at >= EARLIEST && at < Date.UTC(10_000, 0, 1);

/**
 * Takes off what registries put before a date: quotes, a mail address or a handle (`KG780-UANIC 2008…`), `OK-UNTIL`;
 * and writes the year, month and day signs of Chinese, Japanese and Korean as hyphens.
 */
function withoutNoise(text: string): string {
  return text
    .replace(/^["'<[(\s]+|["'>\]\s]+$/g, '')
    .replace(/^(?:[^\s@]*@\S+|[^\s@]+ at [^\s@]+|\S{1,40}-[a-z]*nic|ok-until|until|on|at|since)\s+/, '')
    .replace(/(\d)\s*[年년]\s*(\d)/, '$1-$2')
    .replace(/(\d)\s*[月월]\s*(\d)/, '$1-$2')
    .replace(/(\d)\s*[日일]/, '$1')
    .trim();
}

/** `mar 25 01:57:22 pdt 2009`: the form of `date` and of C's `asctime`, with the year at the end. */
function readUnixStyle(text: string): RegistrationDate | undefined {
  const match =
    /^([a-z]{3,12})\.? +(\d{1,2}),? +(\d{1,2}:\d\d(?::\d\d)?) *((?:[a-z]{1,5})?(?:[+-]\d\d:?\d\d)?) +(\d{4})\b(.*)$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, name = '', day, time = '', zone = '', year, rest = ''] = match;
  const month = monthOf(name);
  if (month === undefined || !isRemark(rest)) return undefined;
  return instantOf({ year: Number(year), month, day: Number(day) }, readClock(` ${time} ${zone}`), false);
}

/** The day that a folded text begins with, in any of the written orders. */
function readDay(text: string, context: DateContext): Parts | undefined {
  return readCompact(text) ?? readYearFirst(text) ?? readNumeric(text, context) ?? readNamedMonth(text);
}

/** `19961206`, `20131218000000`: exactly 8, 12 or 14 digits, and no letter after them. */
function readCompact(text: string): Parts | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:t?(\d\d)(\d\d)(\d\d)?)?(z?)(?![\da-z-])(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '00', zulu = '', rest = ''] = match;
  const time = hour === undefined ? zulu : ` ${hour}:${minute ?? '00'}:${second}${zulu}`;
  return { year: Number(year), month: Number(month), day: Number(day), rest: time + rest };
}

/** `2002-10-22`, `2012. 05. 19.`, `2001-Aug-23`, `2004/3/9`. */
function readYearFirst(text: string): Parts | undefined {
  const match = /^(\d{4})(\s?[-./]\s?|\s)(\d{1,2}|\p{L}{3,12})(?:\s?[-./]\s?|\s)(\d{1,2})(?!\d)(.*)$/u.exec(text);
  if (match === null) return undefined;
  const [, year, , name = '', day, rest = ''] = match;
  const month = /^\d/.test(name) ? Number(name) : monthOf(name);
  return month === undefined ? undefined : { year: Number(year), month, day: Number(day), rest };
}

/** `11-07-2017`, `16/09/03`: the order from the context, unless only one order makes a date. */
function readNumeric(text: string, context: DateContext): Parts | undefined {
  const match = /^(\d{1,2})\s?([-./])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?!\d)(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, one, separator = '', two, years = '', rest = ''] = match;
  const first = Number(one);
  const second = Number(two);
  // Dots are written only where the day comes first.
  const dayFirst = separator === '.' || (context.dayFirst ?? !MONTH_FIRST_TLDS.has(context.tld ?? ''));
  const swap = dayFirst ? second > 12 && first <= 12 : !(first > 12 && second <= 12);
  const year = fullYear(years);
  return swap ? { year, month: first, day: second, rest } : { year, month: second, day: first, rest };
}

/** `24-August-1999`, `2nd April, 2001`, `May 22 2002`, `31 de dezembro de 2010`. */
function readNamedMonth(text: string): Parts | undefined {
  const dayFirst =
    /^(\d{1,2})(?:st|nd|rd|th|º|\.)?[\s\-/.,]*(?:of |de )?(\p{L}{3,12})[\s\-/.,]+(?:de |del )?(\d{4}|\d\d)(?!\d)(.*)$/u.exec(
      text,
    );
  if (dayFirst !== null) {
    const [, day, name = '', years = '', rest = ''] = dayFirst;
    const month = monthOf(name);
    return month === undefined ? undefined : { year: fullYear(years), month, day: Number(day), rest };
  }
  const monthFirst = /^(\p{L}{3,12})[\s\-/.]+(\d{1,2})(?:st|nd|rd|th)?[\s\-/,]+(\d{4})(?!\d)(.*)$/u.exec(text);
  if (monthFirst === null) return undefined;
  const [, name = '', day, year, rest = ''] = monthFirst;
  const month = monthOf(name);
  return month === undefined ? undefined : { year: Number(year), month, day: Number(day), rest };
}

/** After `before`: `aug-1996`, `2001`. */
function readMonthOrYear(text: string): Parts | undefined {
  const match = /^(?:(\p{L}{3,12})[\s\-/.]+)?(\d{4})(?![\d])(.*)$/u.exec(text);
  if (match === null) return undefined;
  const [, name, year, rest = ''] = match;
  const month = name === undefined ? 1 : monthOf(name);
  return month === undefined ? undefined : { year: Number(year), month, day: 1, rest };
}

/** Two-digit years: the DNS begins in 1985. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return year >= 85 ? 1900 + year : 2000 + year;
}

/** The time of day and the zone after a day; undefined when no time follows. */
function readClock(text: string): Clock | undefined {
  const match =
    /^(?:\s*-?t|[\s.,@:-]+(?:at |kl\.? ?)?)\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?:?\s*(?:(am|pm)\b)?(.*)$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, hours, minutes, seconds = '0', fraction = '', half, tail = ''] = match;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half === 'pm' ? 12 : 0);
  // A leap second is the first instant after it; 24:00 is the next midnight.
  if (hour > 24 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const ms =
    ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return { ms, ...readZone(tail) };
}

/** `Z`, `+03`, `-0500Z`, `(GMT+0:00)`, `GMT+1`, `CLST`, `MSK/MSD`. */
function readZone(text: string): Pick<Clock, 'zone' | 'rest'> {
  const offset = /^\s*\(?(?:utc|gmt)?\s?([+-])(\d{1,2})(?::?(\d\d))?z?\)?(?![\d:])(.*)$/.exec(text);
  if (offset !== null) {
    const [, sign, hours, minutes = '0', rest = ''] = offset;
    const zone = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    return { zone: Math.abs(zone) <= 840 ? zone : undefined, rest };
  }
  const named = /^\s*\(?([a-z]{1,5})\b\)?(.*)$/.exec(text);
  const zone = named === null ? undefined : zoneMinutes(named[1] ?? '');
  return zone === undefined ? { zone, rest: text } : { zone, rest: named?.[2] ?? '' };
}

/** What may follow a date: nothing, punctuation, a ticket number (`#24302`, br), a mail address, words without digits. */
const isRemark = (text: string): boolean =>
  /^(?:[\s.,;)"'\]/-]*|[\s.]*#\s?\d*|[\s/.,;]+[(<[]?[^\d]{0,60}|\s+\S+@\S+.{0,40})$/.test(text);

function instantOf(day: Day, clock: Clock | undefined, before: boolean): RegistrationDate | undefined {
  const midnight = Date.UTC(day.year, day.month - 1, day.day);
  const calendar = new Date(midnight);
  // Date.UTC rolls 30 February over and reads years below 100 as 19xx: such days are no days.
  const isDay =
    calendar.getUTCFullYear() === day.year &&
    calendar.getUTCMonth() === day.month - 1 &&
    calendar.getUTCDate() === day.day;
  if (!isDay) return undefined;
  if (before) return { at: midnight, precision: 'before' };
  if (clock === undefined) return { at: midnight, precision: 'day' };
  const at = midnight + clock.ms - (clock.zone ?? 0) * MINUTE_MS;
  return { at, precision: clock.zone === undefined ? 'day' : 'exact' };
}
