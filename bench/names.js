// CPU time of reading a name, with its suffix by both sections of the list, against tldts (which cannot take another list
// at run time). Both with their own list, as they ship; the names are the same, and no name comes twice in a round.
import { parse } from 'tldts';
import { readName } from '../dist/core/name.js';
import { openSnapshot } from '../dist/datasets/snapshot.js';
import { row } from './measure.js';

const NAMES = 100_000;
const REPETITIONS = 7;
const NO_ZONES = new Set();

const suffixes = openSnapshot().suffixes();
const SUFFIXES = 'com com com net org de co.uk com.br io fr xyz github.io s3.amazonaws.com kawasaki.jp co.jp'.split(
  ' ',
);
const HOSTS = ['', 'www.', 'api-7.', 'cdn.img.', 'a1b2c3.edge.static.'];

/** Host names as logs have them: up to four labels below the domain, private suffixes and wildcard rules among them. */
const nameOf = (i) =>
  // Through bytes: a text that is put together of parts would be copied by whoever reads it first.
  Buffer.from(`${HOSTS[i % HOSTS.length]}name-${i.toString(36)}.${SUFFIXES[i % SUFFIXES.length]}`).toString('latin1');

const oneSection = { allowPrivateDomains: true };
const WAYS = {
  ours: (name) => readName(name, suffixes, NO_ZONES).domain,
  tldts: (name) => parse(name, oneSection).domain,
  // What an answer needs: the registered domain with the private section and without.
  tldtsTwice: (name) => parse(name, oneSection).domain + parse(name).domain,
};

export function namesBenchmark() {
  const names = Array.from({ length: NAMES }, (_, i) => nameOf(i));
  const figures = { ours: [], tldts: [], tldtsTwice: [] };
  // The first repetition is for the compiler.
  for (let repetition = -1; repetition < REPETITIONS; repetition++)
    for (const [way, read] of Object.entries(WAYS)) {
      const figure = measure(names, read);
      if (repetition >= 0) figures[way].push(figure);
    }
  const ours = { what: 'name read, and its suffix by both sections', unit: 'CPU ns a name', ours: figures.ours };
  console.table([
    row({ ...ours, other: figures.tldts, otherName: 'tldts, one section', budget: 2 }),
    row({ ...ours, other: figures.tldtsTwice, otherName: 'tldts, both sections' }),
  ]);
}

function measure(names, read) {
  const start = process.cpuUsage();
  let found = 0;
  for (const name of names) if (read(name)) found++;
  const { user, system } = process.cpuUsage(start);
  if (found !== names.length) throw new Error(`${names.length - found} names without a domain`);
  return ((user + system) * 1000) / names.length;
}
