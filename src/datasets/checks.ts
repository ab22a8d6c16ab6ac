import { readMeta } from '../stores/meta.ts';
import { DataSetError, readAbout } from './generations.ts';

/** Data with fewer rows than this share of the live data is taken for cut off. */
const LEAST_SHARE = 0.5;

/** Throws when a new generation is suspiciously smaller than the live one. */
export function refuseShrunken(data: string, name: string, rows: number): void {
  const live = readAbout(data, name, readMeta(data).generations[name])?.rows ?? 0;
  if (rows >= live * LEAST_SHARE) return;
  throw new DataSetError(
    `${name}: ${String(rows)} rows, less than half of the ${String(live)} that are live: it may be cut off. ` +
      'The live data stays; give --force to take this all the same.',
  );
}
