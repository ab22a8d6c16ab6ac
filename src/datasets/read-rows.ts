import { createHash } from 'node:crypto';
import { rankRowReader, type RankRow } from '../core/rank-rows.ts';
import { DataSetError } from './generations.ts';
import { forEachLine } from './input.ts';

/** Told of a list while it is read. */
export interface RowReports {
  /** Told of the first bad rows; the rest are only counted. */
  readonly onBadRow?: (line: number, error: string) => void;
  readonly onRows?: (count: number) => void;
}

/** What became of a list's lines. */
export interface RowsRead {
  readonly lines: number;
  readonly bad: { readonly count: number; readonly first: string };
  /** Of the list as it came, unpacked. */
  readonly sha256: string;
}

/** Bad rows that are named one by one. */
const NAMED_BAD_ROWS = 10;
/** Rows that are kept in memory, about 100 bytes each; lists have a million. */
const MAX_ROWS = 10_000_000;
const ROWS_PER_REPORT = 10_000;

/**
 * Reads a list of domains: ranks, or plain names one a line. `take` may refuse a row and say why; such rows and those
 * that cannot be read are counted and named and never stop the work. Throws {@link DataSetError} when there are more
 * rows than fit into memory.
 */
export async function readRows(
  { bytes, source }: { readonly bytes: AsyncIterable<Buffer>; readonly source: string },
  take: (row: RankRow) => string | undefined,
  { onBadRow, onRows }: RowReports,
): Promise<RowsRead> {
  const reader = rankRowReader();
  const hash = createHash('sha256');
  const bad = { count: 0, first: '' };
  let lines = 0;
  let rows = 0;
  await forEachLine(hashed(bytes, hash), (line) => {
    lines++;
    const row = reader.read(line);
    if (row === undefined) return;
    const error = 'error' in row ? row.error : take(row);
    if (error !== undefined) {
      if (bad.count === 0) bad.first = error;
      if (++bad.count <= NAMED_BAD_ROWS) onBadRow?.(lines, error);
      return;
    }
    if (++rows > MAX_ROWS) {
      throw new DataSetError(`${source}: more than ${String(MAX_ROWS)} rows; take the first of them only.`);
    }
    if (rows % ROWS_PER_REPORT === 0) onRows?.(ROWS_PER_REPORT);
  });
  onRows?.(rows % ROWS_PER_REPORT);
  return { lines, bad, sha256: hash.digest('hex') };
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Why a list without a single row is refused; `kind` is what it should have been. */
export function noRows({ lines, bad }: RowsRead, kind: string, example: string): string {
  if (lines === 0) return `is empty; a ${kind} has rows such as ${example}.`;
  const first = bad.count === 0 ? '' : ` (the first: ${bad.first})`;
  return `none of its ${String(lines)} lines is a row such as ${example}${first}: this is no ${kind}.`;
}
