import { readRegistrationDate } from './registration-dates.ts';

/** Shortest and longest wait that a server can impose; also what counts when it says nothing or nonsense. */
export const LEAST_WAIT_MS = 60_000;
export const LONGEST_WAIT_MS = 3_600_000;

/** Wait that a `Retry-After` header asks for (RFC 9110 section 10.2.3: seconds or a date), within the limits. */
export function readRetryAfter(header: string | undefined, now: number): number {
  const text = header?.trim() ?? '';
  if (/^\d{1,12}$/.test(text)) return within(Number(text) * 1000);
  const date = /^-?\d+$/.test(text) ? undefined : readRegistrationDate(text);
  return date === undefined ? LEAST_WAIT_MS : within(date.at - now);
}

const within = (ms: number): number => Math.min(Math.max(ms, LEAST_WAIT_MS), LONGEST_WAIT_MS);
