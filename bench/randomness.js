// How well each measure of a name tells machine-made labels from ordinary ones: area under the ROC curve (1 = always,
// 0.5 = chance) for each set of made-up labels, on ordinary labels that the model has not seen. Needs `npm run build`
// and a rank list: `node bench/randomness.js [FILE]`, one `rank,domain` or domain a line.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { registeredLabel } from '../dist/core/measured-text.js';
import { readName } from '../dist/core/name.js';
import { frequencyScore } from '../dist/core/pair-frequency.js';
import { relativeEntropy } from '../dist/core/relative-entropy.js';
import { bitsPerCharacter, randomness } from '../dist/core/trigram-model.js';
import { trainTrigramModel } from '../dist/core/trigram-training.js';
import { openSnapshot } from '../dist/datasets/snapshot.js';

const DEFAULT_LIST = new URL('../../shared/conformance/ranks/majestic_top15000.csv', import.meta.url);
const file = process.argv[2] ?? fileURLToPath(DEFAULT_LIST);
if (!existsSync(file)) {
  console.log('no rank list at hand: name one (rank,domain a line); without names to train on nothing is measured');
  process.exit(0);
}

const snapshot = openSnapshot();
const labels = [...new Set(readFileSync(file, 'utf8').split(/\r?\n/).flatMap(labelOf))];
const model = trainTrigramModel(labels.filter((_, i) => i % 2 === 0));
if (model === undefined) {
  console.log(`${String(labels.length)} labels are too few to train a model`);
  process.exit(1);
}
const unseen = labels.filter((label, i) => i % 2 === 1 && label.length >= 6 && label.length <= 24);

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const draw = numbersFrom(7);
const pick = (alphabet) => alphabet.charAt(Math.floor(draw() * alphabet.length));
const fromAlphabet = (alphabet) => (label) => Array.from(label, () => pick(alphabet)).join('');
const pooled = unseen.join('');

/** Made-up labels of the same lengths as the ordinary ones. */
const MADE_UP = {
  'a–z': fromAlphabet(LETTERS),
  'a–z0–9': fromAlphabet(`${LETTERS}0123456789`),
  hex: fromAlphabet('0123456789abcdef'),
  'consonant-vowel': (label) =>
    Array.from(label, (_, i) => pick(i % 2 === 0 ? 'bcdfghjklmnpqrstvwxz' : 'aeiouy')).join(''),
  'unigram-matched': fromAlphabet(pooled),
};

/** Each measure so that higher is stranger. */
const MEASURES = {
  'freq average': (label) => -frequencyScore(label, snapshot.pairs()).average,
  'freq word': (label) => -frequencyScore(label, snapshot.pairs()).word,
  'relative entropy': (label) => relativeEntropy(label, snapshot.characters().domain) ?? 0,
  'Shannon entropy': shannonEntropy,
  'trigram bits': (label) => bitsPerCharacter(label, model),
  randomness: (label) => randomness(label, model) ?? 0,
};

console.log(
  `${String(labels.length)} labels; trained on half of them, measured on ${String(unseen.length)} of the other half\n`,
);
const sets = Object.entries(MADE_UP).map(([name, make]) => [name, unseen.map(make)]);
console.log(['AUC'.padEnd(18), ...sets.map(([name]) => name.padStart(16))].join(''));
for (const [name, measure] of Object.entries(MEASURES)) {
  const ordinary = unseen.map(measure);
  const areas = sets.map(([, madeUp]) => area(ordinary, madeUp.map(measure)).toFixed(3).padStart(16));
  console.log([name.padEnd(18), ...areas].join(''));
}
console.log('\nshare called random');
for (const least of [0.5, 0.8, 0.9, 0.95]) {
  const share = (names) => {
    const called = names.filter((label) => (randomness(label, model) ?? 0) >= least).length;
    return `${((100 * called) / names.length).toFixed(1)} %`.padStart(16);
  };
  console.log(
    [`≥ ${String(least)}`.padEnd(18), ...sets.map(([, names]) => share(names)), '  ordinary:', share(unseen)].join(''),
  );
}

function labelOf(line) {
  const name = readName(line.split(',').at(-1) ?? '', snapshot.suffixes(), new Set());
  if (name.kind !== 'domain' || name.isSuffix || !name.listed) return [];
  const label = registeredLabel(name);
  return label.startsWith('xn--') ? [] : [label];
}

function shannonEntropy(label) {
  const counts = new Map();
  for (const character of label) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / label.length) * Math.log2(count / label.length), 0);
}

/** Mann–Whitney: the share of pairs in which the made-up label scores higher, ties half. */
function area(ordinary, madeUp) {
  const rows = [...ordinary.map((score) => [score, 0]), ...madeUp.map((score) => [score, 1])].sort(([a], [b]) => a - b);
  let ranks = 0;
  for (let i = 0; i < rows.length;) {
    let end = i;
    while (end < rows.length && rows[end][0] === rows[i][0]) end++;
    for (let k = i; k < end; k++) if (rows[k][1] === 1) ranks += (i + end + 1) / 2;
    i = end;
  }
  return (ranks - (madeUp.length * (madeUp.length + 1)) / 2) / (ordinary.length * madeUp.length);
}

function numbersFrom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
