// `npm run bench [-- NAME …]`: ratios of two things measured in one run. Absolute figures are this machine's, this hour's.
import { loadavg } from 'node:os';
import { httpBenchmark } from './http.js';
import { lookUpBenchmark } from './look-ups.js';
import { memoryBenchmark } from './memory.js';
import { namesBenchmark } from './names.js';
import { peersBenchmark } from './peers.js';
import { proxyBenchmark } from './proxy.js';
import { ranksBenchmark } from './ranks.js';
import { scaleBenchmark } from './scale.js';
import { workersBenchmark } from './workers.js';

const BENCHMARKS = {
  http: httpBenchmark,
  'look-ups': lookUpBenchmark,
  memory: memoryBenchmark,
  names: namesBenchmark,
  peers: peersBenchmark,
  proxy: proxyBenchmark,
  ranks: ranksBenchmark,
  scale: scaleBenchmark,
  workers: workersBenchmark,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}
console.log(
  `load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
for (const name of asked.length > 0 ? asked : Object.keys(BENCHMARKS)) {
  console.log(`\n== ${name}`);
  await BENCHMARKS[name]();
}
