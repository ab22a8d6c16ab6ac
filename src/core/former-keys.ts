import type { DomainName } from './name.ts';
import { matchSuffix, type SuffixRules } from './suffix-list.ts';

/** The key that a former suffix list made of a name. */
export interface FormerDomain {
  readonly domain: string;
  readonly list: number;
}

/** A suffix list that was in use before, as far as it is needed to make its keys again. */
export interface FormerList {
  readonly id: number;
  readonly rules: SuffixRules;
}

/** All suffix lists that made keys before the current one, newest first. */
export interface FormerLists {
  readonly lists: readonly FormerList[];
  /** Rules that at least one of them has otherwise than the current list. */
  readonly changed: { has(rule: string): boolean };
}

/**
 * When the suffix list changes, the same name may get another key. These are the keys that former lists made of the
 * name, newest list first, so that a contact made then still counts. A contact that was made under another list than
 * the one named beside its key does not (`github.io` itself is no former key of its tenants).
 *
 * A key depends on the rules for the name and the names above it alone; where none of these ever changed, which is
 * nearly everywhere, no former list is asked.
 */
export function formerKeys(name: DomainName, { lists, changed }: FormerLists): FormerDomain[] {
  if (!isTouched(name.name, changed)) return [];
  const keys: FormerDomain[] = [];
  for (const list of lists) {
    const { start, icannStart } = matchSuffix(list.rules, name.name);
    if (icannStart === 0) continue;
    const domain = name.name.slice(start < 2 ? 0 : name.name.lastIndexOf('.', start - 2) + 1);
    if (domain !== name.domain) keys.push({ domain, list: list.id });
  }
  return keys;
}

function isTouched(name: string, changed: FormerLists['changed']): boolean {
  for (let start = 0; ;) {
    if (changed.has(start === 0 ? name : name.slice(start))) return true;
    const dot = name.indexOf('.', start);
    if (dot === -1) return false;
    start = dot + 1;
  }
}
