const HOUR_MS = 3_600_000;
/** An event further ahead than this comes from a wrong clock. */
const MAX_AHEAD_MS = 24 * HOUR_MS;
/** The end of the year 9999: {@link isoTime} writes what comes later with a sign, and nothing here reads that. */
const MAX_TIME_MS = Date.UTC(10_000, 0) - 1;

/** Whether a time lies too far ahead of the clock to be an event's. */
export const isAhead = (at: number, now: number): boolean => at > now + MAX_AHEAD_MS;

/** An event's time in milliseconds since the epoch, and whether the time given had to be passed over. */
export interface EventTime {
  readonly at: number;
  readonly ignored: boolean;
}

/**
 * The time that counts for an event: the time given, or the server's when none is given (`""` and `"null"` count as
 * none: a missing field is sent so by templates), when it cannot be read, or when it lies more than 24 h ahead.
 */
export function eventTime(given: string | number | null | undefined, now: number): EventTime {
  if (given === undefined || given === null || given === '' || given === 'null') return { at: now, ignored: false };
  const at = readTime(given);
  return at === undefined || isAhead(at, now) ? { at: now, ignored: true } : { at, ignored: false };
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const NUMBER = /^\d{1,16}(?:\.\d{1,9})?$/;

/**
 * Reads ISO 8601 (no zone = UTC) or seconds or milliseconds since the epoch (a number of 1e11 or more is milliseconds:
 * as seconds it would be after the year 5138). Undefined when it is neither, or no day of the calendar.
 */
export function readTime(given: string | number): number | undefined {
  if (typeof given === 'number') return fromEpoch(given);
  const iso = ISO.exec(given);
  if (iso === null) return NUMBER.test(given) ? fromEpoch(Number(given)) : undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = iso;
  // A leap second (60) is the first instant after it.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day) || Number(month) > 12 || Number(month) < 1) return undefined;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + ms;
  const at = midnight + clock - zoneOffsetMs(zone);
  return at < 0 ? undefined : at;
}

function fromEpoch(value: number): number | undefined {
  const at = Math.round(value >= 1e11 ? value : value * 1000);
  return value >= 0 && at <= MAX_TIME_MS ? at : undefined;
}

function zoneOffsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const offset = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
  return zone.startsWith('-') ? -offset : offset;
}

/** ISO 8601 in UTC with milliseconds, the form of every date in an answer. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
