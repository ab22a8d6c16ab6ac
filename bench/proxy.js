// Cost of the bulk proxy, bulk requests of 500 through it against two others in one run: the same requests sent directly,
// and the documents as the proxy writes them sent directly. The second is what the proxy itself costs; what is between
// the two is the engine's own work for the fields that the documents have gained.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { eventMapping } from '../dist/elastic/setup/mappings.js';
import { startEngine, startProxy } from './engine.js';
import { median } from './measure.js';

const EVENTS = Number(process.env.BENCH_PROXY_EVENTS ?? 50_000);
const BATCH = 500;
const CONNECTIONS = 2;
const REPETITIONS = 5;
const DOMAINS = 5000;

/** A flow of DNS events: some thousand domains, most of them seen again and again. */
const eventOf = (i) => {
  const domain = Math.floor(DOMAINS * (((i * 7919) % 10_007) / 10_007) ** 3);
  const time = new Date(Date.UTC(2026, 10, 1) + i * 100).toISOString();
  return JSON.stringify({
    '@timestamp': time,
    event: { id: `e${i}`, kind: 'event', category: ['network'], dataset: 'zeek.dns' },
    source: { ip: `10.0.${i % 250}.${(i * 7) % 250}`, port: 1024 + (i % 60_000) },
    destination: { ip: '10.0.0.53', port: 53 },
    dns: { question: { name: `host${i % 9}.site-${domain}.com`, type: 'A' }, response_code: 'NOERROR', id: i % 65_536 },
    observer: { hostname: 'sensor-1', type: 'ids' },
  });
};

/** Sends all batches; documents/s and the p99 of a request in milliseconds. */
async function run(url, index, batches) {
  const times = [];
  const waiting = [...batches];
  const started = performance.now();
  const sender = async () => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      const sent = performance.now();
      const reply = await request(`${url}/${index}/_bulk`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-ndjson' },
      });
      const { errors } = await reply.body.json();
      if (errors) throw new Error('a document was refused');
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  times.sort((a, b) => a - b);
  const perSecond = (batches.length * BATCH * 1000) / (performance.now() - started);
  return { perSecond, p99: times[Math.floor(times.length * 0.99)] };
}

async function send(url, method, body) {
  const headers = { 'content-type': 'application/json' };
  const reply = await request(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return reply.body.json();
}

/** The documents of an index as bulk requests, ids included. */
async function storedBatches(url, index) {
  await send(`${url}/${index}/_refresh`, 'POST');
  const batches = [];
  for (let after; ;) {
    const query = {
      size: BATCH,
      sort: [{ '@timestamp': 'asc' }],
      ...(after === undefined ? {} : { search_after: after }),
    };
    const { hits } = (await send(`${url}/${index}/_search`, 'POST', JSON.stringify(query))).hits;
    if (hits.length === 0) return batches;
    batches.push(hits.map(({ _id, _source }) => `{"index":{"_id":"${_id}"}}\n${JSON.stringify(_source)}\n`).join(''));
    after = hits.at(-1).sort;
  }
}

/** What a shipper's template does: texts are keywords. */
const KEYWORDS = { texts: { match_mapping_type: 'string', mapping: { type: 'keyword' } } };

export async function proxyBenchmark() {
  const home = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const engine = await startEngine(home);
  const proxy = await startProxy(engine.url, join(home, 'data'));
  const batches = Array.from({ length: EVENTS / BATCH }, (_, b) =>
    Array.from({ length: BATCH }, (_, i) => `{"index":{}}\n${eventOf(b * BATCH + i)}\n`).join(''),
  );
  try {
    const mappings = { ...eventMapping(), dynamic_templates: [KEYWORDS] };
    const template = JSON.stringify({ index_patterns: ['bench-*'], template: { mappings } });
    await send(`${engine.url}/_index_template/bench`, 'PUT', template);
    await run(proxy.url, 'bench-warm', batches);
    const enriched = await storedBatches(engine.url, 'bench-warm');
    await run(engine.url, 'bench-warm-direct', batches);
    const figures = { plain: [], enriched: [], proxied: [] };
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      figures.plain.push(await run(engine.url, 'bench-plain', batches));
      figures.enriched.push(await run(engine.url, 'bench-enriched', enriched));
      figures.proxied.push(await run(proxy.url, 'bench-proxied', batches));
      for (const kind of Object.keys(figures)) await send(`${engine.url}/bench-${kind}`, 'DELETE');
    }
    const show = (kind, key) => median(figures[kind].map((each) => each[key])).toFixed(0);
    const cost = (kind, ratio) => median(figures[kind].map((each, i) => ratio(each, figures.proxied[i]))).toFixed(2);
    const rows = [
      ['documents/s', 'perSecond', (direct, proxied) => direct.perSecond / proxied.perSecond],
      ['p99 of a request, ms', 'p99', (direct, proxied) => proxied.p99 / direct.p99],
    ];
    console.table(
      rows.map(([what, key, ratio]) => ({
        what: `${what}, batches of ${BATCH}`,
        'direct, plain': show('plain', key),
        'direct, enriched': show('enriched', key),
        proxied: show('proxied', key),
        'cost to plain': cost('plain', ratio),
        'cost to enriched': cost('enriched', ratio),
        goal: '≤ 1.25',
      })),
    );
  } finally {
    await proxy.stop();
    await engine.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
