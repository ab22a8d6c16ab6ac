import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMeta, type Meta } from '../stores/meta.ts';
import { openRankStore } from '../stores/rank-store.ts';
import {
  DataSetError,
  generationFolder,
  isEmbeddedSet,
  isModelSet,
  readAbout,
  type EmbeddedSet,
  type ModelSet,
} from './generations.ts';
import { MODEL_FILES } from './model-files.ts';
import { RDAP_FILE, SUFFIX_FILE, TLD_FILE } from './open-generation.ts';
import { writePack, type PackInput, type PackManifest } from './pack-file.ts';
import { RANKS_FILE } from './rank-files.ts';

/** Records of a store that go along in a pack, one a line: registrations, suppressions. */
export interface RecordPart {
  readonly name: string;
  /** Lines without their ends. */
  lines(): Iterable<string>;
  /** Merges lines into the store; returns how many changed something. Called once the data sets are live. */
  merge(lines: readonly string[]): Promise<number>;
}

const ROWS_PER_CHUNK = 2000;

/** Packs the live generations of all data sets, and the records that are given. Embedded data stays out. */
export async function createPack(
  data: string,
  file: string,
  options: { readonly key: KeyObject; readonly now: number; readonly records: readonly RecordPart[] },
): Promise<PackManifest> {
  const made = new Date(options.now).toISOString();
  return writePack(file, inputs(data, readMeta(data), options.records), { made, key: options.key });
}

function* inputs(data: string, { generations }: Meta, records: readonly RecordPart[]): Generator<PackInput> {
  for (const [name, generation] of Object.entries(generations)) {
    const about = readAbout(data, name, generation);
    if (about === undefined)
      throw new DataSetError(`${name}: generation ${generation} cannot be read; roll it back first.`);
    const { source, as_of: asOf } = about;
    const chunks = chunksOf(name, generationFolder(data, name, generation));
    yield { name, source, ...(asOf === undefined ? {} : { as_of: asOf }), chunks };
  }
  for (const part of records) yield { name: part.name, source: 'this store', chunks: joined(part.lines()) };
}

const FILES: Readonly<Record<EmbeddedSet | ModelSet, string>> = {
  psl: SUFFIX_FILE,
  tlds: TLD_FILE,
  rdap: RDAP_FILE,
  ...MODEL_FILES,
};

function* chunksOf(name: string, folder: string): Generator<string | Buffer> {
  if (isEmbeddedSet(name) || isModelSet(name)) {
    yield readFileSync(join(folder, FILES[name]));
    return;
  }
  const store = openRankStore(join(folder, RANKS_FILE));
  try {
    yield* joined(rankLines(store.entries()));
  } finally {
    void store.close();
  }
}

function* rankLines(entries: Iterable<readonly [string, number]>): Generator<string> {
  yield 'rank,domain';
  for (const [domain, rank] of entries) yield `${String(rank)},${domain}`;
}

function* joined(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  for (const line of lines) {
    if (chunk.push(line) < ROWS_PER_CHUNK) continue;
    yield chunk.join('\n') + '\n';
    chunk = [];
  }
  if (chunk.length > 0) yield chunk.join('\n') + '\n';
}
