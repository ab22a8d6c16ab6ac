import { open, TransactionFlags } from 'lmdb';
import { syncFile } from './files.ts';
import { lmdbFileProblem } from './lmdb-file.ts';
import { StoreError } from './lmdb-environment.ts';

/** Rows of one transaction; larger ones gain nothing. */
const ROWS_PER_WRITE = 50_000;
// A union of flags, which the declarations of lmdb do not foresee as a type.
const NO_FLUSH = (TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH) as TransactionFlags;

/** Domain → rank, in a file of its own that is never written again. */
export interface RankStore {
  readonly rankOf: (domain: string) => number | undefined;
  /** All rows in the order of the domains. */
  entries(): Iterable<readonly [domain: string, rank: number]>;
  readonly close: () => Promise<void>;
}

/**
 * Writes a rank store. `rows` come in byte order of their domains, each domain once: appending makes the file a third
 * smaller than inserting. Nothing reads the file before it is whole, so it is not flushed but once, at the end; that
 * keeps the disk free for a serving process. Returns the number of rows.
 */
export async function writeRankStore(file: string, rows: Iterable<readonly [string, number]>): Promise<number> {
  const store = open<Buffer, string>({ path: file, noSubdir: true, encoding: 'binary', noSync: true });
  let count = 0;
  try {
    const iterator = rows[Symbol.iterator]();
    const writeChunk = (): boolean => {
      for (let row = 0; row < ROWS_PER_WRITE; row++) {
        const next = iterator.next();
        if (next.done === true) return false;
        const [domain, rank] = next.value;
        store.putSync(domain, valueOf(rank), { append: true });
        count++;
      }
      return true;
    };
    let more = true;
    while (more) more = store.transactionSync(writeChunk, NO_FLUSH);
  } finally {
    await store.close();
  }
  syncFile(file);
  return count;
}

/** Opens a rank store to read; throws {@link StoreError}. */
export function openRankStore(file: string): RankStore {
  let store;
  try {
    const problem = lmdbFileProblem(file);
    if (problem !== undefined) throw new Error(problem);
    store = open<Buffer, string>({ path: file, noSubdir: true, encoding: 'binary', readOnly: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`Cannot open the rank list in ${file}: ${reason}. Import it again, or roll back.`, { cause });
  }
  const opened = store;
  return {
    rankOf: (domain) => {
      const value = opened.getBinaryFast(domain);
      return value === undefined ? undefined : rankOfValue(value);
    },
    *entries() {
      for (const { key, value } of opened.getRange()) yield [key, rankOfValue(value)] as const;
    },
    close: () => opened.close(),
  };
}

/** As few bytes as the rank needs, little end first: a million of them save a megabyte. */
function valueOf(rank: number): Buffer {
  const length = rank < 0x100 ? 1 : rank < 0x10000 ? 2 : rank < 0x1000000 ? 3 : 4;
  const value = Buffer.allocUnsafe(length);
  value.writeUIntLE(rank, 0, length);
  return value;
}

const rankOfValue = (value: Buffer): number => value.readUIntLE(0, value.length);
