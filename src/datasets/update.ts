import { join } from 'node:path';
import type { TldTable } from '../core/tld-facts.ts';
import { readMeta } from '../stores/meta.ts';
import { buildRanks } from './build-ranks.ts';
import { buildSmall } from './build-small.ts';
import { refuseShrunken, requireKnownDomains } from './checks.ts';
import { download, shownUrl } from './download.ts';
import {
  DataSetError,
  dropStaging,
  EMBEDDED_SETS,
  INPUT_PREFIX,
  install,
  openStaging,
  RANKS_PREFIX,
  readAbout,
  type About,
  type EmbeddedSet,
  type Staged,
} from './generations.ts';
import { holdSuffixes, holdTlds } from './held-sets.ts';
import { wholeOf, unpackedInput } from './input.ts';
import type { Snapshot } from './snapshot.ts';

export const UPDATE_TARGETS = ['ranks', ...EMBEDDED_SETS] as const;
export type UpdateTarget = (typeof UPDATE_TARGETS)[number];

export interface UpdateOptions {
  readonly snapshot: Snapshot;
  readonly now: number;
  /** Where each set comes from; empty: not to be updated. */
  readonly urls: Readonly<Record<UpdateTarget, string>>;
  /** Name of the list that `urls.ranks` gives. */
  readonly rankList: string;
  readonly lookalikeTargets: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Take data although it is much smaller than the live one, or was rolled back. */
  readonly force: boolean;
}

/** What came of an update. In every case but `updated` what was live is live. */
export type Updated =
  | { readonly kind: 'updated'; readonly name: string; readonly about: About }
  | { readonly kind: 'unchanged'; readonly name: string; readonly why: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string };

/** Downloads, checks, builds and installs one data set. Throws only when the data directory fails. */
export async function update(data: string, target: UpdateTarget, options: UpdateOptions): Promise<Updated> {
  const name = target === 'ranks' ? RANKS_PREFIX + options.rankList : target;
  const url = options.urls[target];
  if (url === '') return { kind: 'failed', name, reason: `${target}_url is not set: there is nowhere to get it from.` };
  const meta = readMeta(data);
  const live = readAbout(data, name, meta.generations[name]);
  const isSameSource = live?.source === shownUrl(url);
  const folder = openStaging(data, name, options.now);
  const file = join(folder, `${INPUT_PREFIX}download`);
  try {
    const got = await download(url, {
      ...options,
      file,
      // An entity tag belongs to its address.
      etag: isSameSource ? live.etag : undefined,
      lastModified: isSameSource ? live.last_modified : undefined,
    });
    if (got.kind === 'failed') return { kind: 'failed', name, reason: `${got.reason}. The live data stays.` };
    if (got.kind === 'unchanged') return { kind: 'unchanged', name, why: 'the server has nothing newer' };
    const small = { spoolFolder: folder, shownAs: shownUrl(url), maxBytes: MAX_TEXT_BYTES };
    const origin = { ...got, source: shownUrl(url) };
    const staged =
      target === 'ranks'
        ? await buildList(data, file, folder, origin, options)
        : buildSmall(
            target,
            { ...origin, text: (await wholeOf(unpackedInput(file, small))).toString('utf8') },
            buildOptions(data, folder, options),
          );
    const { sha256, rows } = staged.about;
    if (sha256 === live?.sha256) return { kind: 'unchanged', name, why: 'it is what is live' };
    if (!options.force) {
      if (meta.rejected?.[name]?.includes(sha256) === true) {
        return { kind: 'unchanged', name, why: 'it is what was rolled back; give --force to take it all the same' };
      }
      refuseShrunken(name, rows, live?.rows ?? embeddedRows(name, options.snapshot));
    }
    await install(data, [staged], options.now);
    return { kind: 'updated', name, about: staged.about };
  } catch (error) {
    if (error instanceof DataSetError) return { kind: 'failed', name, reason: error.message };
    throw error;
  } finally {
    dropStaging(folder);
  }
}

interface Origin {
  readonly source: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

async function buildList(data: string, file: string, folder: string, origin: Origin, options: UpdateOptions) {
  const { snapshot, now, rankList: list, lookalikeTargets } = options;
  const modified = origin.lastModified === undefined ? NaN : Date.parse(origin.lastModified);
  const date = new Date(Number.isNaN(modified) ? now : modified).toISOString().slice(0, 10);
  const staged: Staged = await buildRanks(
    {
      ...origin,
      list,
      date: `${date}T00:00:00.000Z`,
      bytes: unpackedInput(file, { spoolFolder: folder, shownAs: origin.source }),
    },
    { folder, now, lookalikeTargets, suffixes: holdSuffixes(data, readMeta(data), snapshot) },
  );
  requireKnownDomains(staged);
  return staged;
}

/** Builds of small data sets are told the table that they replace. */
export function buildOptions(data: string, folder: string, { now, snapshot }: Pick<UpdateOptions, 'now' | 'snapshot'>) {
  return { folder, now, presentTlds: (): TldTable => holdTlds(data, readMeta(data), snapshot) };
}

/** The largest of these texts has 400 kB. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** Rows of the embedded data, for the comparison with what comes first. */
export function embeddedRows(name: string, snapshot: Snapshot): number {
  const count: Partial<Record<string, () => number>> = {
    psl: () => snapshot.suffixes().rules.size,
    tlds: () => snapshot.tlds().tlds.size,
    rdap: () => new Set(snapshot.rdapServices().services.flatMap(([labels]) => labels)).size,
  } satisfies Record<EmbeddedSet, () => number>;
  return count[name]?.() ?? 0;
}
