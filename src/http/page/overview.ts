import { ageInDays } from '../../core/registration.ts';
import type { Service } from '../../service.ts';

/** A first contact as the page shows it. */
export interface RecentContact {
  readonly domain: string;
  readonly scope: string;
  readonly first_seen: string;
  /** Age of the registration in days, as of now; absent when not known. */
  readonly ageDays?: number;
}

const RECENT = 15;
const BABIES = 15;
const DAY_MS = 86_400_000;
/** Contacts looked at for the baby domains of the day: some ten milliseconds of this thread. */
const LOOKED_AT = 3000;

/** The latest first contacts, newest first, without suppressed domains. */
export function recentContacts(service: Service): RecentContact[] {
  return contactsSince(service, 0, 4 * RECENT).slice(0, RECENT);
}

/** Domains first seen within a day whose registration is that of a baby, the youngest first. */
export function babiesOfTheDay(service: Service): { babies: RecentContact[]; more: number } {
  const { babyDays } = service.settings;
  const babies = contactsSince(service, service.now() - DAY_MS, LOOKED_AT)
    .filter(({ ageDays }) => ageDays !== undefined && ageDays < babyDays)
    .sort((one, other) => (one.ageDays ?? 0) - (other.ageDays ?? 0));
  return { babies: babies.slice(0, BABIES), more: Math.max(0, babies.length - BABIES) };
}

function contactsSince(service: Service, since: number, lookedAt: number): RecentContact[] {
  const now = service.now();
  const { rows } = service.listContacts(since === 0 ? {} : { since }, { rows: lookedAt, lookedAt });
  return rows
    .filter(({ domain }) => !service.suppressionStore.isSuppressed(domain, now))
    .map(({ domain, scope, first_seen }) => {
      // Under a private suffix there is no record of this key: a tenant has no age of its own.
      const created = service.registrations.records.get(domain)?.created;
      const ageDays = created === undefined ? -1 : ageInDays(created, now);
      return { domain, scope, first_seen, ...(ageDays < 0 ? {} : { ageDays }) };
    });
}
