// Cost of the bulk proxy: documents/s and p99 of bulk requests of 500 through it, against the same requests sent directly.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
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

function engineFolder() {
  const script = fileURLToPath(new URL('../scripts/install-engines.sh', import.meta.url));
  const { status, stdout, stderr } = spawnSync('bash', [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`no search engine: ${stderr.trim()}`);
  return /^opensearch (\S+)$/m.exec(stdout)[1];
}

async function startEngine(home) {
  const folder = engineFolder();
  const log = join(home, 'engine.log');
  const output = openSync(log, 'w');
  const flags = ['-Xms1g', '-Xmx1g', '-XX:+UseSerialGC', '-cp', join(folder, 'lib', '*'), 'OpenSearchNode', home];
  const child = spawn(join(folder, 'jdk', 'bin', 'java'), [...flags, 'http.port=0'], {
    stdio: ['ignore', output, output],
  });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const address = /^READY (\S+)$/m.exec(readFileSync(log, 'utf8'))?.[1];
    if (address !== undefined) return { url: `http://${address}`, stop: () => (child.kill(), once(child, 'close')) };
    if (child.exitCode !== null) throw new Error('the engine ended');
  }
}

async function startProxy(engine, data) {
  const program = fileURLToPath(new URL('../bin/domain-stats.js', import.meta.url));
  const flags = ['serve', '--port', '0', '--bulk-port', '0', '--no-lookups', '--log-level', 'error', '--data', data];
  const child = spawn(process.execPath, [program, ...flags, '--bulk-proxy', engine], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = /^bulk proxy on (\S+)$/.exec(line);
    if (ready !== null) return { url: ready[1], stop: () => (child.kill(), once(child, 'close')) };
  }
  throw new Error('the program ended before its proxy listened');
}

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

export async function proxyBenchmark() {
  const home = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const engine = await startEngine(join(home));
  const proxy = await startProxy(engine.url, join(home, 'data'));
  const batches = Array.from({ length: EVENTS / BATCH }, (_, b) =>
    Array.from({ length: BATCH }, (_, i) => `{"index":{}}\n${eventOf(b * BATCH + i)}\n`).join(''),
  );
  try {
    await run(engine.url, 'warm-a', batches.slice(0, 20));
    await run(proxy.url, 'warm-b', batches.slice(0, 20));
    const figures = { direct: [], proxied: [] };
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      figures.direct.push(await run(engine.url, `direct-${repetition}`, batches));
      figures.proxied.push(await run(proxy.url, `proxied-${repetition}`, batches));
      for (const index of ['direct', 'proxied'])
        await request(`${engine.url}/${index}-${repetition}`, { method: 'DELETE' });
    }
    const ratioOf = (ratio) => median(figures.direct.map((direct, i) => ratio(direct, figures.proxied[i]))).toFixed(2);
    const show = (list, key) => median(list.map((each) => each[key])).toFixed(0);
    console.table([
      {
        what: `documents/s, batches of ${BATCH}`,
        direct: show(figures.direct, 'perSecond'),
        proxied: show(figures.proxied, 'perSecond'),
        cost: ratioOf((direct, proxied) => direct.perSecond / proxied.perSecond),
        goal: '≤ 1.25',
      },
      {
        what: 'p99 of a request, ms',
        direct: show(figures.direct, 'p99'),
        proxied: show(figures.proxied, 'p99'),
        cost: ratioOf((direct, proxied) => proxied.p99 / direct.p99),
        goal: '',
      },
    ]);
  } finally {
    await proxy.stop();
    await engine.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
