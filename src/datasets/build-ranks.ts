import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bestRows } from '../core/best-rows.ts';
import { registeredLabel } from '../core/measured-text.ts';
import { readName } from '../core/name.ts';
import type { RankRow } from '../core/rank-rows.ts';
import type { SuffixList } from '../core/suffix-list.ts';
import { encodeTrigramModel } from '../core/trigram-bytes.ts';
import { trainTrigramModel } from '../core/trigram-training.ts';
import { writeRankStore } from '../stores/rank-store.ts';
import { DataSetError, RANKS_PREFIX, sealStaging, type Staged } from './generations.ts';
import { BEST_FILE, bestText, MODEL_FILE, RANKS_FILE } from './rank-files.ts';
import { noRows, readRows, type RowReports } from './read-rows.ts';

/** What a rank list is built from. */
export interface RankSource {
  /** The list's own name, e.g. `umbrella`. */
  readonly list: string;
  /** The day of the list, an instant of ISO 8601. */
  readonly date?: string;
  /** For `about.json` and messages. */
  readonly source: string;
  readonly bytes: AsyncIterable<Buffer>;
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface RankBuildOptions extends RowReports {
  readonly folder: string;
  readonly now: number;
  /** Tells registered domains from hosts: the model is trained on the labels that owners chose. */
  readonly suffixes: SuffixList;
  /** So many of the best domains are kept for look-alikes. */
  readonly lookalikeTargets: number;
}

/** Kept for look-alikes at least, so that the setting may be raised without another import. */
const LEAST_TARGETS = 10_000;
/** The model is trained on the best-known domains; more gain nothing (scores of 15,000 names differ by thousandths). */
const TRAINING_ROWS = 100_000;

/**
 * Builds a generation of a rank list in a staging folder: domain → rank, the trigram model of its labels, the best
 * domains. Bad rows are counted and named and never stop it. Rows come in any order; of a domain that is there twice the
 * better rank counts. Throws {@link DataSetError} when there is no row at all, or more than fit into memory.
 */
export async function buildRanks(input: RankSource, options: RankBuildOptions): Promise<Staged> {
  const { folder, suffixes, lookalikeTargets } = options;
  const keyed = sorter();
  const best = bestRows(Math.max(TRAINING_ROWS, lookalikeTargets));
  const read = await readRows(
    input,
    (row) => {
      keyed.add(`${row.domain}\0${String(row.rank)}`);
      best.add(row);
      return undefined;
    },
    options,
  );
  if (keyed.size === 0) throw new DataSetError(`${input.source}: ${noRows(read, 'rank list', '"1,example.com"')}`);
  const rows = await writeRankStore(join(folder, RANKS_FILE), distinct(keyed.sorted()));
  const top = best.take();
  writeFileSync(join(folder, BEST_FILE), bestText(top.slice(0, Math.max(LEAST_TARGETS, lookalikeTargets))));
  const model = trainTrigramModel(labelsOf(top, suffixes));
  if (model !== undefined) writeFileSync(join(folder, MODEL_FILE), encodeTrigramModel(model));
  return sealStaging(`${RANKS_PREFIX}${input.list}`, folder, {
    format: 1,
    made: new Date(options.now).toISOString(),
    source: input.source,
    sha256: read.sha256,
    ...(input.date === undefined ? {} : { as_of: input.date }),
    rows,
    bad_rows: read.bad.count,
    ...(input.etag === undefined ? {} : { etag: input.etag }),
    ...(input.lastModified === undefined ? {} : { last_modified: input.lastModified }),
  });
}

/**
 * Sorts `domain\0rank` texts. Plain strings sort three times faster than pairs with a comparison, and in buckets by their
 * first two characters half as many comparisons are left; their order is that of the store.
 */
function sorter() {
  const buckets: (string[] | undefined)[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(text: string): void {
      size++;
      (buckets[text.charCodeAt(0) * 128 + text.charCodeAt(1)] ??= []).push(text);
    },
    /** Gives each bucket up once it has been walked. */
    *sorted(): Generator<string> {
      for (let i = 0; i < buckets.length; i++) {
        const bucket = buckets[i];
        buckets[i] = undefined;
        if (bucket !== undefined) yield* bucket.sort();
      }
    },
  };
}

/** Domain and rank of sorted `domain\0rank` texts; equal domains stand together. */
function* distinct(keyed: Iterable<string>): Generator<readonly [string, number]> {
  let domain = '';
  let rank = 0;
  for (const text of keyed) {
    if (domain !== '' && text.startsWith(domain) && text.charCodeAt(domain.length) === 0) {
      rank = Math.min(rank, Number(text.slice(domain.length + 1)));
      continue;
    }
    if (domain !== '') yield [domain, rank];
    const cut = text.indexOf('\0');
    domain = text.slice(0, cut);
    rank = Number(text.slice(cut + 1));
  }
  if (domain !== '') yield [domain, rank];
}

const NO_ZONES: ReadonlySet<string> = new Set();

function* labelsOf(rows: readonly RankRow[], suffixes: SuffixList): Generator<string> {
  for (const { domain } of rows) {
    const name = readName(domain, suffixes, NO_ZONES);
    if (name.kind === 'domain') yield registeredLabel(name);
  }
}
