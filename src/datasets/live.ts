import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lookalikeIndex, type LookalikeIndex } from '../core/lookalike.ts';
import type { PairTable } from '../core/pair-frequency.ts';
import type { RankList } from '../core/rank-list.ts';
import type { CharacterTables } from '../core/relative-entropy.ts';
import type { SuffixList } from '../core/suffix-list.ts';
import type { TldTable } from '../core/tld-facts.ts';
import type { TrigramModel } from '../core/trigram-model.ts';
import { readMeta, type Meta } from '../stores/meta.ts';
import { EMBEDDED_SETS, MODEL_SETS, RANKS_PREFIX, readAbout, type About } from './generations.ts';
import { EMBEDDED, holdSets, versionOf, type HeldSets } from './held-sets.ts';
import type { RdapBootstrap, Snapshot } from './snapshot.ts';

/** What answers are made of at one moment: one generation of each data set. */
export interface LiveSets {
  readonly suffixes: SuffixList;
  readonly tlds: TldTable;
  readonly rdapServices: () => RdapBootstrap;
  readonly characters: CharacterTables;
  readonly pairs: PairTable;
  readonly ranks?: RankList;
  readonly lookalikes?: LookalikeIndex;
  /** The operator's own model, else that of the rank list. */
  readonly randomness?: TrigramModel;
  /** Names every generation, for `data_version`. */
  readonly version: string;
}

/** A data set as an operator sees it. */
export interface DataSetStatus {
  readonly name: string;
  /** `embedded` when it came with the program. */
  readonly generation: string;
  /** Whether answers use it: of several rank lists one does. */
  readonly inUse: boolean;
  /** Absent for embedded data. */
  readonly about?: About;
  /** Why another generation than the live one answers. */
  readonly problem?: string;
}

/** The live generations of a data directory; swapped while the process runs. */
export interface LiveData {
  current(): LiveSets;
  status(): DataSetStatus[];
  /** Takes new generations into use now; else that happens within a second. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface LiveOptions {
  readonly snapshot: Snapshot;
  /** The preferred rank list; empty: the first by name. */
  readonly rankList: string;
  readonly lookalikeTargets: number;
  /** Called after a swap: what was made of the former generations is void. */
  readonly onSwap: (sets: LiveSets) => void;
  /** Told, once each, of generations that cannot be used. */
  readonly onProblem: (problem: string) => void;
}

const POLL_MS = 1000;

/**
 * Opens the live generations; data sets without one come from the embedded snapshot. `meta.json` is looked at once a
 * second: a poll misses no rename, as notifications of some file systems do. All new generations of one `meta.json`
 * are taken into use together, between two requests.
 */
export function openLiveData(data: string, options: LiveOptions): LiveData {
  let meta = readMeta(data);
  let held = holdSets(data, meta, options);
  let sets = setsOf(held, options.lookalikeTargets);
  let stamp = '';
  let isClosed = false;
  let running: Promise<void> | undefined;
  let unread = '';
  tellProblems(held.problems, new Map());
  const timer = setInterval(() => void refresh(), POLL_MS).unref();

  function tellProblems(problems: ReadonlyMap<string, string>, told: ReadonlyMap<string, string>): void {
    for (const [name, problem] of problems) if (told.get(name) !== problem) options.onProblem(`${name}: ${problem}`);
  }

  async function look(): Promise<void> {
    const { mtimeMs, ino, size } = await stat(join(data, 'meta.json'));
    const seen = [mtimeMs, ino, size].join(' ');
    if (seen === stamp || isClosed) return;
    const next = readMeta(data);
    stamp = seen;
    if (JSON.stringify(next.generations) === JSON.stringify(meta.generations)) return;
    swap(next);
  }

  function swap(next: Meta): void {
    const former = held;
    held = holdSets(data, next, options, former);
    meta = next;
    tellProblems(held.problems, former.problems);
    const version = sets.version;
    sets = setsOf(held, options.lookalikeTargets);
    if (sets.version !== version) options.onSwap(sets);
    // Reads are synchronous, so none of them is still under way.
    if (former.ranks !== undefined && former.ranks.value !== held.ranks?.value) void former.ranks.value.store.close();
  }

  function refresh(): Promise<void> {
    running ??= look()
      .then(() => void (unread = ''))
      .catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error);
        if (problem !== unread) options.onProblem(problem);
        unread = problem;
      })
      .finally(() => (running = undefined));
    return running;
  }

  return {
    current: () => sets,
    status: () => statusOf(data, meta, held),
    refresh,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await running;
      await held.ranks?.value.store.close();
    },
  };
}

/**
 * The same text, one byte for each character where it is ASCII. The version of a suffix list is cut out of a text that has
 * letters of the world in it, and keeps its two bytes; one such piece makes all of an answer a text of two bytes.
 */
const oneByteText = (text: string): string => Buffer.from(text).toString();

function setsOf(held: HeldSets, lookalikeTargets: number): LiveSets {
  const { suffixes, tlds, rdap, entropy, frequency, randomness, ranks } = held;
  const own = randomness.value;
  const always = {
    suffixes: suffixes.value,
    tlds: tlds.value,
    rdapServices: rdap.value,
    characters: entropy.value,
    pairs: frequency.value,
    version: oneByteText(versionOf(held)),
    ...(own === undefined ? {} : { randomness: own }),
  };
  if (ranks === undefined) return always;
  const { store, model, best, about } = ranks.value;
  return {
    ...always,
    ranks: {
      name: ranks.name.slice(RANKS_PREFIX.length),
      ...(about?.as_of === undefined ? {} : { date: about.as_of }),
      rankOf: store.rankOf,
    },
    lookalikes: lookalikeIndex(best(lookalikeTargets), suffixes.value),
    ...(own !== undefined || model === undefined ? {} : { randomness: model }),
  };
}

function statusOf(data: string, { generations }: Meta, held: HeldSets) {
  const { suffixes, tlds, rdap, ranks, problems } = held;
  const inMemory = new Map([
    ['psl', suffixes.generation],
    ['tlds', tlds.generation],
    ['rdap', rdap.generation],
    ...MODEL_SETS.map((name) => [name, held[name].generation] as const),
    ...(ranks === undefined ? [] : [[ranks.name, ranks.generation] as const]),
  ]);
  const names = new Set([...EMBEDDED_SETS, ...Object.keys(generations).sort(), ...problems.keys()]);
  return [...names].map((name): DataSetStatus => {
    const generation = inMemory.get(name) ?? generations[name] ?? 'none';
    const about = generation === EMBEDDED ? undefined : readAbout(data, name, generation);
    const problem = problems.get(name);
    return {
      name,
      generation,
      inUse: inMemory.has(name),
      ...(about === undefined ? {} : { about }),
      ...(problem === undefined ? {} : { problem }),
    };
  });
}
