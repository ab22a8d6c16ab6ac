import { readTime } from '../core/event-time.ts';
import type { RegistrationDetails, RegistrationRecord } from '../core/registration.ts';
import type { RegistrationFacts } from './registration-facts.ts';

const DAY_MS = 86_400_000;
/** Registries and registrars, and RDAP and WHOIS, differ by a day through zones alone. */
const SAME_DATE_MS = 2 * DAY_MS;

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Where facts come from. */
export interface Origin {
  readonly source: 'rdap' | 'whois';
  readonly server: string;
}

/** The record of a registration found just now, with what the former record adds. */
export function foundRecord(
  facts: RegistrationFacts,
  origin: Origin,
  now: number,
  former: RegistrationRecord | undefined,
  keepContactFields: boolean,
): RegistrationRecord {
  const record: Mutable<RegistrationRecord> = { status: 'no_date', retrieved: now, details: detailsOf(facts, origin) };
  for (const date of ['created', 'updated', 'expires'] as const) {
    const time = facts[date] === undefined ? undefined : readTime(facts[date]);
    if (time !== undefined) record[date] = time;
  }
  keepCreation(record, former, origin);
  if (record.created !== undefined) record.status = 'found';
  const contactFields = keepContactFields ? contactFieldsOf(facts) : undefined;
  if (contactFields !== undefined) record.contactFields = contactFields;
  return record;
}

/**
 * What the former record says of the creation. RDAP's date beats WHOIS's of about the same time. A later date is a new
 * registration of the name: the former is kept beside it. No date now: the one that was known stays.
 */
function keepCreation(
  record: Mutable<RegistrationRecord>,
  former: RegistrationRecord | undefined,
  origin: Origin,
): void {
  const known = former?.created ?? former?.previousCreated;
  if (former === undefined || known === undefined) return;
  if (former.previousCreated !== undefined) record.previousCreated = former.previousCreated;
  if (record.created === undefined) {
    if (former.created === undefined) return;
    record.created = former.created;
    record.details = { ...record.details, ...precisionOf(former) };
  } else if (record.created > known + SAME_DATE_MS) {
    record.previousCreated = known;
  } else if (Math.abs(record.created - known) <= SAME_DATE_MS) {
    // The same registration as before, perhaps seen again after its deletion was reported by mistake.
    if (former.created === undefined) delete record.previousCreated;
    if (former.details.source === 'rdap' && origin.source === 'whois') {
      record.created = known;
      record.details = { ...record.details, ...precisionOf(former) };
    }
  }
}

const precisionOf = ({ details }: RegistrationRecord): Pick<RegistrationDetails, 'created_precision'> =>
  details.created_precision === undefined ? {} : { created_precision: details.created_precision };

/** The record of a name that the registry does not have. A deleted registration is remembered by its creation date. */
export function notFoundRecord(
  origin: Origin,
  standing: 'reserved' | 'invalid' | undefined,
  now: number,
  former: RegistrationRecord | undefined,
): RegistrationRecord {
  const previousCreated = former?.created ?? former?.previousCreated;
  return {
    status: 'not_found',
    retrieved: now,
    ...(previousCreated === undefined ? {} : { previousCreated }),
    details: { ...origin, ...(standing === undefined ? {} : { statuses: [standing] }) },
  };
}

/** The record of a name whose TLD nobody serves. Facts that were had, from an import, stay. */
export const unsupportedRecord = (now: number, former: RegistrationRecord | undefined): RegistrationRecord =>
  isGood(former) ? former : { status: 'unsupported', retrieved: now, details: {} };

/**
 * The record after a name was given up; `invalid`: the registry cannot read it, which will not change soon. A good
 * record is served on as stale, and never overwritten.
 */
export const errorRecord = (
  now: number,
  former: RegistrationRecord | undefined,
  standing?: 'invalid',
): RegistrationRecord =>
  isGood(former)
    ? staleRecord(former)
    : { status: 'error', retrieved: now, details: standing === undefined ? {} : { statuses: [standing] } };

/** A good record whose refresh failed. */
export const staleRecord = (former: RegistrationRecord): RegistrationRecord => ({ ...former, stale: true });

/** Whether a record has facts that an error must not replace. */
export const isGood = (record: RegistrationRecord | undefined): record is RegistrationRecord =>
  record !== undefined && (record.status === 'found' || record.status === 'no_date' || record.status === 'not_found');

const DETAILS = [
  ...(['created_precision', 'registrar', 'registrar_iana_id', 'statuses', 'name_servers'] as const),
  ...(['abuse_email', 'country', 'dnssec'] as const),
];

function detailsOf(facts: RegistrationFacts, origin: Origin): RegistrationDetails {
  const details: Record<string, unknown> = { ...origin };
  for (const key of DETAILS) if (facts[key] !== undefined) details[key] = facts[key];
  return details;
}

const CONTACT_FIELDS = [
  ...(['whois_server', 'referral_url', 'registrar_url', 'abuse_phone', 'contact_name', 'organization'] as const),
  ...(['address', 'city', 'state', 'postal_code', 'country', 'emails'] as const),
];

function contactFieldsOf(facts: RegistrationFacts): Record<string, string | string[]> | undefined {
  const fields: Record<string, string | string[]> = {};
  for (const key of CONTACT_FIELDS) if (facts[key] !== undefined) fields[key] = facts[key];
  return Object.keys(fields).length === 0 ? undefined : fields;
}
