import type { RegistrationRecord } from '../core/registration.ts';
import type { LookupSettings } from './settings.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What decides, beside the record, how long it is good for. */
export interface FreshnessContext {
  /** When the name was first seen in the logs; unknown counts as just now. */
  readonly seenSince?: number | undefined;
  /** When the server tables were loaded: with new tables an unsupported TLD may have a server. */
  readonly tablesSince?: number | undefined;
}

/**
 * When a record is to be looked up again. Records are refreshed when their name is seen after that, and served all the
 * same until then; nothing is refreshed that nobody asks for.
 */
export function refreshAt(record: RegistrationRecord, context: FreshnessContext = {}): number {
  const since = record.retrieved ?? record.created ?? 0;
  switch (record.status) {
    case 'found':
    case 'no_date':
      return refreshOfFound(record, since);
    case 'not_found':
      return since + lifeOfNotFound(record, since, context.seenSince);
    case 'unsupported':
      return (context.tablesSince ?? 0) > since ? since : since + UNSUPPORTED_MS;
    case 'error':
      return since + (isStanding(record) ? STANDING_MS : ERROR_MS);
  }
}

/** Whether a name without or with this record is to be looked up now. */
export const isDue = (record: RegistrationRecord | undefined, now: number, context: FreshnessContext = {}): boolean =>
  record === undefined || refreshAt(record, context) <= now;

/** A TLD that nobody serves: new server tables come with an update, at least as often as this. */
const UNSUPPORTED_MS = 30 * DAY_MS;
const ERROR_MS = 6 * HOUR_MS;
const STANDING_MS = 7 * DAY_MS;
const EXPIRED_MS = DAY_MS;

/** Registered: the younger, the sooner; after its expiry daily, because renewal and redemption take up to 80 days. */
function refreshOfFound(record: RegistrationRecord, since: number): number {
  const { created, expires } = record;
  const regular = since + (created === undefined ? 30 * DAY_MS : lifeByAge(since - created));
  if (expires === undefined) return regular;
  return Math.min(regular, Math.max(expires, since) + EXPIRED_MS);
}

/** Holds and deletions come in the first month: an add-grace deletion within five days. */
function lifeByAge(ageMs: number): number {
  if (ageMs < 30 * DAY_MS) return DAY_MS;
  return ageMs < 730 * DAY_MS ? 30 * DAY_MS : 180 * DAY_MS;
}

/**
 * Not registered: it may be registered minutes later, so a quarter of an hour on the first day in the logs; doubling
 * with each further day, up to a day. Reserved and invalid names are asked for again after a week.
 */
function lifeOfNotFound(record: RegistrationRecord, since: number, seenSince: number | undefined): number {
  if (isStanding(record)) return STANDING_MS;
  const days = seenSince === undefined ? 0 : Math.max(0, Math.floor((since - seenSince) / DAY_MS));
  return Math.min(15 * MINUTE_MS * 2 ** Math.min(days, 10), DAY_MS);
}

/** Whether the name is reserved or no name that the registry reads: that changes seldom. */
const isStanding = ({ details }: RegistrationRecord): boolean =>
  details.statuses?.some((status) => status === 'reserved' || status === 'invalid') === true;

type RetryLimits = Pick<LookupSettings, 'retryMs' | 'maxRetryMs'>;

/**
 * Wait before the next attempt after a failure: doubling, with a fifth of jitter so that a burst of failures does not
 * come back as a burst. `random` is from 0 to 1.
 */
export function retryDelay(attempts: number, { retryMs, maxRetryMs }: RetryLimits, random: number): number {
  const delay = Math.min(retryMs * 2 ** Math.min(Math.max(attempts - 1, 0), 30), maxRetryMs);
  return delay * (0.8 + 0.4 * random);
}

/** Whether a name is given up for the time being: after its attempts, or after days of limits and dead servers. */
export const isGivenUp = (
  wish: { readonly since: number; readonly attempts: number },
  now: number,
  { maxAttempts, giveUpMs }: Pick<LookupSettings, 'maxAttempts' | 'giveUpMs'>,
): boolean => wish.attempts >= maxAttempts || now - wish.since >= giveUpMs;
