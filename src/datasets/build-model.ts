import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostOf, measuredText, registeredLabel } from '../core/measured-text.ts';
import { readName, type DomainName } from '../core/name.ts';
import { countPairs } from '../core/pair-frequency.ts';
import { characterTableOf } from '../core/relative-entropy.ts';
import type { SuffixList } from '../core/suffix-list.ts';
import { encodeTrigramModel } from '../core/trigram-bytes.ts';
import { LEAST_LABELS, trainTrigramModel } from '../core/trigram-training.ts';
import { DataSetError, sealStaging, type ModelSet, type Staged } from './generations.ts';
import { MODEL_FILES, namesOf, type CharactersFile, type PairsFile } from './model-files.ts';
import { noRows, readRows, type RowReports } from './read-rows.ts';

/** Names to train on: one a line, or a rank list. */
export interface ModelSource {
  /** For `about.json` and messages. */
  readonly source: string;
  readonly bytes: AsyncIterable<Buffer>;
}

export interface ModelBuildOptions extends RowReports {
  readonly folder: string;
  readonly now: number;
  readonly suffixes: SuffixList;
}

/** Gathers what a model is made of, each text once. */
interface Trainer {
  add(name: DomainName): void;
  /** The file, and of how many different names it is; a text says what is missing. */
  finish(): { readonly names: number; readonly content: string | Uint8Array } | string;
}

const NO_ZONES: ReadonlySet<string> = new Set();

/**
 * Builds a generation of a trained model in a staging folder. Every line must hold a domain that can be registered;
 * A-labels are passed over, for they are encodings and not spellings. Throws {@link DataSetError} when nothing is left
 * to train on.
 */
export async function buildModel(set: ModelSet, input: ModelSource, options: ModelBuildOptions): Promise<Staged> {
  const { folder, suffixes, now } = options;
  const trainer = TRAINERS[set]();
  let taken = 0;
  const read = await readRows(
    input,
    ({ domain }) => {
      const name = readName(domain, suffixes, NO_ZONES);
      if (name.kind !== 'domain') return `no domain that can be registered: ${JSON.stringify(domain)}`;
      taken++;
      if (!domain.includes('xn--')) trainer.add(name);
      return undefined;
    },
    options,
  );
  if (taken === 0) {
    throw new DataSetError(`${input.source}: ${noRows(read, 'list of names', '"www.example.com"')}`);
  }
  const trained = trainer.finish();
  if (typeof trained === 'string') throw new DataSetError(`${input.source}: ${trained}`);
  writeFileSync(join(folder, MODEL_FILES[set]), trained.content);
  return sealStaging(set, folder, {
    format: 1,
    made: new Date(now).toISOString(),
    source: input.source,
    sha256: read.sha256,
    rows: trained.names,
    bad_rows: read.bad.count,
  });
}

/** Takes a model that was trained elsewhere. Throws {@link DataSetError} when the bytes are none. */
export function takeModel(
  set: ModelSet,
  { source, content }: { readonly source: string; readonly content: Buffer },
  { folder, now }: { readonly folder: string; readonly now: number },
): Staged {
  writeFileSync(join(folder, MODEL_FILES[set]), content);
  let rows;
  try {
    rows = namesOf[set](folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataSetError(`${set}: ${source}: ${reason}. The live data stays.`, { cause });
  }
  const sha256 = createHash('sha256').update(content).digest('hex');
  return sealStaging(set, folder, { format: 1, made: new Date(now).toISOString(), source, sha256, rows });
}

const TRAINERS: Readonly<Record<ModelSet, () => Trainer>> = {
  entropy: charactersTrainer,
  frequency: pairsTrainer,
  randomness: trigramsTrainer,
};

const ONLY_ENCODINGS = 'has internationalised names only, which are encodings and not spellings.';

/** As fqdn_parser's author made the published tables: registered labels, and hosts without their dots. */
function charactersTrainer(): Trainer {
  const labels = new Set<string>();
  const hosts = new Set<string>();
  return {
    add(name) {
      const { domain, fqdn } = measuredText(hostOf(name));
      labels.add(domain);
      hosts.add(fqdn);
    },
    finish() {
      if (labels.size === 0) return ONLY_ENCODINGS;
      const tables = { domain: characterTableOf(labels), fqdn: characterTableOf(hosts) };
      return { names: hosts.size, content: JSON.stringify({ names: hosts.size, ...tables } satisfies CharactersFile) };
    },
  };
}

/** Of what is scored: registered domains with their suffix. */
function pairsTrainer(): Trainer {
  const domains = new Set<string>();
  return {
    add: ({ domain }) => void domains.add(domain),
    finish() {
      const names = domains.size;
      if (names === 0) return ONLY_ENCODINGS;
      return { names, content: JSON.stringify({ names, counts: countPairs(domains) } satisfies PairsFile) };
    },
  };
}

function trigramsTrainer(): Trainer {
  const labels = new Set<string>();
  return {
    add: (name) => void labels.add(registeredLabel(name)),
    finish() {
      const model = trainTrigramModel(labels);
      if (model !== undefined) return { names: model.labels, content: encodeTrigramModel(model) };
      return `has ${String(labels.size)} different registered labels; at least ${String(LEAST_LABELS)} are needed.`;
    },
  };
}
