import { nameFacts } from './core/name-facts.ts';
import { readName } from './core/name.ts';
import { frequencyScore as scoreOf } from './core/pair-frequency.ts';
import { relativeEntropy as entropyOf, type CharacterTable, type CharacterTables } from './core/relative-entropy.ts';
import {
  tldRegistries as registriesOf,
  tldsByRegistry as tldsOf,
  tldTypes as typesOf,
  type Count,
  type TldFacts,
} from './core/tld-facts.ts';
import { openSnapshot } from './datasets/snapshot.ts';
import type { Frequency } from './schema/answer.ts';
import type { NameFacts } from './schema/name-facts.ts';

/** What the package tells without a data directory, by the data that came with it; each part is read when first asked for. */
const snapshot = openSnapshot();
const NO_ZONES: ReadonlySet<string> = new Set();

/** What a name alone tells. Never throws; an invalid name says why. */
export function parseName(name: string): NameFacts {
  const suffixes = snapshot.suffixes();
  return nameFacts(readName(name, suffixes, NO_ZONES), {
    suffixes,
    tlds: snapshot.tlds(),
    characters: snapshot.characters(),
    letters: snapshot.letters(),
  });
}

/** domain_stats' two letter-pair scores of a text, in percent, to four decimals; it scores lower-case registered domains. */
export const frequencyScore = (text: string): Required<Frequency> => scoreOf(text, snapshot.pairs());

/**
 * fqdn_parser's entropy of a text in bits, by its table of registered labels (`domain`), of whole hosts (`fqdn`), or one
 * of your own. Undefined when the table lacks a character.
 */
export const relativeEntropy = (text: string, table: keyof CharacterTables | CharacterTable): number | undefined =>
  entropyOf(text, typeof table === 'string' ? snapshot.characters()[table] : table);

/** Types of TLDs with how many there are of each, the most frequent first. */
export const tldTypes = (): Count[] => typesOf(snapshot.tlds());

/** Managers of TLDs with how many each has, the one with most first. */
export const tldRegistries = (): Count[] => registriesOf(snapshot.tlds());

/** TLDs of a manager, whose name is compared without regard to case. */
export const tldsByRegistry = (registry: string): TldFacts[] => tldsOf(snapshot.tlds(), registry);
