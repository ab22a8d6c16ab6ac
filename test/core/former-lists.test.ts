import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formerKeys } from '../../src/core/former-keys.ts';
import { readName, type DomainName } from '../../src/core/name.ts';
import { formerLists, rebased, ruleDifference, type KeptList } from '../../src/core/suffix-difference.ts';
import { readSuffixListText, suffixListText } from '../../src/core/suffix-list-text.ts';
import { withPrivateRules, type SuffixList } from '../../src/core/suffix-list.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import { openSuffixHistory } from '../../src/stores/suffix-history.ts';
import { noZones, snapshot } from './embedded-data.ts';

const base = snapshot.suffixes();
const hosting = withPrivateRules(base, ['hosting.example.com']);
const keyIn = (list: SuffixList, name: string) => readName(name, list, noZones) as DomainName;
const noFault = (error: unknown) => {
  throw error;
};

describe('a compiled suffix list', () => {
  it('is the list', () => expect(readSuffixListText(suffixListText(base))).toEqual(base));
  it('is refused when it is cut off', () =>
    expect(() => readSuffixListText(suffixListText(base).slice(0, -9))).toThrow(/cut off/));
});

describe('former lists as differences', () => {
  const rules = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 1, max: 63 }));
  const map = (record: Record<string, number>) => new Map(Object.entries(record));

  it('give the rules of the former list, however often the current one changes', () => {
    fc.assert(
      fc.property(rules, rules, rules, (first, second, third) => {
        const moved = rebased(ruleDifference(map(first), map(second)), map(second), map(third));
        const [list] = formerLists([{ id: 1, version: '', difference: moved }], map(third)).lists;
        for (const rule of 'abcde') expect(list!.rules.get(rule)).toBe(first[rule]);
      }),
    );
  });

  it('ask no former list where no rule ever changed', () => {
    const asked: string[] = [];
    const kept: KeptList = { id: 1, version: '', difference: ruleDifference(base.rules, hosting.rules) };
    const { changed, lists } = formerLists([kept], hosting.rules);
    const spied = lists.map(({ id, rules }) => ({
      id,
      rules: {
        get: (rule: string) => {
          asked.push(rule);
          return rules.get(rule);
        },
      },
    }));
    expect(formerKeys(keyIn(hosting, 'www.example.org'), { changed, lists: spied })).toEqual([]);
    expect(asked).toEqual([]);
    expect(formerKeys(keyIn(hosting, 'www.hosting.example.com'), { changed, lists: spied })).toEqual([
      { domain: 'example.com', list: 1 },
    ]);
  });
});

describe('the history of suffix lists', () => {
  it('is kept in the store: all lists that were in use but the current one, newest first', async () => {
    const environment = openMemoryEnvironment();
    const again = () => openSuffixHistory(environment, noFault);
    const third = withPrivateRules(base, ['third.example.com']);
    const idsAfter = async (list: SuffixList) => {
      const { current, former } = again().use(list);
      expect(current).toBe(list);
      await new Promise(setImmediate);
      const stored = again().use(list).former;
      expect(stored.lists.map(({ id }) => id)).toEqual(former.lists.map(({ id }) => id));
      return former.lists.map(({ id }) => id);
    };
    expect(await idsAfter(base)).toEqual([]);
    expect(await idsAfter(base)).toEqual([]);
    expect(await idsAfter(hosting)).toEqual([base.id]);
    expect(await idsAfter(third)).toEqual([hosting.id, base.id]);
    // Rolled back.
    expect(await idsAfter(hosting)).toEqual([third.id, base.id]);
    const { former } = again().use(hosting);
    expect(formerKeys(keyIn(hosting, 'www.third.example.com'), former)).toEqual([
      { domain: 'www.third.example.com', list: third.id },
    ]);
  });
});
