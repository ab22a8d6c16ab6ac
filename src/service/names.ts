import type { FinishedName } from '../core/answer-parts.ts';
import { readName, type ParsedName } from '../core/name.ts';
import { readZones } from '../core/special-use.ts';
import type { SuffixList } from '../core/suffix-list.ts';
import type { LiveSets } from '../datasets/live.ts';
import type { NameData } from '../sources/name-source.ts';
import type { Settings } from '../settings/table.ts';
import type { SuffixHistory, SuffixLists } from '../stores/suffix-history.ts';
import { boundedCache } from './bounded-cache.ts';
import { doorkeeper } from './doorkeeper.ts';
import { finishName } from './finish-name.ts';

/** What is told of a name alone, by the data sets that are live. */
export interface Names {
  /** Splits a name; nothing is kept. */
  readonly parse: (name: string) => ParsedName;
  /** Facts of a name, from the cache or the sources. */
  readonly finished: (name: string) => FinishedName;
  /** The suffix list that makes the keys of contacts, and the former ones. */
  readonly lists: () => SuffixLists;
  readonly data: () => NameData;
  /** Takes another suffix list into use; contacts made under former ones still count, also after a restart. */
  readonly use: (list: SuffixList) => void;
  /** Forgets what was made of former data sets. */
  readonly forget: () => void;
}

/** What {@link openNames} reads. */
export interface NameParts {
  /** The data sets that are live now. */
  readonly sets: () => LiveSets;
  readonly history: SuffixHistory;
  readonly letters: NameData['letters'];
  /** Stands in for what the data directory has. */
  readonly given: Partial<NameData> | undefined;
}

/** Longer texts are no names, and would only fill the cache. */
const MAX_CACHED_NAME = 512;
/** A name that comes again before four times as many others have come as the cache holds gets a place in it. */
const SLOTS_PER_NAME = 4;

/** Facts of names, kept until the data sets change. */
export function openNames(settings: Settings, { sets, history, letters, given }: NameParts): Names {
  const zones = readZones(settings.zones);
  const cache = boundedCache<FinishedName>(settings.nameCache);
  const isBack = doorkeeper(Math.max(1, settings.nameCache * SLOTS_PER_NAME));
  const limits = {
    average: settings.freqAvgAlert,
    word: settings.freqWordAlert,
    randomness: settings.randomnessAlert,
  };
  let lists = history.use(sets().suffixes);
  let madeOf: LiveSets | undefined;
  let data: NameData;

  const parse = (name: string) => readName(name, lists.current, zones);

  function currentData(): NameData {
    const current = sets();
    if (current !== madeOf) {
      madeOf = current;
      data = { ...current, letters, ...given };
    }
    return data;
  }

  return {
    parse,
    finished(name) {
      let finished = cache.get(name);
      if (finished === undefined) {
        finished = finishName(parse(name), currentData(), limits);
        if (name.length <= MAX_CACHED_NAME && isBack(name)) cache.set(name, finished);
      }
      return finished;
    },
    lists: () => lists,
    data: currentData,
    use(list) {
      lists = history.use(list);
      cache.clear();
    },
    forget: () => cache.clear(),
  };
}
