import type { RegistrationRecord } from '../core/registration.ts';
import type { RegistrationStore } from './registrations.ts';

/**
 * Puts records that come from elsewhere in one write; of two for one domain the one that was retrieved later stays.
 * Returns how many were taken.
 */
export function mergeRegistrations(
  { records, environment }: RegistrationStore,
  rows: readonly (readonly [string, RegistrationRecord])[],
): Promise<number> {
  return environment.write(() => {
    let taken = 0;
    for (const [domain, record] of rows) {
      if ((records.get(domain)?.retrieved ?? -Infinity) >= (record.retrieved ?? 0)) continue;
      records.put(domain, record);
      taken++;
    }
    return taken;
  });
}
