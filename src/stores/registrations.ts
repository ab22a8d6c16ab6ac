import { CREATED_PRECISIONS, REGISTRATION_SOURCES } from '../schema/answer.ts';
import type { RegistrationDetails, RegistrationRecord, StoredStatus } from '../core/registration.ts';
import type { Codec, Environment, Table } from './table.ts';

/** A registered domain that waits for its look-up; survives a restart. Times in milliseconds since the epoch. */
export interface Wish {
  readonly since: number;
  readonly attempts: number;
  readonly notBefore: number;
}

/** Registration records and the queue of wishes; both keyed by the registered domain of the ICANN section. */
export interface RegistrationStore {
  readonly environment: Environment;
  readonly records: Table<RegistrationRecord>;
  readonly wishes: Table<Wish>;
}

/** Opens both tables in an environment of their own. */
export function openRegistrationStore(environment: Environment): RegistrationStore {
  return {
    environment,
    records: environment.table('registrations', registrationCodec),
    wishes: environment.table('wishes', wishCodec),
  };
}

const STORED_STATUSES: readonly StoredStatus[] = ['found', 'not_found', 'no_date', 'unsupported', 'error'];
const DATES = ['created', 'updated', 'expires', 'retrieved', 'previousCreated'] as const;
const HEAD_BYTES = 2 + DATES.length * 8;
const STALE = 1;

type Details = Pick<RegistrationRecord, 'details' | 'contactFields'>;

/**
 * A fixed head (status, flags, dates; NaN = absent) and a JSON tail with the rest, so that what every event needs is
 * read without parsing text.
 */
export const registrationCodec: Codec<RegistrationRecord> = {
  version: 1,
  encode(record) {
    const { details, contactFields } = record;
    const tail = Buffer.from(JSON.stringify({ details, ...(contactFields === undefined ? {} : { contactFields }) }));
    const bytes = Buffer.allocUnsafe(HEAD_BYTES + tail.length);
    bytes[0] = STORED_STATUSES.indexOf(record.status);
    bytes[1] = record.stale === true ? STALE : 0;
    DATES.forEach((date, index) => bytes.writeDoubleLE(record[date] ?? NaN, 2 + index * 8));
    tail.copy(bytes, HEAD_BYTES);
    return bytes;
  },
  decode(bytes) {
    const record: { -readonly [Key in keyof RegistrationRecord]: RegistrationRecord[Key] } = {
      status: STORED_STATUSES[bytes[0] ?? -1] ?? 'error',
      ...(JSON.parse(bytes.toString('utf8', HEAD_BYTES)) as Details),
    };
    DATES.forEach((date, index) => {
      const time = bytes.readDoubleLE(2 + index * 8);
      if (!Number.isNaN(time)) record[date] = time;
    });
    if (((bytes[1] ?? 0) & STALE) !== 0) record.stale = true;
    return record;
  },
};

/** Keeps only details of the right shape: for records that come from a file. */
export function readDetails(raw: Readonly<Record<string, unknown>>): RegistrationDetails {
  const details: Record<string, unknown> = {};
  for (const key of ['registrar', 'registrar_iana_id', 'abuse_email', 'country', 'server']) {
    if (typeof raw[key] === 'string' && raw[key] !== '') details[key] = raw[key];
  }
  for (const key of ['statuses', 'name_servers']) {
    const list = raw[key];
    if (Array.isArray(list)) details[key] = list.filter((item) => typeof item === 'string');
  }
  if (typeof raw['dnssec'] === 'boolean') details['dnssec'] = raw['dnssec'];
  if (isOneOf(CREATED_PRECISIONS, raw['created_precision'])) details['created_precision'] = raw['created_precision'];
  if (isOneOf(REGISTRATION_SOURCES, raw['source'])) details['source'] = raw['source'];
  return details;
}

const isOneOf = (vocabulary: readonly string[], value: unknown): boolean =>
  typeof value === 'string' && vocabulary.includes(value);

const wishCodec: Codec<Wish> = {
  version: 1,
  encode(wish) {
    const bytes = Buffer.allocUnsafe(20);
    bytes.writeDoubleLE(wish.since, 0);
    bytes.writeDoubleLE(wish.notBefore, 8);
    bytes.writeUInt32LE(wish.attempts, 16);
    return bytes;
  },
  decode: (bytes) => ({
    since: bytes.readDoubleLE(0),
    notBefore: bytes.readDoubleLE(8),
    attempts: bytes.readUInt32LE(16),
  }),
};
