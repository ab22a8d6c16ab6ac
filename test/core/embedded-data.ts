import { nameFacts, type NameFactsData } from '../../src/core/name-facts.ts';
import { readName, type DomainName } from '../../src/core/name.ts';
import { openSnapshot } from '../../src/datasets/snapshot.ts';
import type { NameFacts } from '../../src/schema/name-facts.ts';
import type { NameData, SourcedName } from '../../src/sources/name-source.ts';

/** The data that comes with the program, as the tests of scores and sources use it. */
export const snapshot = openSnapshot();

export const noZones: ReadonlySet<string> = new Set();

export const parsed = (name: string) => readName(name, snapshot.suffixes(), noZones);

/** A name that is known to have facts. */
export function sourced(name: string): SourcedName {
  const read = parsed(name);
  if (read.kind !== 'domain' && read.kind !== 'suffix') throw new Error(`${name} is ${read.kind}`);
  return read;
}

export function domain(name: string): DomainName {
  const read = parsed(name);
  if (read.kind !== 'domain') throw new Error(`${name} is ${read.kind}`);
  return read;
}

export const embeddedData = (): NameData & NameFactsData => ({
  suffixes: snapshot.suffixes(),
  tlds: snapshot.tlds(),
  characters: snapshot.characters(),
  letters: snapshot.letters(),
  pairs: snapshot.pairs(),
});

export const factsOf = (name: string): NameFacts => nameFacts(parsed(name), embeddedData());
