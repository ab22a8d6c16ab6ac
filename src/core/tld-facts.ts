import { TLD_TYPES, type Suffix } from '../schema/answer.ts';
import { nameToUnicode } from './idna.ts';

export type TldType = NonNullable<Suffix['tld_type']>;

/** What is known of one top-level domain. */
export interface TldFacts {
  /** A-label. */
  readonly tld: string;
  /** The TLD in its own script, when it is internationalised. */
  readonly unicode?: string;
  readonly type: TldType;
  /** IANA's "TLD manager". */
  readonly registry?: string;
  /** The manager comes from an old list; IANA's page knows better. */
  readonly registryStale?: boolean;
  /** Day of delegation, `YYYY-MM-DD`. */
  readonly created?: string;
  /** Whether the TLD is in the root zone; false for retired, reserved and test names. */
  readonly delegated: boolean;
}

/** Facts of all TLDs, by A-label. */
export interface TldTable {
  /** Day of the data. */
  readonly asOf: string;
  /** Present when the managers are older than the rest. */
  readonly registriesAsOf?: string;
  readonly tlds: ReadonlyMap<string, TldFacts>;
}

/** The file format of the embedded snapshot and of the data set that `update tlds` makes. */
export interface TldFile {
  readonly as_of: string;
  /** Present when the managers are older than the rest. */
  readonly registries_as_of?: string;
  readonly tlds: Readonly<
    Record<
      string,
      { readonly type: string; readonly registry?: string; readonly created?: string; readonly delegated?: boolean }
    >
  >;
}

/** What keeps a text from being a table of TLDs. */
export class TldTableError extends Error {
  override name = 'TldTableError';
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(TLD_TYPES);

/** Makes a table of the file's content; rows of an unknown type are refused, for they would break the vocabulary. */
export function tldTable(file: TldFile): TldTable {
  const registriesAsOf = file.registries_as_of;
  const stale = registriesAsOf !== undefined;
  const tlds = new Map<string, TldFacts>();
  for (const [tld, { type, registry, created, delegated = true }] of Object.entries(file.tlds)) {
    if (!isTldType(type)) throw new TldTableError(`TLD ${tld} has the unknown type ${JSON.stringify(type)}`);
    tlds.set(tld, {
      tld,
      ...(tld.startsWith('xn--') ? { unicode: nameToUnicode(tld) } : {}),
      type,
      ...(registry === undefined ? {} : { registry }),
      ...(registry !== undefined && stale ? { registryStale: true } : {}),
      ...(created === undefined ? {} : { created }),
      delegated,
    });
  }
  return { asOf: file.as_of, ...(stale ? { registriesAsOf } : {}), tlds };
}

/** The same as a file; what `update tlds` stores. */
export function tldFile(table: TldTable): TldFile {
  const rows = [...table.tlds.values()].map(({ tld, type, registry, created, delegated }) => [
    tld,
    {
      type,
      ...(registry === undefined ? {} : { registry }),
      ...(created === undefined ? {} : { created }),
      ...(delegated ? {} : { delegated }),
    },
  ]);
  return {
    as_of: table.asOf,
    ...(table.registriesAsOf === undefined ? {} : { registries_as_of: table.registriesAsOf }),
    tlds: Object.fromEntries(rows) as TldFile['tlds'],
  };
}

export function isTldType(type: string): type is TldType {
  return KNOWN_TYPES.has(type);
}

/** A word with how many TLDs have it. */
export interface Count {
  readonly value: string;
  readonly count: number;
}

/** Types in use, the most frequent first; fqdn_parser's `tld_types(counts=True)`. */
export function tldTypes(table: TldTable): Count[] {
  return countsOf(table, ({ type }) => type);
}

/** Managers, the one with most TLDs first; fqdn_parser's `tld_registries(counts=True)`. */
export function tldRegistries(table: TldTable): Count[] {
  return countsOf(table, ({ registry }) => registry);
}

/** TLDs of one manager, whose name is compared without regard to case; fqdn_parser's `get_tlds_by_registry`. */
export function tldsByRegistry(table: TldTable, registry: string): TldFacts[] {
  const wanted = registry.toLowerCase();
  return [...table.tlds.values()].filter((facts) => facts.registry?.toLowerCase() === wanted);
}

function countsOf(table: TldTable, value: (facts: TldFacts) => string | undefined): Count[] {
  const counts = new Map<string, number>();
  for (const facts of table.tlds.values()) {
    const found = value(facts);
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return [...counts]
    .map(([word, count]) => ({ value: word, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
