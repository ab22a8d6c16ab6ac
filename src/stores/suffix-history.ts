import { formerLists, rebased, ruleDifference, type KeptList } from '../core/suffix-difference.ts';
import type { FormerLists } from '../core/former-keys.ts';
import type { SuffixList } from '../core/suffix-list.ts';
import { readSuffixListText, suffixListText } from '../core/suffix-list-text.ts';
import type { Codec, Environment } from './table.ts';

/** Suffix lists in use: the current one, and all that made keys of contacts before. */
export interface SuffixLists {
  readonly current: SuffixList;
  readonly former: FormerLists;
}

/**
 * Remembers every suffix list that ever made keys, beside the contacts that have them, so that contacts made under a
 * former list still count after a restart, after an upgrade of the program with its embedded list, and in a restored
 * backup. The current list is kept whole and the former ones as what they have otherwise.
 */
export interface SuffixHistory {
  /** Takes a list into use; it is on record before this returns. */
  use(list: SuffixList): SuffixLists;
}

interface History {
  readonly current: SuffixList | undefined;
  readonly former: readonly KeptList[];
}

const CURRENT = 'current';
const FORMER = 'former';

/** `onFault` is told of a write that failed: then contacts made under the list may not be found under the next one. */
export function openSuffixHistory(environment: Environment, onFault: (error: unknown) => void): SuffixHistory {
  const texts = environment.table('suffix_lists', textCodec);

  const read = (): History => {
    const current = texts.get(CURRENT);
    return {
      current: current === undefined ? undefined : readSuffixListText(current),
      former: readKept(texts.get(FORMER) ?? '[]'),
    };
  };

  return {
    use(list) {
      const history = read();
      if (history.current?.id === list.id) return { current: list, former: formerLists(history.former, list.rules) };
      // Another process may have been faster: inside the transaction its list is seen, and kept.
      environment
        .write(() => {
          const latest = read();
          if (latest.current?.id === list.id) return;
          texts.put(FORMER, keptText(succeeded(latest, list)));
          texts.put(CURRENT, suffixListText(list));
        })
        .catch(onFault);
      return { current: list, former: formerLists(succeeded(history, list), list.rules) };
    },
  };
}

/** The former lists once `next` is current: the newest first, each list once. */
function succeeded({ current, former }: History, next: SuffixList): KeptList[] {
  if (current === undefined) return [];
  const step = ruleDifference(current.rules, next.rules);
  const moved = former
    .filter(({ id }) => id !== next.id && id !== current.id)
    .map((kept) => ({ ...kept, difference: rebased(kept.difference, current.rules, next.rules, step) }));
  return [{ id: current.id, version: current.version, difference: step }, ...moved];
}

const keptText = (kept: readonly KeptList[]): string =>
  JSON.stringify(kept.map(({ difference, ...list }) => ({ ...list, difference: [...difference] })));

const readKept = (text: string): KeptList[] =>
  (JSON.parse(text) as { id: number; version: string; difference: [string, number][] }[]).map((kept) => ({
    ...kept,
    difference: new Map(kept.difference),
  }));

const textCodec: Codec<string> = {
  version: 1,
  encode: (text) => Buffer.from(text),
  decode: (bytes) => bytes.toString('utf8'),
};
