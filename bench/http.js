// CPU time of one warm request, and of one name in a batch of 100, against a bare node:http server with one LMDB get.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { anonymousMegabytes, cpuSeconds, limit, row, startProgram } from './measure.js';

const NAMES = 10_000;
const BATCH = 100;
const CONNECTIONS = 16;
const SECONDS = 3;
const REPETITIONS = 5;
/** Strides through the names so that neighbours in the list are not neighbours in time. */
const STRIDE = 7919;
const nameOf = (index) => `name-${(index * STRIDE) % NAMES}.com`;

const singles = Array.from({ length: NAMES }, (_, i) => ({ method: 'GET', path: `/v1/domains/${nameOf(i)}` }));
const batchesOf = (name) =>
  Array.from({ length: NAMES / BATCH }, (_, b) => ({
    method: 'POST',
    path: '/v1/domains',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: BATCH }, (_, i) => ({ name: name(b * BATCH + i) }))),
  }));

/** Drives a server and returns its CPU microseconds for each request. */
async function cpuPerRequest(server, requests, seconds = SECONDS) {
  const before = cpuSeconds(server.pid);
  const result = await autocannon({ url: server.origin, connections: CONNECTIONS, duration: seconds, requests });
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} refusals`);
  return ((cpuSeconds(server.pid) - before) * 1e6) / result.requests.total;
}

export async function httpBenchmark() {
  const folder = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const bare = await startProgram('./bare-server.js', [String(NAMES)]);
  const ours = await startProgram('../bin/domain-stats.js', [
    'serve',
    '--no-lookups',
    '--port',
    '0',
    '--data',
    folder,
    '--log-level',
    'error',
  ]);
  try {
    let fresh = 0;
    const repeated = batchesOf(nameOf);
    await cpuPerRequest(bare, singles, 2);
    await cpuPerRequest(ours, repeated, 2);
    await cpuPerRequest(ours, singles, 2);
    const figures = { bare: [], single: [], repeated: [], fresh: [] };
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      figures.bare.push(await cpuPerRequest(bare, singles));
      figures.single.push(await cpuPerRequest(ours, singles));
      figures.repeated.push((await cpuPerRequest(ours, repeated)) / BATCH);
      // New names in every request: one function each, called when the request is sent.
      const freshNames = [{ ...repeated[0], setupRequest: (request) => ({ ...request, body: freshBody() }) }];
      figures.fresh.push((await cpuPerRequest(ours, freshNames)) / BATCH);
    }
    function freshBody() {
      return JSON.stringify(Array.from({ length: BATCH }, () => ({ name: `host-${fresh}.fresh-${fresh++}.com` })));
    }
    const against = { unit: 'CPU µs', other: figures.bare, otherName: 'bare node:http + one LMDB get' };
    console.table([
      row({ what: 'one warm request, whole answer', ours: figures.single, budget: 1.5, ...against }),
      row({ what: 'one repeated name in a batch of 100', ours: figures.repeated, ...against }),
      row({ what: 'one new name in a batch of 100', ours: figures.fresh, ...against }),
    ]);
    console.table([
      limit({ what: 'one repeated name in a batch of 100', unit: 'CPU µs', ours: figures.repeated, budget: 15 }),
      limit({ what: 'one new name in a batch of 100', unit: 'CPU µs', ours: figures.fresh, budget: 30 }),
    ]);
    console.log(
      `anonymous memory of the service: ${anonymousMegabytes(ours.pid).toFixed(0)} MB with ${fresh + NAMES} contacts`,
    );
  } finally {
    await Promise.all([bare.stop(), ours.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
