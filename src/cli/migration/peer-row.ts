import { readTime } from '../../core/event-time.ts';

/** What a predecessor knew of a domain. Times in milliseconds since the epoch. */
export interface PeerRow {
  readonly domain: string;
  readonly created?: number;
  readonly expires?: number;
  /** Its first contact; absent when it had none, or kept none. */
  readonly firstSeen?: number;
  /** The name of the data it came from, such as `top1m`. */
  readonly source: string;
}

/** A part of the old data that was passed over, and why. */
export interface PassedOver {
  readonly place: string;
  readonly reason: string;
}

/**
 * A row of whatever a predecessor wrote in place of its values: dates of HTTP, of ISO, of Python; words (`ERROR`,
 * `ESTABLISHED`, `FIRST-CONTACT`) are no dates and are left out.
 */
export function peerRow(
  domain: string,
  values: { web?: unknown; expires?: unknown; you?: unknown; isc?: unknown },
): PeerRow {
  const created = timeOf(values.web);
  const expires = timeOf(values.expires);
  const firstSeen = timeOf(values.you);
  const { isc } = values;
  const source = typeof isc === 'string' && /^[\w.-]{1,64}$/.test(isc) && isc !== 'ERROR' ? isc : 'domain_stats';
  return {
    domain,
    ...(created === undefined ? {} : { created }),
    ...(expires === undefined ? {} : { expires }),
    ...(firstSeen === undefined ? {} : { firstSeen }),
    source,
  };
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function timeOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime() >= 0 ? value.getTime() : undefined;
  if (typeof value === 'number') return readTime(value);
  if (typeof value !== 'string') return undefined;
  if (!HTTP_DATE.test(value)) return readTime(value.replace(/\.\d+$/, ''));
  const time = Date.parse(value);
  return time >= 0 ? time : undefined;
}
