import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, TransactionFlags, type Database } from 'lmdb';
import { isFailedCommit } from './failed-commit.ts';
import { lmdbFileProblem } from './lmdb-file.ts';
import type { Codec, Environment, Range, Table } from './table.ts';

/** Tables per environment; a slot costs little, a missing one fails the start. */
const MAX_TABLES = 16;

// Committed on return but not waiting for the disk; an exception aborts. lmdb's asynchronous transaction() is not used:
// with lmdb 3.5.6 on Node 20 it never resolves.
const SHORT_TRANSACTION: TransactionFlags =
  TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH;

/** How an LMDB environment is opened. */
export interface LmdbOptions {
  readonly readOnly?: boolean;
}

/** What keeps an environment from being opened: what was tried, why it failed, what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/**
 * Opens (or makes) the LMDB environment in a folder on a local disk; several processes may have it open. A commit is
 * visible to all of them and survives the death of the process; it is on the disk after `flushed()`. Throws
 * {@link StoreError}.
 */
export function openLmdbEnvironment(folder: string, options: LmdbOptions = {}): Environment {
  const root = openRoot(folder, options);
  return {
    table<Value>(name: string, codec: Codec<Value>): Table<Value> {
      const database = root.openDB<Buffer, string>(`${name}.v${String(codec.version)}`, { encoding: 'binary' });
      return lmdbTable(database, codec, folder);
    },
    // `async` turns an exception of `change` into a rejection; the transaction is then aborted.
    write: async (change) => {
      const progress = { changed: false };
      try {
        const result = root.transactionSync(() => {
          const made = change();
          progress.changed = true;
          return made;
        }, SHORT_TRANSACTION);
        return await Promise.resolve(result);
      } catch (error) {
        // Made, but not committed: the store's fault and not that of the change.
        throw progress.changed ? cannotWrite(folder, error) : error;
      }
    },
    refresh: () => root.resetReadTxn(),
    flushed: async () => {
      await root.flushed;
    },
    close: () => root.close(),
  };
}

/**
 * Copies an environment as of this moment into another folder, without what is free in it, while others read and write
 * it. Throws {@link StoreError} when it cannot be opened.
 */
export async function copyLmdbEnvironment(from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const root = openRoot(from, { readOnly: true });
  try {
    await root.backup(to, true);
  } finally {
    await root.close();
  }
}

function openRoot(folder: string, { readOnly = false }: LmdbOptions) {
  const file = join(folder, 'data.mdb');
  const problem = lmdbFileProblem(file);
  if (problem !== undefined) {
    throw new StoreError(
      `Cannot open the store ${file}: ${problem}. Restore it from a backup (\`domain-stats restore\`).`,
    );
  }
  try {
    if (!readOnly) mkdirSync(folder, { recursive: true });
    return open<Buffer, string>({ path: folder, encoding: 'binary', maxDbs: MAX_TABLES, readOnly });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      `Cannot open the store in ${folder}: ${reason}. It needs a folder on a local disk that this user may ${readOnly ? 'read' : 'write'}.`,
      { cause },
    );
  }
}

function lmdbTable<Value>(database: Database<Buffer, string>, codec: Codec<Value>, folder: string): Table<Value> {
  // Writes outside a transaction are gathered by lmdb into its next commit; their failure surfaces there.
  const put = (key: string, value: Value) => toldElsewhere(database.put(key, codec.encode(value) as Buffer));
  return {
    get: (key) => {
      // The bytes live in lmdb's own buffer until the next get; codecs copy what they keep.
      const bytes = database.getBinaryFast(key);
      return bytes === undefined ? undefined : codec.decode(bytes);
    },
    *entries(range: Range = {}) {
      for (const { key, value } of database.getRange(range)) yield [wholeKey(key), codec.decode(value)] as const;
    },
    count: () => (database.getStats() as { entryCount: number }).entryCount,
    putIfAbsent: async (key, value, also) => {
      try {
        return await database.ifNoExists(key, () => {
          put(key, value);
          also?.();
        });
      } catch (error) {
        throw cannotWrite(folder, await causeOfCommit(error));
      }
    },
    put,
    remove: (key) => toldElsewhere(database.remove(key)),
  };
}

/** lmdb reads a key of 64 characters or more that holds a NUL as a list of what stands between the NULs. */
const wholeKey = (key: string | readonly string[]): string => (typeof key === 'string' ? key : key.join('\0'));

function cannotWrite(folder: string, cause: unknown): StoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(
    `Cannot write to the store in ${folder}: ${reason}. Make room on its disk, or make it writable; it is tried again by itself.`,
    { cause },
  );
}

/** Each write of a commit that fails is rejected by itself; one of them is heard, and the others must not be unhandled. */
function toldElsewhere(written: Promise<boolean> | boolean): void {
  if (written instanceof Promise) written.catch(() => undefined);
}

/**
 * Whether an error says that this process can neither read nor write an environment any more; others can. LMDB does so
 * when a process was killed while it held the lock of the flush to disk, and this one met that within a commit of its own
 * (`mdb_mutex_failed` in mdb.c).
 */
export const isLostStore = (error: unknown): boolean =>
  // A read that fails so has another code than a write.
  error instanceof Error && (error.message.includes('MDB_PANIC') || isLostStore(error.cause));

/** lmdb hangs the reason of a failed commit on the rejection as a promise that is rejected in the same turn, if at all. */
async function causeOfCommit(error: unknown): Promise<unknown> {
  if (!isFailedCommit(error)) return error;
  const reason = error.commitError;
  const turn = new Promise((resolve) => setImmediate(resolve, error));
  return Promise.race([reason.catch((cause: unknown) => cause), turn]);
}
