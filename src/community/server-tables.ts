import { CLIENT_BYTES } from '../core/fingerprints.ts';
import type { Sighting } from '../core/community.ts';
import { jsonCodec, type Codec, type Environment, type Table } from '../stores/table.ts';

/** A row of the established list. */
export interface EstablishedRow {
  readonly domain: string;
  /** Registration date, milliseconds since the epoch; absent = struck from the list. */
  readonly created?: number;
  /** Number of the change that made the row. */
  readonly seq: number;
}

/** A remark of a list that the operator loaded. */
export interface Note {
  readonly source: string;
  readonly text: string;
}

/** A token; its key is the SHA-256 of the token in hexadecimal. Times in milliseconds since the epoch. */
export interface TokenRow {
  readonly organisation: string;
  readonly created: number;
  readonly revoked?: number;
  /** Asks a UTC day; absent = the setting. */
  readonly quota?: number;
}

/** How much a token has asked. */
export interface Usage {
  /** UTC day, `2026-11-24`. */
  readonly day: string;
  readonly today: number;
  readonly total: number;
}

/** The community server's environment. Domains are kept as SHA-256; only lists that the operator loads have names. */
export interface ServerTables {
  readonly environment: Environment;
  readonly sightings: Table<Sighting>;
  /** Domain hash, a space, member: that this organisation has asked. */
  readonly members: Table<null>;
  readonly established: Table<EstablishedRow>;
  /** Number of the change → domain hash, in the order in which clients pull the list. */
  readonly changes: Table<string>;
  readonly notes: Table<readonly Note[]>;
  readonly tokens: Table<TokenRow>;
  readonly usage: Table<Usage>;
}

export function openServerTables(environment: Environment): ServerTables {
  return {
    environment,
    sightings: environment.table('sightings', sightingCodec),
    members: environment.table('members', emptyCodec),
    established: environment.table('established', jsonCodec<EstablishedRow>()),
    changes: environment.table('established_changes', textCodec),
    notes: environment.table('notes', jsonCodec<readonly Note[]>()),
    tokens: environment.table('tokens', jsonCodec<TokenRow>()),
    usage: environment.table('usage', jsonCodec<Usage>()),
  };
}

/** Fixed width, so that string order is the order of the changes. */
export const changeKey = (seq: number): string => String(seq).padStart(12, '0');

const SIGHTING_BYTES = 18 + CLIENT_BYTES;

const sightingCodec: Codec<Sighting> = {
  version: 1,
  encode(sighting) {
    const bytes = Buffer.allocUnsafe(SIGHTING_BYTES);
    bytes.writeDoubleLE(sighting.first, 0);
    bytes.writeUInt32LE(sighting.organisations, 8);
    bytes.writeUIntLE(sighting.firstId, 12, 6);
    bytes.write(sighting.firstMember, 18, 'hex');
    return bytes;
  },
  decode: (bytes) => ({
    first: bytes.readDoubleLE(0),
    organisations: bytes.readUInt32LE(8),
    firstId: bytes.readUIntLE(12, 6),
    firstMember: bytes.toString('hex', 18, SIGHTING_BYTES),
  }),
};

const EMPTY = Buffer.alloc(0);
const emptyCodec: Codec<null> = { version: 1, encode: () => EMPTY, decode: () => null };

const textCodec: Codec<string> = {
  version: 1,
  encode: (text) => Buffer.from(text),
  decode: (bytes) => bytes.toString('utf8'),
};
