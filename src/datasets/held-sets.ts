import type { SuffixList } from '../core/suffix-list.ts';
import type { TldTable } from '../core/tld-facts.ts';
import type { PairTable } from '../core/pair-frequency.ts';
import type { CharacterTables } from '../core/relative-entropy.ts';
import type { TrigramModel } from '../core/trigram-model.ts';
import type { Meta } from '../stores/meta.ts';
import { generationFolder, MODEL_SETS, RANKS_PREFIX } from './generations.ts';
import { readCharacters, readPairs, readTrainedModel } from './model-files.ts';
import { openRanks, readRdap, readSuffixes, readTlds, type OpenRanks } from './open-generation.ts';
import type { RdapBootstrap, Snapshot } from './snapshot.ts';

/** Stands for the data that came with the program, where else a generation's id stands. */
export const EMBEDDED = 'embedded';

/** A data set in memory, and which generation it is. */
export interface Held<Value> {
  readonly generation: string;
  readonly value: Value;
}

/** The data sets in memory, as one `meta.json` names them. */
export interface HeldSets {
  readonly suffixes: Held<SuffixList>;
  readonly tlds: Held<TldTable>;
  readonly rdap: Held<() => RdapBootstrap>;
  readonly entropy: Held<CharacterTables>;
  readonly frequency: Held<PairTable>;
  /** A model of the operator's own; without one the rank list's answers. */
  readonly randomness: Held<TrigramModel | undefined>;
  /** The rank list that answers use; absent when there is none. */
  readonly ranks: (Held<OpenRanks> & { readonly name: string }) | undefined;
  /** Data sets whose live generation is not the one in memory, and why. */
  readonly problems: ReadonlyMap<string, string>;
}

/**
 * Reads what is live and not held yet. A generation that cannot be read is a problem and not a fault: what is held, or
 * the embedded data, goes on answering.
 */
export function holdSets(
  data: string,
  { generations }: Meta,
  { snapshot, rankList }: { readonly snapshot: Snapshot; readonly rankList: string },
  present?: HeldSets,
): HeldSets {
  const problems = new Map<string, string>();

  function hold<Value>(
    name: string,
    held: Held<Value> | undefined,
    read: (folder: string) => Value,
    embedded: () => Value,
  ): Held<Value> {
    const generation = generations[name] ?? EMBEDDED;
    if (held?.generation === generation) return held;
    if (generation === EMBEDDED) return { generation, value: embedded() };
    try {
      return { generation, value: read(generationFolder(data, name, generation)) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const instead = held ?? { generation: EMBEDDED, value: embedded() };
      problems.set(name, `generation ${generation} cannot be used (${reason}); ${instead.generation} answers instead`);
      return instead;
    }
  }

  const name = preferredList(Object.keys(generations), rankList);
  if (rankList !== '' && generations[name] === undefined) {
    problems.set(name, `rank_list is ${rankList}, and no such list is imported`);
  }
  const ranks = hold<OpenRanks | undefined>(
    name,
    present?.ranks?.name === name ? present.ranks : undefined,
    openRanks,
    () => undefined,
  );
  return {
    suffixes: hold('psl', present?.suffixes, readSuffixes, snapshot.suffixes),
    tlds: hold('tlds', present?.tlds, readTlds, snapshot.tlds),
    rdap: hold(
      'rdap',
      present?.rdap,
      (folder) => {
        const services = readRdap(folder);
        return () => services;
      },
      () => snapshot.rdapServices,
    ),
    entropy: hold('entropy', present?.entropy, readCharacters, snapshot.characters),
    frequency: hold('frequency', present?.frequency, readPairs, snapshot.pairs),
    randomness: hold<TrigramModel | undefined>('randomness', present?.randomness, readTrainedModel, () => undefined),
    ranks: ranks.value === undefined ? undefined : { generation: ranks.generation, value: ranks.value, name },
    problems,
  };
}

/** The live suffix list alone, for builds; the embedded one when it cannot be read. */
export const holdSuffixes = (data: string, meta: Meta, snapshot: Snapshot): SuffixList =>
  holdOne(data, meta, 'psl', readSuffixes, snapshot.suffixes);

/** The live TLD facts alone. */
export const holdTlds = (data: string, meta: Meta, snapshot: Snapshot): TldTable =>
  holdOne(data, meta, 'tlds', readTlds, snapshot.tlds);

function holdOne<Value>(
  data: string,
  { generations }: Meta,
  name: string,
  read: (folder: string) => Value,
  embedded: () => Value,
): Value {
  const generation = generations[name];
  try {
    return generation === undefined ? embedded() : read(generationFolder(data, name, generation));
  } catch {
    return embedded();
  }
}

/** The list of the setting, else the first by name. */
export function preferredList(names: readonly string[], wanted: string): string {
  if (wanted !== '') return RANKS_PREFIX + wanted;
  return names.filter((name) => name.startsWith(RANKS_PREFIX)).sort()[0] ?? RANKS_PREFIX;
}

/** Names the generations that answer; of embedded data its own version. */
export function versionOf(held: HeldSets): string {
  const { suffixes, tlds, ranks } = held;
  const parts = [
    `psl:${suffixes.generation === EMBEDDED ? suffixes.value.version : suffixes.generation}`,
    `tlds:${tlds.generation === EMBEDDED ? tlds.value.asOf : tlds.generation}`,
  ];
  for (const name of ['rdap', ...MODEL_SETS] as const) {
    if (held[name].generation !== EMBEDDED) parts.push(`${name}:${held[name].generation}`);
  }
  if (ranks !== undefined) parts.push(`${ranks.name}:${ranks.generation}`);
  return parts.join(' ');
}
