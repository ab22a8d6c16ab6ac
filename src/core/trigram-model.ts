/**
 * A character trigram model of ordinary labels with Witten–Bell smoothing: how many bits it takes to tell a label,
 * character by character, to someone who knows what labels look like. Of the measures compared (`bench/randomness.js`)
 * it tells machine-made names from ordinary ones best.
 */
export interface TrigramModel {
  /** How often each third symbol followed two others; what is stored. */
  readonly counts: Uint32Array;
  /** Bits for each third symbol after two others; made of the counts. */
  readonly costs: Float32Array;
  /** One curve for each class of lengths ({@link CALIBRATED_LENGTHS}). */
  readonly calibrations: readonly Calibration[];
  /** How many labels it was trained on. */
  readonly labels: number;
}

/** The curve from bits per character to `randomness`; see {@link randomness}. */
export interface Calibration {
  /** Bits per character at which a label is as likely machine-made as not. */
  readonly midpoint: number;
  readonly slope: number;
}

/** Longest label of each class of lengths that has a curve of its own. */
export const CALIBRATED_LENGTHS: readonly number[] = [4, 6, 9, 14, Infinity];

/** Letters, digits and the hyphen, then what ends a label, what is none of them, and what stands before a label. */
const LETTERS = '-0123456789abcdefghijklmnopqrstuvwxyz';
const END = LETTERS.length;
const OTHER = END + 1;
const START = OTHER + 1;
/** Symbols that can be predicted (all but the start), and that can stand before. */
const PREDICTED = START;
const BEFORE = START + 1;

export const TRIGRAM_COUNT = BEFORE * BEFORE * PREDICTED;

/** Model of counts: every probability is worked out once, so that scoring is one table look-up a character. */
export function trigramModel(counts: Uint32Array, calibrations: readonly Calibration[], labels: number): TrigramModel {
  return { counts, costs: costsOf(counts), calibrations, labels };
}

/** Counts the trigrams of labels, each label once, with two start marks before and an end mark behind. */
export function countTrigrams(labels: Iterable<string>): Uint32Array {
  const counts = new Uint32Array(TRIGRAM_COUNT);
  for (const label of labels) {
    forEachTrigram(label, (trigram) => {
      counts[trigram] = (counts[trigram] ?? 0) + 1;
    });
  }
  return counts;
}

/** Bits per character of a label, its end counted as one: 0 or more, higher = stranger. */
export function bitsPerCharacter(label: string, { costs }: Pick<TrigramModel, 'costs'>): number {
  let bits = 0;
  let symbols = 0;
  forEachTrigram(label, (trigram) => {
    bits += costs[trigram] ?? 0;
    symbols++;
  });
  return bits / symbols;
}

/**
 * 0 (ordinary) to 1 (machine-made): a logistic curve of the bits per character. Its midpoint and slope are fitted at
 * training time, for each class of lengths, to ordinary labels that the model has not seen against random ones of the
 * same lengths: the value is the share of random labels among all with that score, were there as many of them as of
 * ordinary ones. For labels of one class it never falls as the bits rise. Undefined for the empty label and for
 * A-labels, which are encodings and not spellings.
 */
export function randomness(label: string, model: TrigramModel): number | undefined {
  if (label === '' || label.startsWith('xn--')) return undefined;
  const curve = model.calibrations[CALIBRATED_LENGTHS.findIndex((longest) => label.length <= longest)];
  if (curve === undefined) return undefined;
  return toThreeDecimals(1 / (1 + Math.exp(-curve.slope * (bitsPerCharacter(label, model) - curve.midpoint))));
}

/** More would pretend to a precision that the model has not. */
function toThreeDecimals(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function forEachTrigram(label: string, visit: (trigram: number) => void): void {
  let first = START;
  let second = START;
  for (let i = 0; i <= label.length; i++) {
    const third = i === label.length ? END : symbolOf(label.charCodeAt(i));
    visit((first * BEFORE + second) * PREDICTED + third);
    first = second;
    second = third;
  }
}

function symbolOf(code: number): number {
  return SYMBOLS[code] ?? OTHER;
}

const SYMBOLS = new Uint8Array(128).fill(OTHER);
for (let i = 0; i < LETTERS.length; i++) SYMBOLS[LETTERS.charCodeAt(i)] = i;

/**
 * Witten–Bell: `p_o(c|ctx) = (count(ctx c) + types(ctx) · p_(o-1)(c)) / (count(ctx) + types(ctx))`, where `types` is the
 * number of distinct successors; an unseen context passes on the lower order, and below order 0 all symbols are alike.
 * The counts of the lower orders are sums of the trigram counts.
 */
function costsOf(counts: Uint32Array): Float32Array {
  const pairCounts = new Float64Array(BEFORE * PREDICTED);
  const singleCounts = new Float64Array(PREDICTED);
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] ?? 0;
    const pair = i % (BEFORE * PREDICTED);
    pairCounts[pair] = (pairCounts[pair] ?? 0) + count;
    singleCounts[i % PREDICTED] = (singleCounts[i % PREDICTED] ?? 0) + count;
  }
  const alike = new Float64Array(PREDICTED).fill(1 / PREDICTED);
  const singles = smoothed(singleCounts, alike);
  const costs = new Float32Array(counts.length);
  for (let second = 0; second < BEFORE; second++) {
    const pairs = smoothed(pairCounts.subarray(second * PREDICTED, (second + 1) * PREDICTED), singles);
    for (let first = 0; first < BEFORE; first++) {
      const at = (first * BEFORE + second) * PREDICTED;
      const triples = smoothed(counts.subarray(at, at + PREDICTED), pairs);
      for (let third = 0; third < PREDICTED; third++) costs[at + third] = -Math.log2(triples[third] ?? 1);
    }
  }
  return costs;
}

function smoothed(counts: Float64Array | Uint32Array, lower: Float64Array): Float64Array {
  let total = 0;
  let types = 0;
  for (const count of counts) {
    total += count;
    if (count > 0) types++;
  }
  if (total === 0) return lower;
  return lower.map((probability, symbol) => ((counts[symbol] ?? 0) + types * probability) / (total + types));
}
