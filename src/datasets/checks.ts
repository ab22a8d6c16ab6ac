import { join } from 'node:path';
import { openRankStore } from '../stores/rank-store.ts';
import { DataSetError, type Staged } from './generations.ts';
import { RANKS_FILE } from './rank-files.ts';

/** Data with fewer rows than this share of the live data is taken for cut off. */
const LEAST_SHARE = 0.5;

/** Throws when a new generation is suspiciously smaller than the live one. */
export function refuseShrunken(name: string, rows: number, liveRows: number): void {
  if (rows >= liveRows * LEAST_SHARE) return;
  throw new DataSetError(
    `${name}: ${String(rows)} rows, less than half of the ${String(liveRows)} that are live: it may be cut off. ` +
      'The live data stays; give --force to take this all the same.',
  );
}

/** A list of the most popular domains of the world has one of these at least. */
const POPULAR = ['google.com', 'microsoft.com', 'facebook.com', 'amazonaws.com', 'cloudflare.com', 'youtube.com'];

/** Throws when a downloaded rank list lacks what every such list has: a page that looks like a list is none. */
export function requireKnownDomains({ name, folder, about }: Staged): void {
  const { rankOf, close } = openRankStore(join(folder, RANKS_FILE));
  const isKnown = POPULAR.some((domain) => rankOf(domain) !== undefined);
  void close();
  if (isKnown) return;
  throw new DataSetError(
    `${name}: ${about.source}: has ${String(about.rows)} rows, but none of ${POPULAR.join(', ')}: this is no list of popular ` +
      'domains. The live data stays; a list of your own goes in with `domain-stats import ranks`.',
  );
}
