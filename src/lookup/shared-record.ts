import type { RegistrationRecord } from '../core/registration.ts';
import { isDue } from './freshness.ts';

/** What another instance has looked up, by registered domain; undefined when none has, or it cannot be asked. */
export type SharedRecords = (domain: string) => Promise<RegistrationRecord | undefined>;

/** The record of another instance if it spares a look-up: fresh, and newer than what is known here. */
export function sparingRecord(
  shared: RegistrationRecord | undefined,
  former: RegistrationRecord | undefined,
  now: number,
): RegistrationRecord | undefined {
  if (shared === undefined || isDue(shared, now)) return undefined;
  if ((shared.retrieved ?? 0) <= (former?.retrieved ?? 0)) return undefined;
  return former?.contactFields === undefined ? shared : { ...shared, contactFields: former.contactFields };
}
