// CPU time of each source of facts of a name, in microseconds a name, on names not seen before. Needs `npm run build`.
// `node bench/sources.js [FILE]`: a rank list (rank,domain a line) gives the names; without one they are made up.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lookalikeIndex } from '../dist/core/lookalike.js';
import { registeredLabel } from '../dist/core/measured-text.js';
import { readName } from '../dist/core/name.js';
import { trainTrigramModel } from '../dist/core/trigram-training.js';
import { openSnapshot } from '../dist/datasets/snapshot.js';
import { namePartsOf, nameSources } from '../dist/sources/index.js';

const DEFAULT_LIST = new URL('../../shared/conformance/ranks/majestic_top15000.csv', import.meta.url);
const ROUNDS = 7;

const snapshot = openSnapshot();
const ranked = rankedDomains(process.argv[2] ?? fileURLToPath(DEFAULT_LIST));
const ranks = new Map(ranked.map(({ domain, rank }) => [domain, rank]));
const read = (text) => readName(text, snapshot.suffixes(), new Set());
const parsed = ranked.map(({ domain }) => read(domain)).filter(({ kind }) => kind === 'domain');
const data = {
  tlds: snapshot.tlds(),
  characters: snapshot.characters(),
  pairs: snapshot.pairs(),
  letters: snapshot.letters(),
  ranks: { name: 'bench', date: '2026-11-01T00:00:00.000Z', rankOf: (domain) => ranks.get(domain) },
  lookalikes: lookalikeIndex(ranked.slice(0, 1000), snapshot.suffixes()),
  randomness: trainTrigramModel(parsed.map(registeredLabel)),
};

// Hosts below the domains, as logs have them: every third name has one label more, every third two.
const hosts = parsed.map(({ name }, i) => `${['', 'www.', 'cdn-7.img.'][i % 3]}${name}`);
const names = hosts.map(read).filter(({ kind }) => kind === 'domain');
const international = ['xn--80ak6aa92e.com', 'xn--pypal-4ve.com', 'xn--bcher-kva.de', 'xn--d1abbgf6aiiy.xn--p1ai'].map(
  read,
);

console.log(`${String(names.length)} names; median of ${String(ROUNDS)} rounds\n`);
for (const [key, source] of Object.entries(nameSources))
  print(
    key,
    measure(names, (name) => source(name, data)),
  );
print(
  'all sources',
  measure(names, (name) => namePartsOf(name, data)),
);
print(
  'all, IDN',
  measure(
    Array.from({ length: 2000 }, (_, i) => international[i % 4]),
    (name) => namePartsOf(name, data),
  ),
);
print('name parse', measure(hosts, read));

/** Median over the rounds, the first being for the compiler. */
function measure(inputs, run) {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const start = process.cpuUsage();
    let parts = 0;
    for (const input of inputs) if (run(input) !== undefined) parts++;
    const { user, system } = process.cpuUsage(start);
    return (user + system) / inputs.length + parts * 0;
  });
  return rounds.slice(1).sort((a, b) => a - b)[ROUNDS >> 1];
}

function print(what, microseconds) {
  console.log(`${what.padEnd(14)}${microseconds.toFixed(2).padStart(8)} µs`);
}

function rankedDomains(file) {
  if (existsSync(file)) {
    return readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.split(','))
      .filter(([rank, domain]) => /^\d+$/.test(rank) && domain !== undefined)
      .map(([rank, domain]) => ({ rank: Number(rank), domain }));
  }
  console.log('no rank list at hand: names are made up');
  const syllables = [
    'ba',
    'ko',
    'ti',
    'ren',
    'mal',
    'su',
    'den',
    'vor',
    'la',
    'pi',
    'gen',
    'to',
    'mi',
    'ra',
    'nex',
    'lu',
  ];
  return Array.from({ length: 12_000 }, (_, i) => ({
    rank: i + 1,
    domain: `${[i, i >> 4, i >> 8, i >> 12].map((k) => syllables[k % 16]).join('')}.${['com', 'co.uk', 'de', 'org'][i % 4]}`,
  }));
}
