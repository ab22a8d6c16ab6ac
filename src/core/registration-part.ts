import type { Answer, Category, Registration } from '../schema/answer.ts';
import { isoTime } from './event-time.ts';
import type { DomainName } from './name.ts';
import { ageBand, ageInDays, categoryOfAge, type CategoryLimits, type RegistrationRecord } from './registration.ts';

/** What the registration adds to an answer. */
export interface RegistrationPart {
  readonly registration: Registration;
  readonly category: Category;
  readonly categorySource: NonNullable<Answer['category_source']>;
  /** Age at event time in whole days; absent without a creation date. */
  readonly ageDays?: number;
  /** Whether a look-up is still to come. */
  readonly pending: boolean;
}

/** What decides about a registration besides its record. */
export interface RegistrationContext extends CategoryLimits {
  /** Event time, milliseconds since the epoch. */
  readonly at: number;
  /** Whether an unknown registration will be looked up. */
  readonly lookups: boolean;
}

/**
 * The registration's facts at an event's time. Nothing known: `pending` when it will be looked up, else `skipped` (no
 * registry could hold the name, or look-ups are off). The age of a suffix's owner says nothing of a tenant: `hosted`.
 */
export function registrationPart(
  name: DomainName,
  record: RegistrationRecord | undefined,
  context: RegistrationContext,
): RegistrationPart {
  const hosted = name.domain !== name.registrationDomain;
  if (record === undefined) {
    const pending = name.registrable && context.lookups;
    return {
      registration: { domain: name.registrationDomain, status: pending ? 'pending' : 'skipped' },
      category: hosted ? 'hosted' : 'unknown',
      categorySource: 'none',
      pending,
    };
  }
  const { created } = record;
  const ageDays = created === undefined ? undefined : ageInDays(created, context.at);
  const category = hosted || ageDays === undefined ? 'unknown' : categoryOfAge(ageDays, context);
  return {
    registration: registrationFacts(name.registrationDomain, record, ageDays),
    category: hosted ? 'hosted' : category,
    categorySource: category === 'unknown' ? 'none' : 'registration',
    ...(ageDays === undefined ? {} : { ageDays }),
    pending: false,
  };
}

function registrationFacts(domain: string, record: RegistrationRecord, ageDays: number | undefined): Registration {
  const facts: Registration = { domain, status: record.status };
  if (record.created !== undefined) facts.created = isoTime(record.created);
  if (record.updated !== undefined) facts.updated = isoTime(record.updated);
  if (record.expires !== undefined) facts.expires = isoTime(record.expires);
  if (record.retrieved !== undefined) facts.retrieved = isoTime(record.retrieved);
  if (ageDays !== undefined) {
    if (ageDays >= 0) facts.age_days = ageDays;
    facts.age_band = ageBand(ageDays);
  }
  Object.assign(facts, record.details);
  if (record.stale === true) facts.stale = true;
  if (record.previousCreated !== undefined) facts.previous_created = isoTime(record.previousCreated);
  return facts;
}
