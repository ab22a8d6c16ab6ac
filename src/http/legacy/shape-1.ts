import type { RegistrationRecord } from '../../core/registration.ts';
import { PythonDate, PythonFloat, pythonDictionary, pythonRepr, type PythonValue } from './python-text.ts';

/** Which of several values a field gives. */
export type MultiValue = 'last' | 'first' | 'all';

/** A WHOIS record under domain_stats 1's names. */
export type WhoisRecord = Readonly<Record<string, PythonValue>>;

/** Fields that the README names; those that a record lacks are there as None. */
const NAMED_FIELDS = [
  ...([
    'name',
    'domain_name',
    'expiration_date',
    'creation_date',
    'updated_date',
    'registrar',
    'whois_server',
  ] as const),
  ...(['emails', 'name_servers', 'zipcode', 'city', 'state', 'address', 'country', 'dnssec', 'referral_url'] as const),
  ...(['status', 'org'] as const),
];
/** Left out of the whole record when they are not known, as its WHOIS library does. */
const OFTEN_ABSENT: ReadonlySet<string> = new Set(['name', 'referral_url']);

/** A stored registration as domain_stats 1 would have had it; undefined without a creation date: no record to it. */
export function whoisRecord(
  domain: string,
  record: RegistrationRecord,
  rank: string | undefined,
): WhoisRecord | undefined {
  if (record.created === undefined) return undefined;
  const { details, contactFields = {} } = record;
  const contact = (key: string): PythonValue => plain(contactFields[key]);
  return {
    name: contact('contact_name'),
    domain_name: [domain.toUpperCase(), domain],
    creation_date: new PythonDate(record.created),
    updated_date: dateOf(record.updated),
    expiration_date: dateOf(record.expires),
    registrar: details.registrar ?? null,
    whois_server: contact('whois_server'),
    emails: contactFields['emails'] === undefined ? (details.abuse_email ?? null) : contact('emails'),
    name_servers: plain(details.name_servers),
    zipcode: contact('postal_code'),
    city: contact('city'),
    state: contact('state'),
    address: contact('address'),
    country: details.country ?? contact('country'),
    dnssec: details.dnssec === undefined ? null : details.dnssec ? 'signedDelegation' : 'unsigned',
    referral_url: contact('referral_url'),
    status: plain(details.statuses),
    org: contact('organization'),
    time: timeOf(record),
    ...(rank === undefined ? {} : { alexa: rank }),
  };
}

/** The record of a name that its registry does not have, told the first time that somebody asks. */
export const notFoundRecord = (domain: string, record: RegistrationRecord, rank: string | undefined): string =>
  pythonDictionary({
    domain_name: domain,
    status: 'NOT FOUND',
    time: timeOf(record),
    ...(rank === undefined ? {} : { alexa: rank }),
  });

const timeOf = ({ retrieved = 0 }: RegistrationRecord): PythonFloat => new PythonFloat(retrieved / 1000);

const dateOf = (time: number | undefined): PythonValue => (time === undefined ? null : new PythonDate(time));

/** One value stands alone, several in a list. */
function plain(value: string | readonly string[] | undefined): PythonValue {
  if (value === undefined || value.length === 0) return null;
  return typeof value === 'string' ? value : value.length === 1 ? (value[0] ?? null) : value;
}

/** The whole record. */
export function recordText(record: WhoisRecord): string {
  const entries = Object.entries(record).filter(([field, value]) => value !== null || !OFTEN_ABSENT.has(field));
  return pythonDictionary(Object.fromEntries(entries));
}

/** `v1; v2; …; ` in the order asked; a star asks for all values of its field. */
export const fieldsText = (record: WhoisRecord, fields: readonly string[], multi: MultiValue): string =>
  fields.map((field) => fieldText(record, field, multi) + '; ').join('');

function fieldText(record: WhoisRecord, asked: string, multi: MultiValue): string {
  const all = asked.endsWith('*') || multi === 'all';
  const field = asked.replace(/\*$/, '');
  const value = Object.hasOwn(record, field) ? record[field] : undefined;
  if (value === undefined) {
    return (NAMED_FIELDS as readonly string[]).includes(field) ? 'None' : `no field named ${field} found`;
  }
  if (!Array.isArray(value)) return value === null ? 'None' : String(value);
  const list = value as readonly (string | PythonDate)[];
  if (all) return pythonRepr(list);
  return String((multi === 'first' ? list[0] : list.at(-1)) ?? 'None');
}
