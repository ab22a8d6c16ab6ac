import { readMeta, type Meta } from '../stores/meta.ts';
import { takeModel } from './build-model.ts';
import { buildRanks } from './build-ranks.ts';
import { buildSmall } from './build-small.ts';
import { refuseShrunken } from './checks.ts';
import {
  DataSetError,
  dropStaging,
  install,
  isDataSetName,
  isEmbeddedSet,
  isModelSet,
  openStaging,
  RANKS_PREFIX,
  readAbout,
  type Staged,
} from './generations.ts';
import { holdSuffixes } from './held-sets.ts';
import { gunzipped, lineBatches, wholeOf } from './input.ts';
import type { RecordPart } from './pack-create.ts';
import { openPack, type OpenPack, type PackEntry, type PackManifest } from './pack-file.ts';
import type { Snapshot } from './snapshot.ts';
import { buildOptions, embeddedRows } from './update.ts';

/** Records merged together; the writer is free for first contacts between them. */
const LINES_PER_MERGE = 200;

export interface VerifyOptions {
  /** Public keys whose packs are taken. */
  readonly trusted: readonly string[];
  readonly maxPartBytes: number;
}

/** Checks signature, sizes and hashes of a whole pack. Throws {@link DataSetError}. */
export async function verifyPack(file: string, options: VerifyOptions): Promise<OpenPack> {
  const pack = await openPack(file, options.trusted, options.maxPartBytes);
  for (const entry of pack.manifest.parts) {
    const bytes = pack.bytesOf(entry)[Symbol.asyncIterator]();
    while ((await bytes.next()).done !== true);
  }
  return pack;
}

export interface ApplyOptions extends VerifyOptions {
  readonly now: number;
  readonly snapshot: Snapshot;
  readonly lookalikeTargets: number;
  readonly records: readonly RecordPart[];
  /** Take a pack that is older than the last one, or whose data is much smaller. */
  readonly force: boolean;
}

/** What a pack changed. */
export interface Applied {
  readonly manifest: PackManifest;
  /** Rows of each data set, merged records of each store. */
  readonly counts: Readonly<Record<string, number>>;
  /** Parts that this program does not know. */
  readonly skipped: readonly string[];
}

/**
 * Applies a pack: everything is checked and built before anything is live, all data sets become live in one step, then
 * records are merged. Throws {@link DataSetError} when any part is wrong; then nothing has changed.
 */
export async function applyPack(data: string, file: string, options: ApplyOptions): Promise<Applied> {
  const pack = await verifyPack(file, options);
  const { made, parts } = pack.manifest;
  refuseOlder(readMeta(data), made, options.force);
  const staged: Staged[] = [];
  const counts: Record<string, number> = {};
  try {
    for (const entry of parts) {
      if (isDataSetName(entry.name)) staged.push(await buildPart(data, pack, entry, options));
    }
    const also = (meta: Meta): Meta => {
      refuseOlder(meta, made, options.force);
      return { ...meta, pack: made };
    };
    await install(data, staged, options.now, { also });
  } finally {
    for (const { folder } of staged) dropStaging(folder);
  }
  for (const { name, about } of staged) counts[name] = about.rows;
  const skipped: string[] = [];
  for (const entry of parts) {
    if (isDataSetName(entry.name)) continue;
    const part = options.records.find(({ name }) => name === entry.name);
    if (part === undefined) skipped.push(entry.name);
    else counts[entry.name] = await mergePart(pack, entry, part);
  }
  return { manifest: pack.manifest, counts, skipped };
}

function refuseOlder({ pack }: Meta, made: string, force: boolean): void {
  if (force || pack === undefined || made >= pack) return;
  throw new DataSetError(
    `this pack was made ${made}, before the one applied last (${pack}). Nothing was applied; give --force to go back.`,
  );
}

async function buildPart(data: string, pack: OpenPack, entry: PackEntry, options: ApplyOptions): Promise<Staged> {
  const { now, snapshot, lookalikeTargets, force } = options;
  const { name, source, as_of: date } = entry;
  const meta = readMeta(data);
  const folder = openStaging(data, name, now);
  try {
    const bytes = gunzipped(pack.bytesOf(entry));
    const staged = isEmbeddedSet(name)
      ? buildSmall(name, { source, text: (await wholeOf(bytes)).toString('utf8') }, buildOptions(data, folder, options))
      : isModelSet(name)
        ? takeModel(name, { source, content: await wholeOf(bytes) }, { folder, now })
        : await buildRanks(
            { list: name.slice(RANKS_PREFIX.length), source, bytes, ...(date === undefined ? {} : { date }) },
            { folder, now, lookalikeTargets, suffixes: holdSuffixes(data, meta, snapshot) },
          );
    const live = readAbout(data, name, meta.generations[name])?.rows ?? embeddedRows(name, snapshot);
    if (!force) refuseShrunken(name, staged.about.rows, live);
    return staged;
  } catch (error) {
    dropStaging(folder);
    throw error;
  }
}

async function mergePart(pack: OpenPack, entry: PackEntry, part: RecordPart): Promise<number> {
  let changed = 0;
  for await (const lines of lineBatches(gunzipped(pack.bytesOf(entry)))) {
    for (let start = 0; start < lines.length; start += LINES_PER_MERGE) {
      changed += await part.merge(lines.slice(start, start + LINES_PER_MERGE));
      // A real pause, so that a serving process gets the writer in between.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  return changed;
}
