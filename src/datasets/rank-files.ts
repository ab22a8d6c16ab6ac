import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RankRow } from '../core/rank-rows.ts';
import { decodeTrigramModel } from '../core/trigram-bytes.ts';
import type { TrigramModel } from '../core/trigram-model.ts';

/** Files of a generation of a rank list. */
export const RANKS_FILE = 'ranks.mdb';
export const MODEL_FILE = 'trigrams.bin';
export const BEST_FILE = 'best.csv';

/** The best-ranked domains of a generation, best first, at most so many: what look-alikes are compared with. */
export function readBest(folder: string, limit: number): RankRow[] {
  const rows: RankRow[] = [];
  for (const line of readFileSync(join(folder, BEST_FILE), 'utf8').split('\n')) {
    if (rows.length === limit) break;
    const comma = line.indexOf(',');
    if (comma !== -1) rows.push({ rank: Number(line.slice(0, comma)), domain: line.slice(comma + 1) });
  }
  return rows;
}

export const bestText = (rows: readonly RankRow[]): string =>
  rows.map(({ rank, domain }) => `${String(rank)},${domain}\n`).join('');

/** The model trained on the list; undefined when it had too few labels. */
export function readModel(folder: string): TrigramModel | undefined {
  let bytes;
  try {
    bytes = readFileSync(join(folder, MODEL_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return decodeTrigramModel(bytes);
}
