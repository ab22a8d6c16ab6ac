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

/** Contacts without those of suppressed domains, and what was looked at for them. */
interface Looked {
  readonly contacts: readonly RecentContact[];
  /** How many were looked at, suppressed ones too. */
  readonly looked: number;
  /** There may be more that were not. */
  readonly cut: boolean;
}

/** The latest first contacts, newest first. */
export function recentContacts(service: Service): Looked {
  const { contacts, ...about } = contactsSince(service, 0, 4 * RECENT);
  return { contacts: contacts.slice(0, RECENT), ...about };
}

/** Domains first seen within a day whose registration is that of a baby, the youngest first. */
export function babiesOfTheDay(service: Service): Looked & { readonly more: number } {
  const { babyDays } = service.settings;
  const { contacts, ...about } = contactsSince(service, service.now() - DAY_MS, LOOKED_AT);
  const babies = contacts
    .filter(({ ageDays }) => ageDays !== undefined && ageDays < babyDays)
    .sort((one, other) => (one.ageDays ?? 0) - (other.ageDays ?? 0));
  return { contacts: babies.slice(0, BABIES), more: Math.max(0, babies.length - BABIES), ...about };
}

function contactsSince(service: Service, since: number, lookedAt: number): Looked {
  const now = service.now();
  const { rows, next } = service.listContacts(since === 0 ? {} : { since }, { rows: lookedAt, lookedAt });
  const contacts = rows
    .filter(({ domain }) => !service.suppressionStore.isSuppressed(domain, now))
    .map(({ domain, scope, first_seen }) => {
      // Under a private suffix there is no record of this key: a tenant has no age of its own.
      const created = service.registrations.records.get(domain)?.created;
      const ageDays = created === undefined ? -1 : ageInDays(created, now);
      return { domain, scope, first_seen, ...(ageDays < 0 ? {} : { ageDays }) };
    });
  return { contacts, looked: rows.length, cut: next !== undefined };
}
