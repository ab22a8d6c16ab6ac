import { isoTime, readTime } from '../core/event-time.ts';
import { CLIENT_BYTES } from '../core/fingerprints.ts';
import { contactRow, type ContactRow } from './contact-list.ts';
import { contactKey, firstKey, type ContactTables } from './contact-tables.ts';

/** Every contact, in the order of the keys. */
export function* exportContacts(tables: ContactTables): Generator<ContactRow> {
  for (const [key] of tables.contacts.entries()) {
    const row = contactRow(tables, key);
    if (row !== undefined) yield row;
  }
}

const SCOPE = /^[a-z0-9._-]{1,64}$/;

/** Reads one exported line. The error says which field is wrong. */
export function readContactRow(line: string): ContactRow | { readonly error: string } {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return { error: 'not JSON' };
  }
  if (typeof raw !== 'object' || raw === null) return { error: 'not a JSON object' };
  const {
    scope = 'default',
    domain,
    first_seen,
    last_seen,
    count = 1,
    first_id,
    list = 0,
    clients,
  } = raw as Record<string, unknown>;
  if (typeof scope !== 'string' || !SCOPE.test(scope)) return { error: 'scope: not in [a-z0-9._-]{1,64}' };
  if (typeof domain !== 'string' || domain === '' || domain.length > 253) return { error: 'domain: not a domain name' };
  const first = typeof first_seen === 'string' ? readTime(first_seen) : undefined;
  if (first === undefined) return { error: 'first_seen: not an ISO 8601 time' };
  const last = last_seen === undefined ? first : typeof last_seen === 'string' ? readTime(last_seen) : undefined;
  if (last === undefined) return { error: 'last_seen: not an ISO 8601 time' };
  if (!isCount(count, 0xffffffff)) return { error: 'count: not a whole number' };
  if (!isCount(list, 0xffffffff)) return { error: 'list: not a whole number' };
  if (first_id !== undefined && !isCount(first_id, 2 ** 48 - 1)) return { error: 'first_id: not a whole number' };
  if (clients !== undefined && !isClientList(clients)) return { error: 'clients: not a list of fingerprints' };
  return {
    scope,
    domain,
    first_seen: isoTime(first),
    last_seen: isoTime(Math.max(first, last)),
    count,
    ...(first_id === undefined ? {} : { first_id }),
    list,
    ...(clients === undefined ? {} : { clients }),
  };
}

const isCount = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

const CLIENT = new RegExp(`^[0-9a-f]{${String(CLIENT_BYTES * 2)}}$`);
const isClientList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((client) => typeof client === 'string' && CLIENT.test(client));

/**
 * Merges rows into the store in one write (earliest first time, latest last time, larger count, so that importing a file
 * twice changes nothing). Returns how many were new.
 */
export function importContacts(tables: ContactTables, rows: readonly ContactRow[]): Promise<number> {
  return tables.environment.write(() => {
    let added = 0;
    for (const row of rows) {
      const key = contactKey(row.scope, row.domain);
      const present = tables.contacts.get(key);
      const first = readTime(row.first_seen) ?? 0;
      const last = readTime(row.last_seen) ?? first;
      if (present === undefined) {
        added++;
        tables.contacts.put(key, { first, last, count: row.count, firstId: row.first_id ?? 0, list: row.list });
        tables.byFirst.put(firstKey(first, key), null);
        if (row.clients !== undefined) tables.clients.put(key, row.clients);
        continue;
      }
      if (first < present.first) {
        tables.byFirst.remove(firstKey(present.first, key));
        tables.byFirst.put(firstKey(first, key), null);
      }
      tables.contacts.put(key, {
        ...present,
        first: Math.min(first, present.first),
        last: Math.max(last, present.last),
        count: Math.max(row.count, present.count),
      });
    }
    return added;
  });
}
