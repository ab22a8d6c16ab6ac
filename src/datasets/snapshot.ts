import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSuffixList, type SuffixList } from '../core/suffix-list.ts';

/** The data that comes with the program. */
export interface Snapshot {
  readonly suffixes: () => SuffixList;
}

/** `data/` stands beside `src/` and beside `dist/`. */
const DATA = fileURLToPath(new URL('../../data/', import.meta.url));

export function openSnapshot(folder: string = DATA): Snapshot {
  let suffixes: SuffixList | undefined;
  return {
    suffixes: () => (suffixes ??= readSuffixList(readFileSync(`${folder}public_suffix_list.dat`, 'utf8'))),
  };
}
