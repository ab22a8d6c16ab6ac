import { readFileSync, statSync } from 'node:fs';
import initSqlJs, { type Database } from 'sql.js';
import { UsageError } from '../usage-error.ts';
import { peerRow, type PassedOver, type PeerRow } from './peer-row.ts';
import { PickleError, readPickle } from './pickle.ts';

const MAGIC = 'SQLite format 3\0';
/** Where the header says whether a write-ahead log is in use (2) or not (1). */
const JOURNAL_BYTES = [18, 19] as const;
/** diskcache's mark for a value that is a pickle. */
const PICKLED = 4;

export const isDatabase = (head: Buffer): boolean => head.toString('latin1', 0, MAGIC.length) === MAGIC;

/**
 * Rows of a predecessor's SQLite file: 1.0.1's cache or domain_stats 2's `domains`. The file is read into memory and not
 * touched. Throws {@link UsageError} for another database and for one that its server still writes.
 */
export async function* databaseRows(file: string): AsyncGenerator<PeerRow | PassedOver> {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new UsageError(`${file}: there are unfinished writes beside it; stop the old server first, or use --from`);
  }
  const bytes = readFileSync(file);
  // A copy in memory has no log beside it, and needs none once the server has stopped.
  for (const at of JOURNAL_BYTES) bytes[at] = 1;
  const { Database: Opened } = await initSqlJs();
  const database = new Opened(bytes);
  try {
    const tables = new Set(database.exec("SELECT name FROM sqlite_master WHERE type = 'table'")[0]?.values.flat());
    if (tables.has('Cache')) yield* cacheRows(database);
    else if (tables.has('domains')) yield* domainRows(database);
    else throw new UsageError(`${file}: has neither the cache of domain_stats 1.0.1 nor the domains of domain_stats 2`);
  } finally {
    database.close();
  }
}

function* rowsOf(database: Database, query: string): Generator<Record<string, unknown>> {
  const statement = database.prepare(query);
  try {
    while (statement.step()) yield statement.getAsObject();
  } finally {
    statement.free();
  }
}

/** An error entry has no date of its first contact; when it was stored is the latest that it can be. */
function* cacheRows(database: Database): Generator<PeerRow | PassedOver> {
  for (const row of rowsOf(database, 'SELECT key, mode, value, store_time FROM Cache ORDER BY rowid')) {
    const { key, mode, value, store_time: stored } = row;
    if (typeof key !== 'string') continue;
    if (mode !== PICKLED || !(value instanceof Uint8Array)) continue;
    try {
      const entry = readPickle(Buffer.from(value));
      if (!(entry instanceof Map)) throw new PickleError('is no dictionary');
      const [web, you, isc] = ['seen_by_web', 'seen_by_you', 'seen_by_isc'].map((field) => entry.get(field));
      const read = peerRow(key, { web, you, isc });
      yield read.firstSeen === undefined ? peerRow(key, { web, you: stored, isc }) : read;
    } catch (error) {
      if (!(error instanceof PickleError)) throw error;
      yield { place: key, reason: `its value ${error.message}` };
    }
  }
}

function* domainRows(database: Database): Generator<PeerRow> {
  for (const row of rowsOf(database, 'SELECT * FROM domains')) {
    const { domain, seen_by_web: web, expires, seen_by_you: you } = row;
    if (typeof domain === 'string') yield peerRow(domain, { web, expires, you, isc: 'domain_stats2' });
  }
}
