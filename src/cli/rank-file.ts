import { nameToAscii } from '../core/idna.ts';
import type { RankList } from '../core/rank-list.ts';
import { inputLines } from './line-reader.ts';
import { UsageError } from './usage-error.ts';

/** A rank list read from a file into memory. */
export interface RankFile extends RankList {
  /** The best-ranked domains, best first. */
  best(count: number): string[];
}

const LINE = /^"?(\d{1,9})"?,"?([^",\s]+)"?/;

/** Reads lines of rank and domain; others (a heading) are passed over. Throws {@link UsageError} for a file without any. */
export async function readRankFile(file: string): Promise<RankFile> {
  const ranks = new Map<string, number>();
  for await (const { text } of inputLines([file], { read: 0, total: undefined })) {
    const [, rank, name] = LINE.exec(text.trim()) ?? [];
    if (rank === undefined || name === undefined) continue;
    const domain = nameToAscii(name);
    if (!ranks.has(domain)) ranks.set(domain, Number(rank));
  }
  if (ranks.size === 0)
    throw new UsageError(`${file}: there is no line with a rank and a domain, such as 1,example.com`);
  return {
    name: 'alexa',
    rankOf: (domain) => ranks.get(domain),
    best: (count) =>
      [...ranks]
        .sort(([, a], [, b]) => a - b)
        .slice(0, count)
        .map(([domain]) => domain),
  };
}
