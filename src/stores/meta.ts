import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from './files.ts';
import { openLmdbEnvironment, StoreError } from './lmdb-environment.ts';

/** Version of the layout of a data directory. Raised when an older program could no longer read it rightly. */
export const SCHEMA_VERSION = 2;

/** `meta.json`: what a data directory is. */
export interface Meta {
  readonly schema: number;
  readonly created: string;
  /** Key of the client fingerprints; of this directory alone. */
  readonly client_key: string;
  /** Live generation of each data set. */
  readonly generations: Readonly<Record<string, string>>;
  /** Generations that were live before and are kept for roll-back, the latest first. */
  readonly former?: Readonly<Record<string, readonly string[]>>;
  /** Content (SHA-256) that was rolled back: an update does not bring it again by itself. */
  readonly rejected?: Readonly<Record<string, readonly string[]>>;
  /** When the pack that was applied last was made: an older one is not applied by accident. */
  readonly pack?: string;
  /** When an automatic update was begun last, ISO 8601; several servers of one directory take turns. */
  readonly auto_update?: string;
}

/**
 * Reads `meta.json` of a data directory, or makes the directory and the file. Throws {@link StoreError} when the
 * directory is newer than this program, is no data directory, or cannot be made.
 */
export function openMeta(folder: string, now: number): Meta {
  const path = join(folder, 'meta.json');
  if (existsSync(path)) return currentMeta(folder);
  try {
    // The names that people visited are nobody else's business.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const meta: Meta = {
      schema: SCHEMA_VERSION,
      created: new Date(now).toISOString(),
      client_key: randomBytes(32).toString('hex'),
      generations: {},
    };
    // Two processes may start at once: a link is made once, so both have the first file's key.
    const next = writeBeside(path, meta);
    try {
      linkSync(next, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(next, { force: true });
    }
    return readMeta(folder);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`Cannot make the data directory ${folder}: ${reason}. Name another with --data.`, { cause });
  }
}

/** An older directory is marked as ours before its tables are, so that no older program takes them for empty. */
function currentMeta(folder: string): Meta {
  const meta = readMeta(folder);
  if (meta.schema === SCHEMA_VERSION) return meta;
  const present = { ...meta, schema: SCHEMA_VERSION };
  replaceMeta(folder, present);
  return present;
}

export function readMeta(folder: string): Meta {
  const path = join(folder, 'meta.json');
  let meta: Partial<Meta>;
  try {
    meta = JSON.parse(readFileSync(path, 'utf8')) as Partial<Meta>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`Cannot read ${path}: ${reason}. Restore it from a backup, or name another --data.`, {
      cause,
    });
  }
  if (typeof meta.schema !== 'number' || typeof meta.client_key !== 'string') {
    throw new StoreError(`${path} is not the meta.json of a domain-stats data directory. Name another --data.`);
  }
  if (meta.schema > SCHEMA_VERSION) {
    throw new StoreError(
      `The data directory ${folder} has schema ${String(meta.schema)}; this program reads up to ${String(SCHEMA_VERSION)}. ` +
        'Install the newer domain-stats that wrote it, or name another --data.',
    );
  }
  return { created: '', generations: {}, ...meta, schema: meta.schema, client_key: meta.client_key };
}

/**
 * Reads, changes and replaces `meta.json` in one step over all processes: readers see the old or the new file, never
 * half of one. The lock is the writer lock of an LMDB environment of its own, which the system frees when its holder is
 * killed: no stale lock file can stop an update. `change` may give back the same object: then nothing is written.
 */
export async function updateMeta(folder: string, change: (meta: Meta) => Meta): Promise<Meta> {
  const lock = openLmdbEnvironment(join(folder, 'lock'));
  try {
    return await lock.write(() => {
      const before = readMeta(folder);
      const after = change(before);
      if (after !== before) replaceMeta(folder, after);
      return after;
    });
  } finally {
    await lock.close();
  }
}

function replaceMeta(folder: string, meta: Meta): void {
  const path = join(folder, 'meta.json');
  renameSync(writeBeside(path, meta), path);
  syncFolder(folder);
}

function writeBeside(path: string, meta: Meta): string {
  const next = `${path}.${String(process.pid)}.new`;
  writeFileSync(next, JSON.stringify(meta, null, 2) + '\n', { mode: 0o600, flush: true });
  return next;
}
