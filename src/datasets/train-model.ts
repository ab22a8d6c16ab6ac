import { readMeta } from '../stores/meta.ts';
import { buildModel, type ModelBuildOptions } from './build-model.ts';
import { dropStaging, install, openStaging, type About, type ModelSet } from './generations.ts';
import { holdSuffixes } from './held-sets.ts';
import { unpackedInput } from './input.ts';
import type { Snapshot } from './snapshot.ts';

export interface ModelTraining extends Pick<ModelBuildOptions, 'now' | 'onBadRow' | 'onRows'> {
  readonly snapshot: Snapshot;
  /** A file, `-` for standard input. */
  readonly file: string;
  /** What `about.json` and messages call it. */
  readonly source: string;
  readonly onRead?: (bytes: number) => void;
}

/** Trains a model on a file and makes it live. Throws `DataSetError` when it cannot be; then nothing has changed. */
export async function trainModel(data: string, set: ModelSet, options: ModelTraining): Promise<About> {
  const { file, source, now, snapshot, onRead } = options;
  const folder = openStaging(data, set, now);
  try {
    const bytes = unpackedInput(file, { spoolFolder: folder, ...(onRead === undefined ? {} : { onRead }) });
    const suffixes = holdSuffixes(data, readMeta(data), snapshot);
    const staged = await buildModel(set, { source, bytes }, { ...options, folder, suffixes });
    await install(data, [staged], now);
    return staged.about;
  } finally {
    dropStaging(folder);
  }
}
