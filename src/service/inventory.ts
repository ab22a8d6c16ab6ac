import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RdapBootstrap, Snapshot } from '../datasets/snapshot.ts';
import type { SuffixList } from '../core/suffix-list.ts';
import type { RankList } from '../core/rank-list.ts';

/** How much a store holds. */
export interface StoreSize {
  readonly store: string;
  readonly entries: number;
  /** Of its file; LMDB reuses what is freed, so a file never shrinks. */
  readonly bytes: number;
}

/** A data set that answers, and of which day it is. */
export interface DataDate {
  readonly name: string;
  readonly version: string;
  /** Milliseconds since the epoch; absent when the data does not say. */
  readonly date?: number;
}

/** Counts of the tables in the environment of a folder below the data directory. */
export interface StoreTables {
  readonly folder: string;
  readonly tables: Readonly<Record<string, { count(): number }>>;
}

/** Sizes of the stores; the bytes stand with the first table of each environment. */
export function storeSizes(data: string, stores: readonly StoreTables[]): StoreSize[] {
  return stores.flatMap(({ folder, tables }) =>
    Object.entries(tables).map(([store, table], index) => ({
      store,
      entries: table.count(),
      bytes: index === 0 ? bytesOf(join(data, folder, 'data.mdb')) : 0,
    })),
  );
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The data sets that answer; one that the installation has not learnt yet is not among them. */
export function dataDates(
  suffixes: SuffixList,
  rdap: RdapBootstrap,
  snapshot: Snapshot,
  ranks: RankList | undefined,
): DataDate[] {
  return [
    dated('suffixes', suffixes.version),
    dated('rdap', rdap.publication),
    dated('whois', snapshot.whoisServers().as_of),
    ...(ranks === undefined
      ? []
      : [dated('ranks', ranks.date === undefined ? ranks.name : `${ranks.name} ${ranks.date}`)]),
  ];
}

/** `2026-10-22_08-36-41_UTC`, `2026-10-22T08:36:41Z`, `2026-10-22`, also behind a name. */
const DATE = /(\d{4}-\d\d-\d\d)(?:[T_](\d\d)[:-](\d\d)(?:[:-](\d\d))?)?/;

function dated(name: string, version: string): DataDate {
  const [, day, hour = '00', minute = '00', second = '00'] = DATE.exec(version) ?? [];
  const date = day === undefined ? NaN : Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return { name, version, ...(Number.isNaN(date) ? {} : { date }) };
}
