import { CLIENT_BYTES } from '../core/fingerprints.ts';
import { StoreError } from './lmdb-environment.ts';
import type { Codec, Environment, Table } from './table.ts';

/** A domain that a scope has been in contact with. Times in milliseconds since the epoch, by event time. */
export interface Contact {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Fingerprint of the id of the event that was the first contact; 0 when it had none. */
  readonly firstId: number;
  /** Id of the suffix list that made the key. */
  readonly list: number;
}

/** The tables of the contacts environment. */
export interface ContactTables {
  readonly environment: Environment;
  readonly contacts: Table<Contact>;
  /** Keys in order of their first time, for walks from the newest; the value is empty. */
  readonly byFirst: Table<null>;
  /** Fingerprints of the clients of a contact, the first contact's first. */
  readonly clients: Table<readonly string[]>;
}

export function openContactTables(environment: Environment): ContactTables {
  return {
    environment,
    contacts: openTable(environment, 'contacts', contactCodec),
    byFirst: openTable(environment, 'contacts_by_first', emptyCodec),
    clients: openTable(environment, 'contact_clients', clientsCodec),
  };
}

/** Stands between the parts of a key; neither a scope nor a domain can contain it. */
const SEPARATOR = '\x1f';
/** Rows brought over in one write: some tens of milliseconds. */
const SLICE = 5000;

/** The table, with the rows of its first version, whose keys had NULs between their parts. */
function openTable<Value>(environment: Environment, name: string, codec: Codec<Value>): Table<Value> {
  const table = environment.table(name, codec);
  const first = environment.table(name, { ...codec, version: 1 });
  for (let left = first.count(); left > 0; left = first.count()) {
    // A write of LMDB is over when it returns, so that a failed one shows in what is left.
    environment
      .write(() => {
        for (const [key, value] of [...first.entries({ limit: SLICE })]) {
          const present = key.replaceAll('\0', SEPARATOR);
          if (table.get(present) === undefined) table.put(present, value);
          first.remove(key);
        }
      })
      .catch(() => undefined);
    environment.refresh();
    if (first.count() < left) continue;
    throw new StoreError(
      `The contacts of an older version cannot be brought over: ${String(left)} rows of ${name} are left. ` +
        'Nothing is lost; make room on the disk and start again.',
    );
  }
  return table;
}

export const contactKey = (scope: string, domain: string): string => `${scope}${SEPARATOR}${domain}`;

/** The two halves of a {@link contactKey}. */
export function partsOfContactKey(key: string): { scope: string; domain: string } {
  const cut = key.indexOf(SEPARATOR);
  return { scope: key.slice(0, cut), domain: key.slice(cut + 1) };
}

/** Fixed width, so that string order is time order; 13 digits of milliseconds reach the year 2286. */
export const firstKey = (first: number, key: string): string => `${timeKey(first)}${SEPARATOR}${key}`;
export const timeKey = (time: number): string => String(time).padStart(13, '0');
export const keyOfFirstKey = (first: string): string => first.slice(first.indexOf(SEPARATOR) + 1);

const CONTACT_BYTES = 30;

const contactCodec: Codec<Contact> = {
  version: 2,
  encode(contact) {
    const bytes = Buffer.allocUnsafe(CONTACT_BYTES);
    bytes.writeDoubleLE(contact.first, 0);
    bytes.writeDoubleLE(contact.last, 8);
    bytes.writeUInt32LE(Math.min(contact.count, 0xffffffff), 16);
    bytes.writeUInt32LE(contact.list, 20);
    bytes.writeUIntLE(contact.firstId, 24, 6);
    return bytes;
  },
  decode: (bytes) => ({
    first: bytes.readDoubleLE(0),
    last: bytes.readDoubleLE(8),
    count: bytes.readUInt32LE(16),
    list: bytes.readUInt32LE(20),
    firstId: bytes.readUIntLE(24, 6),
  }),
};

const EMPTY = Buffer.alloc(0);
const emptyCodec: Codec<null> = { version: 2, encode: () => EMPTY, decode: () => null };

const clientsCodec: Codec<readonly string[]> = {
  version: 2,
  encode: (clients) => Buffer.from(clients.join(''), 'hex'),
  decode(bytes) {
    const clients: string[] = [];
    for (let at = 0; at < bytes.length; at += CLIENT_BYTES) clients.push(bytes.toString('hex', at, at + CLIENT_BYTES));
    return clients;
  },
};
