import type { RankRow } from './rank-rows.ts';

/** Keeps the rows of best rank that it is given; memory is bounded by twice the limit. */
export function bestRows(limit: number) {
  let rows: RankRow[] = [];
  let worst = Infinity;
  const cut = () => {
    rows = rows.sort((a, b) => a.rank - b.rank).slice(0, limit);
    if (rows.length === limit) worst = rows.at(-1)?.rank ?? Infinity;
  };
  return {
    add(row: RankRow): void {
      if (row.rank >= worst) return;
      if (rows.push(row) >= 2 * limit) cut();
    },
    /** The best rows, best first. */
    take(): readonly RankRow[] {
      cut();
      return rows;
    },
  };
}
