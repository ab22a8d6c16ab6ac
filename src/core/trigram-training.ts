import {
  bitsPerCharacter,
  CALIBRATED_LENGTHS,
  countTrigrams,
  trigramModel,
  type Calibration,
  type TrigramModel,
} from './trigram-model.ts';

/** With fewer labels than this the model would take whatever it has not seen for random. */
export const LEAST_LABELS = 1000;
/** Every fifth label is kept from the model that the curve is fitted to, at most so many. */
const HELD_OUT_EACH = 5;
const HELD_OUT_AT_MOST = 20_000;
/** A curve steeper than this is an accident of few labels. */
const STEEPEST = 6;

/** Alphabets of generated names that the curves are fitted against. */
const RANDOM_ALPHABETS = ['abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnopqrstuvwxyz0123456789', '0123456789abcdef'];

/**
 * Trains a model on the labels of ordinary domains, each taken once, A-labels and empty ones left out. Undefined when
 * they are too few. The same labels in the same order and the same seed give the same model.
 */
export function trainTrigramModel(labels: Iterable<string>, seed = 1): TrigramModel | undefined {
  const distinct = [...new Set(labels)].filter((label) => label !== '' && !label.startsWith('xn--'));
  if (distinct.length < LEAST_LABELS) return undefined;
  const heldOut = distinct.filter((_, i) => i % HELD_OUT_EACH === 0);
  const seen = distinct.filter((_, i) => i % HELD_OUT_EACH !== 0);
  const calibrations = calibrate(trigramModel(countTrigrams(seen), [], seen.length), heldOut, numbersFrom(seed));
  return trigramModel(countTrigrams(distinct), calibrations, distinct.length);
}

/** One curve for each class of lengths: short labels tell little, so theirs rises late and slowly. */
function calibrate(model: TrigramModel, heldOut: readonly string[], random: () => number): Calibration[] {
  const sample = heldOut.slice(0, HELD_OUT_AT_MOST);
  let former: Calibration = { midpoint: 5, slope: 2 };
  return CALIBRATED_LENGTHS.map((longest, i) => {
    const shortest = i === 0 ? 0 : (CALIBRATED_LENGTHS[i - 1] ?? 0);
    const ordinary = sample.filter(({ length }) => length > shortest && length <= longest);
    const generated = ordinary.map(({ length }, j) => randomLabel(length, RANDOM_ALPHABETS[j % 3] ?? '', random));
    former = ordinary.length < 20 ? former : fitted(scores(ordinary, model), scores(generated, model));
    return former;
  });
}

const scores = (labels: readonly string[], model: TrigramModel) =>
  labels.map((label) => bitsPerCharacter(label, model));

function randomLabel(length: number, alphabet: string, random: () => number): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}

/** Logistic regression of one variable by Newton's method; the ridge keeps it finite when the classes do not overlap. */
function fitted(ordinary: readonly number[], generated: readonly number[]): Calibration {
  const rows = [...ordinary.map((x) => [x, 0] as const), ...generated.map((x) => [x, 1] as const)];
  const mean = rows.reduce((sum, [x]) => sum + x, 0) / rows.length;
  const ridge = 1;
  let slope = 0;
  let level = 0;
  for (let round = 0; round < 30; round++) {
    let [gradientLevel, gradientSlope, levels, both, slopes] = [0, -ridge * slope, 1e-9, 0, ridge];
    for (const [score, generatedOne] of rows) {
      const x = score - mean;
      const p = 1 / (1 + Math.exp(-(level + slope * x)));
      const weight = p * (1 - p);
      gradientLevel += generatedOne - p;
      gradientSlope += (generatedOne - p) * x;
      levels += weight;
      both += weight * x;
      slopes += weight * x * x;
    }
    const determinant = levels * slopes - both * both;
    level += (slopes * gradientLevel - both * gradientSlope) / determinant;
    slope += (levels * gradientSlope - both * gradientLevel) / determinant;
  }
  const bounded = Math.min(Math.max(slope, 0.1), STEEPEST);
  return { midpoint: mean - level / Math.max(slope, 0.1), slope: bounded };
}

/** mulberry32: small, good enough to draw letters, the same everywhere. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
