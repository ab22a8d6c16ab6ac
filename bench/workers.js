// Requests a second and CPU time with two workers against one process, warm single requests and batches of new names.
// The load comes from this machine too: with few cores the second figure says more than the first.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { cpuOfTree, row, startProgram } from './measure.js';

const NAMES = 10_000;
const BATCH = 100;
const CONNECTIONS = 16;
const SECONDS = 3;
const REPETITIONS = 5;

const singles = Array.from({ length: NAMES }, (_, i) => ({ method: 'GET', path: `/v1/domains/name-${i}.com` }));
let fresh = 0;
const freshBody = () =>
  JSON.stringify(Array.from({ length: BATCH }, () => ({ name: `host-${fresh}.fresh-${fresh++}.com` })));
const freshBatch = {
  method: 'POST',
  path: '/v1/domains',
  headers: { 'content-type': 'application/json' },
  setupRequest: (request) => ({ ...request, body: freshBody() }),
};

/** Drives a server; returns requests a second and CPU microseconds for each of them, of all its processes. */
async function drive({ origin, pid }, requests, seconds = SECONDS) {
  const before = cpuOfTree(pid);
  const result = await autocannon({ url: origin, connections: CONNECTIONS, duration: seconds, requests });
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} refusals`);
  return {
    rate: result.requests.total / result.duration,
    cpu: ((cpuOfTree(pid) - before) * 1e6) / result.requests.total,
  };
}

export async function workersBenchmark() {
  const folder = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const serve = (workers) => {
    const flags = ['serve', '--no-lookups', '--port', '0', '--log-level', 'error', '--workers', String(workers)];
    return startProgram('../bin/domain-stats.js', [...flags, '--data', join(folder, String(workers))]);
  };
  const [one, two] = await Promise.all([serve(1), serve(2)]);
  try {
    for (const server of [one, two]) await drive(server, singles, 2);
    const figures = { single: { one: [], two: [] }, fresh: { one: [], two: [] } };
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      figures.single.one.push(await drive(one, singles));
      figures.single.two.push(await drive(two, singles));
      figures.fresh.one.push(await drive(one, [freshBatch]));
      figures.fresh.two.push(await drive(two, [freshBatch]));
    }
    const compare = (what, unit, { one, two }, value) =>
      row({ what, unit, ours: two.map(value), other: one.map(value), otherName: 'one process' });
    const rows = (unit, value) => [
      compare('warm request, 2 workers', unit, figures.single, value),
      compare(`batch of ${BATCH} new names, 2 workers`, unit, figures.fresh, value),
    ];
    console.table(rows('requests a second', ({ rate }) => rate));
    console.table(rows('CPU µs a request', ({ cpu }) => cpu));
  } finally {
    await Promise.all([one.stop(), two.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
