import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RankRow } from '../core/rank-rows.ts';
import { readSuffixListText } from '../core/suffix-list-text.ts';
import type { SuffixList } from '../core/suffix-list.ts';
import { tldTable, type TldFile, type TldTable } from '../core/tld-facts.ts';
import type { TrigramModel } from '../core/trigram-model.ts';
import { openRankStore, type RankStore } from '../stores/rank-store.ts';
import { aboutOf, type About } from './generations.ts';
import { RANKS_FILE, readBest, readModel } from './rank-files.ts';
import type { RdapBootstrap } from './snapshot.ts';

/** Files of the generations that are no LMDB environments: they are small and read whole. */
export const SUFFIX_FILE = 'public_suffix_list.dat';
/** Made of {@link SUFFIX_FILE} by the build, because reading that holds a thread for more than 100 ms. */
export const SUFFIX_RULES_FILE = 'rules.txt';
export const TLD_FILE = 'tlds.json';
export const RDAP_FILE = 'rdap-services.json';

export const readSuffixes = (folder: string): SuffixList =>
  readSuffixListText(readFileSync(join(folder, SUFFIX_RULES_FILE), 'utf8'));

export const readTlds = (folder: string): TldTable =>
  tldTable(JSON.parse(readFileSync(join(folder, TLD_FILE), 'utf8')) as TldFile);

export const readRdap = (folder: string): RdapBootstrap =>
  JSON.parse(readFileSync(join(folder, RDAP_FILE), 'utf8')) as RdapBootstrap;

/** A generation of a rank list, open. */
export interface OpenRanks {
  readonly store: RankStore;
  readonly about: About | undefined;
  /** Absent when the list was too short to train one. */
  readonly model: TrigramModel | undefined;
  /** The best-ranked domains, at most so many. */
  readonly best: (limit: number) => RankRow[];
}

export function openRanks(folder: string): OpenRanks {
  const model = readModel(folder);
  return {
    store: openRankStore(join(folder, RANKS_FILE)),
    about: aboutOf(folder),
    model,
    best: (limit) => readBest(folder, limit),
  };
}
