import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { syncFolder } from '../files.ts';
import { readMeta, updateMeta } from '../meta.ts';
import { markRestore, runningProcesses } from '../processes.ts';
import { BACKED_UP_STORES, BACKUP_FORMAT, BackupError, MANIFEST, META, reasonOf, type Manifest } from './manifest.ts';
import { readTar } from './tar.ts';

/** Where a backup is unpacked and checked, and where what it replaces goes; both below the data directory. */
const UNPACKED = '.restoring';
const REPLACED = '.replaced';

/** What was restored. */
export interface RestoreSummary {
  readonly made: string;
  readonly stores: readonly string[];
}

/**
 * Puts the stores of a backup into a data directory. Everything is unpacked and checked before anything is replaced;
 * data sets that the directory has stay. Refuses a directory that is not empty without `force`, and one that a process
 * has open. Broken off while replacing, it leaves a mark that keeps every process off until it is run again.
 */
export async function restoreBackup(file: string, data: string, force: boolean): Promise<RestoreSummary> {
  if (!existsSync(file)) throw new BackupError(`There is no file ${file}.`);
  refuseOpen(data);
  const present = existsSync(data) ? readdirSync(data).filter((name) => ![UNPACKED, 'processes'].includes(name)) : [];
  if (present.length > 0 && !force) {
    throw new BackupError(`${data} is not empty. Name another with --data, or give --force to replace its stores.`);
  }
  const unpacked = join(data, UNPACKED);
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true, mode: 0o700 });
  try {
    const manifest = await unpack(file, unpacked);
    const stores = BACKED_UP_STORES.filter((store) => existsSync(join(unpacked, store)));
    await replace(data, unpacked);
    return { made: manifest.made, stores };
  } catch (cause) {
    if (cause instanceof BackupError) throw cause;
    throw new BackupError(`Cannot restore ${file}: ${reasonOf(cause)}.`, { cause });
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

function refuseOpen(data: string): void {
  const [running] = runningProcesses(data);
  if (running === undefined) return;
  throw new BackupError(
    `${data} is open in process ${String(running.pid)} (${running.command}, since ${running.since}). Stop it first.`,
  );
}

/** Unpacks and checks: only names that a backup can hold, every byte as the manifest has it. */
async function unpack(file: string, folder: string): Promise<Manifest> {
  const sums = new Map<string, { size: number; sha256: string }>();
  let current: { name: string; handle: FileHandle; hash: ReturnType<typeof createHash>; size: number } | undefined;
  const finish = async () => {
    if (current === undefined) return;
    await current.handle.sync();
    await current.handle.close();
    sums.set(current.name, { size: current.size, sha256: current.hash.digest('hex') });
    current = undefined;
  };
  try {
    for await (const part of readTar(bytesOf(file))) {
      if (Buffer.isBuffer(part)) {
        current?.hash.update(part);
        await current?.handle.appendFile(part);
        continue;
      }
      await finish();
      if (!mayHold(part.name)) throw new BackupError(`${file} is no backup of domain-stats: it holds ${part.name}.`);
      const path = join(folder, part.name);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const handle = await open(path, 'wx', 0o600);
      current = { name: part.name, handle, hash: createHash('sha256'), size: part.size };
    }
    await finish();
  } catch (cause) {
    if (cause instanceof BackupError) throw cause;
    throw new BackupError(`${file} cannot be read as a backup: ${reasonOf(cause)}. Nothing was changed.`, { cause });
  } finally {
    await current?.handle.close();
  }
  return check(file, folder, sums);
}

function check(file: string, folder: string, sums: ReadonlyMap<string, { size: number; sha256: string }>): Manifest {
  if (!sums.has(MANIFEST) || !sums.has(META)) {
    throw new BackupError(`${file} is no whole backup: it has no ${MANIFEST}. Nothing was changed.`);
  }
  const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
  if (manifest.format > BACKUP_FORMAT) {
    throw new BackupError(`${file} was made by a newer domain-stats (${manifest.program}); restore it with that one.`);
  }
  for (const { name, sha256 } of manifest.files) {
    if (sums.get(name)?.sha256 === sha256) continue;
    throw new BackupError(`${file} is damaged: ${name} is not what was written. Nothing was changed.`);
  }
  // Refuses a schema that this program cannot read.
  readMeta(folder);
  return manifest;
}

const mayHold = (name: string): boolean =>
  name === META || name === MANIFEST || BACKED_UP_STORES.some((store) => name === `${store}/data.mdb`);

async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  const magic = Buffer.alloc(2);
  await handle.read(magic, 0, 2, 0);
  await handle.close();
  const source = createReadStream(file);
  if (magic.readUInt16BE() !== 0x1f8b) {
    yield* source as AsyncIterable<Buffer>;
    return;
  }
  const plain = createGunzip();
  source.on('error', (error) => plain.destroy(error)).pipe(plain);
  yield* plain as AsyncIterable<Buffer>;
}

/** Swaps the stores: renames within the directory, the mark up while they are half done. */
async function replace(data: string, unpacked: string): Promise<void> {
  const removeMark = markRestore(data);
  try {
    // From here on nobody can open it; somebody may have since it was looked at first.
    refuseOpen(data);
  } catch (error) {
    removeMark();
    throw error;
  }
  const replaced = join(data, REPLACED);
  rmSync(replaced, { recursive: true, force: true });
  mkdirSync(replaced, { recursive: true, mode: 0o700 });
  for (const store of BACKED_UP_STORES) {
    // What the backup does not have was not there when it was made.
    if (existsSync(join(data, store))) renameSync(join(data, store), join(replaced, store));
    if (existsSync(join(unpacked, store))) renameSync(join(unpacked, store), join(data, store));
  }
  const { schema, created, client_key } = readMeta(unpacked);
  if (!existsSync(join(data, META))) renameSync(join(unpacked, META), join(data, META));
  else await updateMeta(data, (present) => ({ ...present, schema, created, client_key }));
  rmSync(replaced, { recursive: true, force: true });
  // The mark may only be gone from the disk when the renames are on it.
  syncFolder(data);
  removeMark();
}
