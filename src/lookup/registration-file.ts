import { isoTime, readTime } from '../core/event-time.ts';
import { nameToAscii } from '../core/idna.ts';
import type { RegistrationRecord, StoredStatus } from '../core/registration.ts';
import { readDetails } from '../stores/registrations.ts';
import { isObject, memberOf, type JsonObject } from './json-values.ts';
import { isQueryName } from './lookup-result.ts';
import { isPossibleCreation, isPossibleDate, readRegistrationDate } from './registration-dates.ts';

/** What one line of a registration file holds; a bad line is a value that names the line and the reason. */
export type RegistrationLine =
  | { readonly kind: 'record'; readonly domain: string; readonly record: RegistrationRecord }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly line: number; readonly reason: string };

const MAX_LINE_LENGTH = 65_536;
const STATUSES: readonly StoredStatus[] = ['found', 'not_found', 'no_date', 'unsupported', 'error'];
const DATES = ['created', 'updated', 'expires', 'retrieved', 'previous_created'] as const;

/**
 * Reads a line of NDJSON: our own export (`{"domain", "created", …}` under the names of the answer document), or a line
 * of domain_stats' `top1m.import` (`{"domain", "seen_by_web", "expires", …}`, where `seen_by_web` is the creation date;
 * its other members are another program's memory and are passed over). `now` is the time of the import: it counts as
 * when a line without `retrieved` was read from the registry.
 */
export function readRegistrationLine(text: string, line: number, now: number): RegistrationLine {
  const bad = (reason: string): RegistrationLine => ({ kind: 'bad', line, reason });
  if (text.trim() === '') return { kind: 'empty' };
  if (text.length > MAX_LINE_LENGTH) return bad(`longer than ${String(MAX_LINE_LENGTH)} characters`);
  const row = parsed(text);
  if (row === undefined) return bad('no JSON object');
  const name = memberOf(row, 'domain');
  if (typeof name !== 'string') return bad('no domain');
  const domain = nameToAscii(name.trim().replace(/\.$/, ''));
  if (!isQueryName(domain)) return bad('the domain is no name of letters, digits and hyphens with at least two labels');
  const dates = readDates(row, now);
  if (typeof dates === 'string') return bad(dates);
  const status = statusOf(row, dates.created);
  if (status === undefined) return bad('the status is none of those that are stored');
  return {
    kind: 'record',
    domain,
    record: { status, retrieved: now, ...dates, ...staleOf(row), details: detailsOf(row) },
  };
}

/** A record as a line of NDJSON, without its end. Contact fields stay in the store. */
export function writeRegistrationLine(domain: string, record: RegistrationRecord): string {
  const { created, updated, expires, retrieved, previousCreated: previous_created } = record;
  const row: Record<string, unknown> = { domain, status: record.status };
  for (const [key, time] of Object.entries({ created, updated, expires, retrieved, previous_created })) {
    if (time !== undefined) row[key] = isoTime(time);
  }
  if (record.stale === true) row['stale'] = true;
  return JSON.stringify({ ...row, ...record.details });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Dates {
  created?: number;
  updated?: number;
  expires?: number;
  retrieved?: number;
  previousCreated?: number;
}

/** The dates of a line, or what is wrong with them. */
function readDates(row: JsonObject, now: number): Dates | string {
  const dates: Dates = {};
  for (const key of DATES) {
    const value = memberOf(row, key) ?? (key === 'created' ? memberOf(row, 'seen_by_web') : undefined);
    if (value === undefined || value === null || value === '') continue;
    const time = readAnyTime(value);
    if (time === undefined) return `${key} is no date`;
    const isPast = key === 'created' || key === 'previous_created';
    if (!(isPast ? isPossibleCreation(time, now) : isPossibleDate(time))) return `${key} is no possible date`;
    dates[key === 'previous_created' ? 'previousCreated' : key] = time;
  }
  return dates;
}

const readAnyTime = (value: unknown): number | undefined =>
  typeof value === 'number'
    ? readTime(value)
    : typeof value === 'string'
      ? (readTime(value) ?? readRegistrationDate(value)?.at)
      : undefined;

function statusOf(row: JsonObject, created: number | undefined): StoredStatus | undefined {
  const status = memberOf(row, 'status');
  if (created !== undefined) return 'found';
  if (status === undefined) return 'no_date';
  return STATUSES.find((known) => known === status && known !== 'found');
}

const staleOf = (row: JsonObject): { stale?: true } => (memberOf(row, 'stale') === true ? { stale: true } : {});

/** The facts, under the source they are exported with; a line of another program is an import. */
function detailsOf(row: JsonObject): RegistrationRecord['details'] {
  const own: Record<string, unknown> = { ...row };
  return { source: 'import', ...readDetails(own) };
}
