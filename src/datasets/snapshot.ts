import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lookalikeLetters, type LookalikeLetters, type LookalikeLettersFile } from '../core/ascii-form.ts';
import { pairTable, type PairCounts, type PairTable } from '../core/pair-frequency.ts';
import type { CharacterTables } from '../core/relative-entropy.ts';
import { readSuffixList, type SuffixList } from '../core/suffix-list.ts';
import { tldTable, type TldFile, type TldTable } from '../core/tld-facts.ts';

/** RDAP servers by TLD in the shape of IANA's bootstrap file (RFC 9224): labels, then base URLs. */
interface RdapServices {
  readonly services: readonly (readonly [labels: readonly string[], urls: readonly string[]])[];
}

/** IANA's bootstrap file. */
export interface RdapBootstrap extends RdapServices {
  readonly publication: string;
}

/** Servers that exist but are not in the bootstrap, and the day of the list. */
export interface RdapOverrides extends RdapServices {
  readonly as_of: string;
}

/** WHOIS servers by TLD; of the two TLDs that have two, the first is to be asked first. */
export interface WhoisServers {
  readonly as_of: string;
  readonly servers: Readonly<Record<string, readonly string[]>>;
}

/** The data that comes with the program; each part is read when it is first asked for, and kept. */
export interface Snapshot {
  readonly suffixes: () => SuffixList;
  readonly tlds: () => TldTable;
  readonly characters: () => CharacterTables;
  readonly pairs: () => PairTable;
  readonly letters: () => LookalikeLetters;
  readonly rdapServices: () => RdapBootstrap;
  readonly rdapOverrides: () => RdapOverrides;
  readonly whoisServers: () => WhoisServers;
}

/** A data file that is missing or broken: the installation is. */
export class SnapshotError extends Error {
  override name = 'SnapshotError';
}

/** `data/` stands beside `src/` and beside `dist/`. */
const DATA = fileURLToPath(new URL('../../data/', import.meta.url));

/** Opens the embedded snapshot, or one of another folder (tests). Nothing is read yet. */
export function openSnapshot(folder: string = DATA): Snapshot {
  const part = <Part>(file: string, make: (bytes: Buffer) => Part) => once(() => readPart(folder, file, make));
  return {
    suffixes: part('public_suffix_list.dat', (bytes) => readSuffixList(bytes.toString('utf8'))),
    tlds: part('tlds.json', (bytes) => tldTable(parse(bytes) as TldFile)),
    characters: part('character-probabilities.json', (bytes) => parse(bytes) as CharacterTables),
    // Latin-1, as MarkBaggett/freq writes it.
    pairs: part('letter-pairs.freq', (bytes) => pairTable(JSON.parse(bytes.toString('latin1')) as PairCounts)),
    letters: part('lookalike-letters.json', (bytes) => lookalikeLetters(parse(bytes) as LookalikeLettersFile)),
    rdapServices: part('rdap-services.json', (bytes) => parse(bytes) as RdapBootstrap),
    rdapOverrides: part('rdap-overrides.json', (bytes) => parse(bytes) as RdapOverrides),
    whoisServers: part('whois-servers.json', (bytes) => parse(bytes) as WhoisServers),
  };
}

const parse = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'));

function readPart<Part>(folder: string, file: string, make: (bytes: Buffer) => Part): Part {
  try {
    return make(readFileSync(join(folder, file)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SnapshotError(`embedded data file ${file} cannot be used (${reason}): install again`, { cause });
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
