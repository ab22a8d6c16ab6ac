// Latency of requests for domains that nobody knows yet while a registry answers one query a second, against the same
// requests with look-ups off. Two servers, asked in turn, so that the machine's mood meets both.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSeconds, limit, median, startProgram } from './measure.js';

const NAMES = 10_000;
const SLICE = 500;
const IN_FLIGHT = 4;

/** Milliseconds of each of a slice of single requests for unknown domains. */
async function latencies(origin, start, count) {
  const times = [];
  let next = start;
  const ask = async () => {
    while (next < start + count) {
      const name = `www.unknown-${next++}.com`;
      const from = performance.now();
      const response = await fetch(`${origin}/v1/domains/${name}`);
      await response.arrayBuffer();
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, ask));
  return times;
}

const percentile = (times, share) => [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;

export async function lookUpBenchmark() {
  const asked = new Map();
  const registry = createServer((request, response) => {
    const domain = request.url.split('/').at(-1);
    asked.set(domain, (asked.get(domain) ?? 0) + 1);
    response.writeHead(200, { 'content-type': 'application/rdap+json' }).end(
      JSON.stringify({
        objectClassName: 'domain',
        ldhName: domain,
        events: [{ eventAction: 'registration', eventDate: '2001-01-01T00:00:00Z' }],
      }),
    );
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const serve = (name, ...args) =>
    startProgram('../bin/domain-stats.js', [
      'serve',
      '--port',
      '0',
      '--data',
      join(folder, name),
      '--log-level',
      'error',
      ...args,
    ]);
  const busy = await serve(
    'busy',
    ...['--rdap-servers', `com=http://127.0.0.1:${registry.address().port}/`, '--allow-private-addresses'],
  );
  const idle = await serve('idle', '--no-lookups');
  try {
    for (const server of [busy, idle]) await latencies(server.origin, NAMES, 1000);
    const ratios = { p50: [], p99: [] };
    const all = { busy: [], idle: [] };
    for (let start = 0; start < NAMES; start += SLICE) {
      const withLookups = await latencies(busy.origin, start, SLICE);
      const without = await latencies(idle.origin, start, SLICE);
      all.busy.push(...withLookups);
      all.idle.push(...without);
      ratios.p50.push(percentile(withLookups, 0.5) / percentile(without, 0.5));
      ratios.p99.push(percentile(withLookups, 0.99) / percentile(without, 0.99));
    }
    console.table(
      ['p50', 'p99'].map((name) => {
        const share = name === 'p50' ? 0.5 : 0.99;
        const ratio = median(ratios[name]);
        return {
          what: `${name} of ${NAMES} unknown domains, registry at 1 a second`,
          'ours, ms': percentile(all.busy, share).toFixed(2),
          other: `look-ups off: ${percentile(all.idle, share).toFixed(2)}`,
          ratio: ratio.toFixed(2),
          budget: name === 'p99' ? '≤ 1.5' : '',
          met: name === 'p99' ? (ratio <= 1.5 ? 'yes' : 'NO') : '',
        };
      }),
    );
    const queries = [...asked.values()];
    console.table([
      limit({ what: 'queries for one domain', unit: 'number', ours: queries, budget: 1, everyOne: true }),
    ]);
    console.log(
      `the registry was asked for ${asked.size} domains meanwhile; CPU of the service ${cpuSeconds(busy.pid).toFixed(1)} s, ` +
        `without look-ups ${cpuSeconds(idle.pid).toFixed(1)} s`,
    );
  } finally {
    await Promise.all([busy.stop(), idle.stop()]);
    registry.closeAllConnections();
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
