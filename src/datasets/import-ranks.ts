import { createHash } from 'node:crypto';
import { readMeta } from '../stores/meta.ts';
import { buildRanks, type RankBuildOptions, type RankSource } from './build-ranks.ts';
import { refuseShrunken } from './checks.ts';
import {
  dropStaging,
  install,
  openStaging,
  RANKS_PREFIX,
  readAbout,
  type About,
  type InstallStep,
} from './generations.ts';
import { holdSuffixes } from './held-sets.ts';
import { unpackedInput } from './input.ts';
import type { Snapshot } from './snapshot.ts';

export interface RankImport extends Pick<RankBuildOptions, 'now' | 'lookalikeTargets' | 'onBadRow' | 'onRows'> {
  readonly snapshot: Snapshot;
  /** A file, `-` for standard input. */
  readonly file: string;
  readonly source: Pick<RankSource, 'list' | 'date' | 'source'>;
  /** Take it although it is less than half of the live list. */
  readonly force: boolean;
  readonly onRead?: (bytes: number) => void;
  readonly onStep?: (step: InstallStep) => void;
}

/** Makes a file the live generation of a rank list. Throws `DataSetError` when it cannot be; then nothing has changed. */
export async function importRanks(data: string, options: RankImport): Promise<About> {
  const { file, source, now, snapshot, force, onRead, onStep } = options;
  const meta = readMeta(data);
  const name = RANKS_PREFIX + source.list;
  const folder = openStaging(data, name, now);
  try {
    const bytes = unpackedInput(file, { spoolFolder: folder, ...(onRead === undefined ? {} : { onRead }) });
    const staged = await buildRanks(
      { ...source, bytes },
      { ...options, folder, suffixes: holdSuffixes(data, meta, snapshot) },
    );
    if (!force) refuseShrunken(name, staged.about.rows, readAbout(data, name, meta.generations[name])?.rows ?? 0);
    await install(data, [staged], now, onStep === undefined ? {} : { onStep });
    return staged.about;
  } finally {
    dropStaging(folder);
  }
}

/** Whether a file is what the live generation of a list was made of. */
export async function isLiveList(data: string, list: string, file: string): Promise<boolean> {
  const name = RANKS_PREFIX + list;
  const live = readAbout(data, name, readMeta(data).generations[name]);
  if (live === undefined) return false;
  const hash = createHash('sha256');
  for await (const chunk of unpackedInput(file, {})) hash.update(chunk);
  return hash.digest('hex') === live.sha256;
}
