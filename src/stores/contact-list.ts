import { isoTime } from '../core/event-time.ts';
import {
  contactKey,
  firstKey,
  keyOfFirstKey,
  partsOfContactKey,
  timeKey,
  type ContactTables,
} from './contact-tables.ts';

/** A contact as it is listed, exported and imported. */
export interface ContactRow {
  readonly scope: string;
  readonly domain: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly count: number;
  /** Fingerprint of the first contact's event id, so that a retry is still known after a move; absent without one. */
  readonly first_id?: number;
  /** Id of the suffix list that made the key. */
  readonly list: number;
  readonly clients?: readonly string[];
}

/** Which contacts to list. */
export interface ContactFilter {
  readonly scope?: string;
  /** Only first times at or after this one and before `until`, milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  /** Only this registered domain. */
  readonly domain?: string;
}

/** Some contacts and where the next ones begin. */
export interface ContactPage {
  readonly rows: readonly ContactRow[];
  /** Place to go on from; absent when nothing is left. A page may be short and still have one. */
  readonly next?: string;
}

/** How much one page may hold, and how many contacts may be looked at for it: a rare scope must not hold the thread. */
export interface PageLimits {
  readonly rows: number;
  readonly lookedAt: number;
}

/** Contacts, newest first time first. */
export function* listContacts(tables: ContactTables, filter: ContactFilter = {}): Generator<ContactRow> {
  for (const indexKey of indexKeys(tables, filter)) {
    const row = matchingRow(tables, indexKey, filter);
    if (row !== undefined) yield row;
  }
}

/** A page of the same list, after the place where another page ended. */
export function pageOfContacts(
  tables: ContactTables,
  filter: ContactFilter,
  limits: PageLimits,
  after?: string,
): ContactPage {
  const rows: ContactRow[] = [];
  let lookedAt = 0;
  for (const indexKey of indexKeys(tables, filter, after)) {
    const row = matchingRow(tables, indexKey, filter);
    if (row !== undefined) rows.push(row);
    if (rows.length === limits.rows || ++lookedAt === limits.lookedAt) return { rows, next: indexKey };
  }
  return { rows };
}

/** Keys of the index by first time that may match, newest first. A domain is found by its keys, not by walking. */
function* indexKeys(tables: ContactTables, filter: ContactFilter, after?: string): Generator<string> {
  const { since, until, domain } = filter;
  if (domain !== undefined) {
    const keys = keysOfDomain(tables, domain, filter.scope).sort().reverse();
    yield* keys.filter((key) => (after === undefined || key < after) && isWithin(key, filter));
    return;
  }
  const from = after ?? (until === undefined ? undefined : timeKey(until));
  const range = {
    reverse: true,
    ...(from === undefined ? {} : { start: from }),
    ...(since === undefined ? {} : { end: timeKey(since) }),
  };
  for (const [indexKey] of tables.byFirst.entries(range)) if (indexKey !== after) yield indexKey;
}

const isWithin = (indexKey: string, { since, until }: ContactFilter): boolean =>
  (since === undefined || indexKey > timeKey(since)) && (until === undefined || indexKey < timeKey(until));

function keysOfDomain(tables: ContactTables, domain: string, scope: string | undefined): string[] {
  const scopes = scope === undefined ? scopesOf(tables) : [scope];
  return [...scopes].flatMap((each) => {
    const key = contactKey(each, domain);
    const contact = tables.contacts.get(key);
    return contact === undefined ? [] : [firstKey(contact.first, key)];
  });
}

/** The scopes that have contacts: one look at the store for each, whatever they hold. */
function* scopesOf({ contacts }: ContactTables): Generator<string> {
  for (let start = ''; ;) {
    const [next] = contacts.entries({ ...(start === '' ? {} : { start }), limit: 1 });
    if (next === undefined) return;
    const { scope } = partsOfContactKey(next[0]);
    yield scope;
    // A space comes after what stands behind a scope in a key, and before every letter that would make another scope.
    start = `${scope} `;
  }
}

function matchingRow(tables: ContactTables, indexKey: string, filter: ContactFilter): ContactRow | undefined {
  const key = keyOfFirstKey(indexKey);
  const { scope } = partsOfContactKey(key);
  return (filter.scope ?? scope) === scope ? contactRow(tables, key) : undefined;
}

/** A stored contact as a row; undefined when there is none. */
export function contactRow(tables: ContactTables, key: string): ContactRow | undefined {
  const contact = tables.contacts.get(key);
  if (contact === undefined) return undefined;
  const clients = tables.clients.get(key);
  return {
    ...partsOfContactKey(key),
    first_seen: isoTime(contact.first),
    last_seen: isoTime(contact.last),
    count: contact.count,
    ...(contact.firstId === 0 ? {} : { first_id: contact.firstId }),
    list: contact.list,
    ...(clients === undefined ? {} : { clients }),
  };
}
