import { join } from 'node:path';
import { bestRows } from '../core/best-rows.ts';
import type { RankRow } from '../core/rank-rows.ts';
import { readMeta } from '../stores/meta.ts';
import { openRankStore } from '../stores/rank-store.ts';
import { generationFolder } from './generations.ts';
import { preferredList } from './held-sets.ts';
import { unpackedInput } from './input.ts';
import { RANKS_FILE } from './rank-files.ts';
import { readRows, type RowReports } from './read-rows.ts';

/**
 * The best-ranked domains of the live list that answers use, best first; undefined when there is none. The store is
 * sorted by domain, so all of it is read: about a second for a million.
 */
export async function bestOfLiveList(data: string, rankList: string, limit: number): Promise<string[] | undefined> {
  const { generations } = readMeta(data);
  const name = preferredList(Object.keys(generations), rankList);
  const generation = generations[name];
  if (generation === undefined) return undefined;
  const store = openRankStore(join(generationFolder(data, name, generation), RANKS_FILE));
  const best = bestRows(limit);
  for (const [domain, rank] of store.entries()) best.add({ domain, rank });
  await store.close();
  return best.take().map(({ domain }) => domain);
}

/** The same of a file in any form that `import ranks` reads; nothing is kept of it. */
export async function bestOfFile(
  file: string,
  limit: number,
  reports: RowReports & { readonly onRead?: (bytes: number) => void },
): Promise<string[]> {
  const best = bestRows(limit);
  const take = (row: RankRow) => {
    best.add(row);
    return undefined;
  };
  await readRows({ bytes: unpackedInput(file, reports), source: file }, take, reports);
  return [...new Set(best.take().map(({ domain }) => domain))];
}
