import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pairTable, type PairCounts, type PairTable } from '../core/pair-frequency.ts';
import type { CharacterTables } from '../core/relative-entropy.ts';
import { decodeTrigramModel } from '../core/trigram-bytes.ts';
import type { TrigramModel } from '../core/trigram-model.ts';
import type { ModelSet } from './generations.ts';
import { MODEL_FILE } from './rank-files.ts';

/** The file that a generation of a trained model is made of. */
export const MODEL_FILES: Readonly<Record<ModelSet, string>> = {
  entropy: 'characters.json',
  frequency: 'letter-pairs.json',
  randomness: MODEL_FILE,
};

/** Character tables, and how many names they were made of. */
export interface CharactersFile extends CharacterTables {
  readonly names: number;
}

/** Letter pairs in the form of the published table, and how many domains they were counted in. */
export interface PairsFile {
  readonly names: number;
  readonly counts: PairCounts;
}

export function readCharacters(folder: string): CharactersFile {
  const file = readJson(folder, MODEL_FILES.entropy) as Partial<CharactersFile>;
  const isTable = (table: unknown) => typeof table === 'object' && table !== null;
  if (!isTable(file.domain) || !isTable(file.fqdn)) throw new Error('these are no character tables');
  return file as CharactersFile;
}

function readPairsFile(folder: string): PairsFile {
  const file = readJson(folder, MODEL_FILES.frequency) as Partial<PairsFile>;
  if (!Array.isArray(file.counts?.[2])) throw new Error('this is no table of letter pairs');
  return file as PairsFile;
}

const readJson = (folder: string, file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

export const readPairs = (folder: string): PairTable => pairTable(readPairsFile(folder).counts);

export const readTrainedModel = (folder: string): TrigramModel =>
  decodeTrigramModel(readFileSync(join(folder, MODEL_FILES.randomness)));

/** How many names a model was trained on; throws when its file is none. */
export const namesOf: Readonly<Record<ModelSet, (folder: string) => number>> = {
  entropy: (folder) => readCharacters(folder).names,
  frequency: (folder) => {
    readPairs(folder);
    return readPairsFile(folder).names;
  },
  randomness: (folder) => readTrainedModel(folder).labels,
};
