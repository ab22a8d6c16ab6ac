import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { syncFile, syncFolder } from '../files.ts';
import { copyLmdbEnvironment } from '../lmdb-environment.ts';
import { readMeta } from '../meta.ts';
import { BACKED_UP_STORES, BACKUP_FORMAT, BackupError, MANIFEST, META, reasonOf, type Manifest } from './manifest.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

export interface BackupOptions {
  readonly program: string;
  readonly now: number;
  /** Replace a file of that name. */
  readonly force: boolean;
}

/** What a backup holds. */
export interface BackupSummary {
  readonly stores: readonly string[];
  readonly bytes: number;
}

/**
 * Writes the stores of a data directory into one file, beside running servers: each store as of one moment, none blocked.
 * The file is readable by its owner alone, and there only when it is whole. A name that ends in `.gz` is compressed.
 */
export async function writeBackup(data: string, file: string, options: BackupOptions): Promise<BackupSummary> {
  if (existsSync(file) && !options.force) {
    throw new BackupError(`${file} is there already. Name another file, or give --force to replace it.`);
  }
  const { schema, created, client_key } = readMeta(data);
  const stores = BACKED_UP_STORES.filter((store) => existsSync(join(data, store, 'data.mdb')));
  const partial = join(dirname(file), `.${basename(file)}.${String(process.pid)}.partial`);
  const copies = `${partial}.stores`;
  makeFolder(copies, file);
  try {
    for (const store of stores) await copyLmdbEnvironment(join(data, store), join(copies, store));
    const files: ArchivedFile[] = [
      // What it says of data sets is the business of the directory that has them.
      { name: META, text: JSON.stringify({ schema, created, client_key, generations: {} }, null, 2) + '\n' },
      ...stores.map((store) => ({ name: `${store}/data.mdb`, path: join(copies, store, 'data.mdb') })),
    ];
    const bytes = Readable.from(archive(files, options), { objectMode: false });
    const target = createWriteStream(partial, { mode: 0o600 });
    await (file.endsWith('.gz') ? pipeline(bytes, createGzip(), target) : pipeline(bytes, target));
    syncFile(partial);
    renameSync(partial, file);
    syncFolder(dirname(file));
    return { stores, bytes: statSync(file).size };
  } catch (cause) {
    if (cause instanceof BackupError) throw cause;
    throw new BackupError(`Cannot write ${file}: ${reasonOf(cause)}. Nothing of it is left.`, { cause });
  } finally {
    rmSync(copies, { recursive: true, force: true });
    rmSync(partial, { force: true });
  }
}

function makeFolder(folder: string, file: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new BackupError(
      `Cannot write ${file}: ${reasonOf(cause)}. Name a file in a folder that this user may write.`,
      {
        cause,
      },
    );
  }
}

type ArchivedFile = { readonly name: string } & ({ readonly text: string } | { readonly path: string });

/** The archive's bytes, the manifest with the checksums last. */
async function* archive(files: readonly ArchivedFile[], { program, now }: BackupOptions): AsyncGenerator<Buffer> {
  const listed: Manifest['files'][number][] = [];
  for (const file of files) {
    const size = 'text' in file ? Buffer.byteLength(file.text) : statSync(file.path).size;
    yield tarHeader({ name: file.name, size }, now);
    const hash = createHash('sha256');
    const pieces = 'text' in file ? [Buffer.from(file.text)] : (createReadStream(file.path) as AsyncIterable<Buffer>);
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
    yield tarPadding(size);
    listed.push({ name: file.name, size, sha256: hash.digest('hex') });
  }
  const manifest: Manifest = { format: BACKUP_FORMAT, program, made: new Date(now).toISOString(), files: listed };
  const text = Buffer.from(JSON.stringify(manifest, null, 2) + '\n');
  yield tarHeader({ name: MANIFEST, size: text.length }, now);
  yield text;
  yield tarPadding(text.length);
  yield tarEnd();
}
