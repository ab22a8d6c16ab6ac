import { nameFacts } from './core/name-facts.ts';
import { readName } from './core/name.ts';
import { openSnapshot } from './datasets/snapshot.ts';
import type { NameFacts } from './schema/name-facts.ts';

const snapshot = openSnapshot();
const NO_ZONES: ReadonlySet<string> = new Set();

/** What a name alone tells, by the embedded data. Never throws; an invalid name says why. */
export function parseName(name: string): NameFacts {
  const suffixes = snapshot.suffixes();
  return nameFacts(readName(name, suffixes, NO_ZONES), {
    suffixes,
    tlds: snapshot.tlds(),
    characters: snapshot.characters(),
    letters: snapshot.letters(),
  });
}
