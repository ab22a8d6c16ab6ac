import type { Alert, Frequency } from '../schema/answer.ts';

/** A letter-pair table as MarkBaggett/freq writes it: ignore case, ignored characters, rows of successors. */
export type PairCounts = readonly [
  ignoreCase: boolean,
  ignored: string,
  rows: readonly (readonly [first: string, successors: readonly (readonly [second: string, count: number])[]])[],
];

/** A letter-pair table ready for scoring: everything that depends on a pair alone, by ASCII code. */
export interface PairTable {
  /** Count of a pair, both cases together. */
  readonly pairs: Float64Array;
  /** Count of all pairs that begin with the character. */
  readonly firsts: Float64Array;
  /** The same without those whose second character is an ignored one. */
  readonly unignoredFirsts: Float64Array;
  readonly ignored: Uint8Array;
}

const ASCII = 128;
/** Stands for every character outside ASCII: no table has a row or a count of it. */
const OUTSIDE = '\0';

/** Makes a table ready for scoring. Cases are folded on both sides: the published table is built to be read so. */
export function pairTable([, ignored, rows]: PairCounts): PairTable {
  const pairs = new Float64Array(ASCII * ASCII);
  for (const [first, successors] of rows) {
    for (const [second, count] of successors) {
      for (const x of casesOf(first)) for (const y of casesOf(second)) add(pairs, x * ASCII + y, count);
    }
  }
  const isIgnored = new Uint8Array(ASCII);
  for (const character of ignored) isIgnored[character.charCodeAt(0)] = 1;
  const firsts = new Float64Array(ASCII);
  const unignoredFirsts = new Float64Array(ASCII);
  for (let x = 0; x < ASCII; x++) {
    for (let y = 0; y < ASCII; y++) {
      // Both cases of a letter hold the same count: one of them is counted.
      if (y >= UPPER_A && y <= UPPER_Z) continue;
      const count = pairs[x * ASCII + y] ?? 0;
      add(firsts, x, count);
      if (isIgnored[y] === 0) add(unignoredFirsts, x, count);
    }
  }
  return { pairs, firsts, unignoredFirsts, ignored: isIgnored };
}

/**
 * domain_stats' two scores, in percent, to four decimals: `average` is the mean probability of the pairs, `word` the
 * probability of all pairs together (which, as in the original, counts ignored characters as well). Pairs are taken
 * first at even positions, then at odd ones: the order shows in the last digit. Higher is more ordinary.
 */
export function frequencyScore(text: string, table: PairTable): Required<Frequency> {
  const characters = asciiOf(text);
  let kept = 0;
  let probabilities = 0;
  let pairs = 0;
  let firsts = 0;
  for (let parity = 0; parity < 2; parity++) {
    for (let i = parity; i + 1 < characters.length; i += 2) {
      const x = characters.charCodeAt(i);
      const y = characters.charCodeAt(i + 1);
      if (table.ignored[x] === 1 && table.ignored[y] === 1) continue;
      const count = table.pairs[x * ASCII + y] ?? 0;
      const unignored = table.unignoredFirsts[x] ?? 0;
      kept++;
      if (unignored !== 0) probabilities += count / unignored;
      pairs += count;
      firsts += table.firsts[x] ?? 0;
    }
  }
  return {
    average: kept === 0 ? 0 : toFourDecimals(100 * (probabilities / kept)),
    word: pairs === 0 || firsts === 0 ? 0 : toFourDecimals(100 * (pairs / firsts)),
  };
}

/** Scores below these are low; domain_stats' settings `freq_avg_alert` and `freq_word_alert`. */
export interface FrequencyLimits {
  readonly average: number;
  readonly word: number;
}

/** Both scores below their limits, or exactly one of them; measured on the rounded scores that the answer shows. */
export function frequencyAlert(score: Required<Frequency>, limits: FrequencyLimits): FrequencyAlert | undefined {
  const low = Number(score.average < limits.average) + Number(score.word < limits.word);
  return low === 2 ? 'LOW-FREQ-SCORES' : low === 1 ? 'SUSPECT-FREQ-SCORE' : undefined;
}

export type FrequencyAlert = Extract<Alert, 'LOW-FREQ-SCORES' | 'SUSPECT-FREQ-SCORE'>;

/** The characters that the published table ignores. */
const IGNORED = '\n\t~`!@#$%^&*()_+-';

/** Counts the pairs of texts, in the file format of the published table. */
export function countPairs(texts: Iterable<string>, ignored = IGNORED): PairCounts {
  const rows = new Map<string, Map<string, number>>();
  for (const text of texts) {
    const characters = Array.from(text);
    for (const [i, second] of characters.entries()) {
      const first = characters[i - 1];
      if (first === undefined) continue;
      const row = rows.get(first) ?? new Map<string, number>();
      row.set(second, (row.get(second) ?? 0) + 1);
      rows.set(first, row);
    }
  }
  return [true, ignored, [...rows].map(([first, row]) => [first, [...row]])];
}

const UPPER_A = 65;
const UPPER_Z = 90;
const CASE = 32;

/** The codes of a character's cases; none outside ASCII. */
function casesOf(character: string): readonly number[] {
  const code = character.charCodeAt(0);
  if (code >= ASCII || character.length !== 1) return [];
  const lower = code >= UPPER_A && code <= UPPER_Z ? code + CASE : code;
  return lower >= UPPER_A + CASE && lower <= UPPER_Z + CASE ? [lower, lower - CASE] : [code];
}

/** The text with one stand-in for each code point outside ASCII; nearly always the text itself. */
function asciiOf(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) >= ASCII) return text.replaceAll(/[^\0-\x7f]/gu, OUTSIDE);
  }
  return text;
}

function add(counts: Float64Array, index: number, count: number): void {
  counts[index] = (counts[index] ?? 0) + count;
}

/** Python's `round(x, 4)`: by the exact binary value, an exact tie to the even neighbour. */
function toFourDecimals(value: number): number {
  const scaled = value * 10_000;
  const fraction = scaled - Math.floor(scaled);
  // Away from the middle the product's own rounding error cannot matter.
  if (Math.abs(fraction - 0.5) > 1e-6) return Math.round(scaled) / 10_000;
  // 10⁻⁴/2 is 1/(2⁵·5⁴): a binary fraction is a tie only as an odd multiple of 1/32.
  if (Math.abs(value * 32) % 2 !== 1) return Number(value.toFixed(4));
  const below = Math.floor(scaled);
  return (below % 2 === 0 ? below : below + 1) / 10_000;
}
