import type { DomainName } from './name.ts';
import { matchSuffix, type SuffixList } from './suffix-list.ts';

/** The key that a former suffix list made of a name. */
export interface FormerDomain {
  readonly domain: string;
  readonly list: number;
}

/**
 * When the suffix list changes, the same name may get another key. These are the keys that former lists made of the
 * name, newest list first, so that a contact made then still counts. A contact that was made under another list than
 * the one named beside its key does not (`github.io` itself is no former key of its tenants).
 */
export function formerKeys(name: DomainName, formerLists: readonly SuffixList[]): FormerDomain[] {
  const keys: FormerDomain[] = [];
  for (const list of formerLists) {
    const { start, icannStart } = matchSuffix(list.rules, name.name);
    if (icannStart === 0) continue;
    const domain = name.name.slice(start < 2 ? 0 : name.name.lastIndexOf('.', start - 2) + 1);
    if (domain !== name.domain) keys.push({ domain, list: list.id });
  }
  return keys;
}
