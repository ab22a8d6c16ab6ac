// The coefficients of docs/scale.md, each measured on real stores, processes and a real engine. CPU time is that of the
// kernel's account of a process (user and system), so that a busy machine disturbs it little.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { open } from 'lmdb';
import { request } from 'undici';
import { parseName } from '../dist/index.js';
import { contactKey, firstKey, openContactTables } from '../dist/stores/contact-tables.js';
import { openLmdbEnvironment } from '../dist/stores/lmdb-environment.js';
import { startProxy } from './engine.js';
import { cpuSeconds, startProgram } from './measure.js';

export const BATCH = 500;
const NAMES = Number(process.env.BENCH_SCALE_NAMES ?? 50_000);
/** Stays within the setting name_cache. */
const WARM_NAMES = 10_000;
const REPETITIONS = 3;
/** Claims that go in one request with known names, for what a request costs beside its claims. */
const FEW = 5;

/** A domain of 7 to 18 letters, in an order that is not that of the numbers. */
export function domainOf(i, series = '') {
  const mixed = (Math.imul(i + 1, 2_654_435_761) >>> 0).toString(36);
  return `${mixed}${'abcdefgh'.slice(0, i % 9)}${series}-${i.toString(36)}.com`;
}

const domains = (count, series) => Array.from({ length: count }, (_, i) => domainOf(i, series));

/** Bytes a contact at a size: on disk, and in the page cache after shares of the contacts have been asked at random. */
export async function storeBytes(folder, count) {
  mkdirSync(folder);
  const file = join(folder, 'data.mdb');
  const environment = openLmdbEnvironment(folder);
  const tables = openContactTables(environment);
  for (let from = 0; from < count; from += BATCH) {
    await environment.write(() => {
      for (let i = from; i < Math.min(from + BATCH, count); i++) {
        const [key, first] = [contactKey('default', domainOf(i)), 1.76e12 + i * 1000];
        tables.contacts.put(key, { first, last: first, count: 1, firstId: i + 1, list: 1 });
        tables.byFirst.put(firstKey(first, key), null);
      }
    });
  }
  await environment.flushed();
  await environment.close();
  const cached = (share) => {
    execFileSync('dd', ['of=' + file, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
    // Without the kernel's read-ahead, which fills what room there is: the pages that are needed.
    const root = open({ path: folder, encoding: 'binary', readOnly: true, noReadAhead: true });
    const contacts = root.openDB('contacts.v2', { encoding: 'binary' });
    if (contacts.getStats().entryCount !== count) throw new Error('the table of contacts has another name');
    for (let n = 0; n < count * share; n++) {
      contacts.getBinaryFast(contactKey('default', domainOf(Math.floor(Math.random() * count))));
      if (n % BATCH === 0) root.resetReadTxn();
    }
    const bytes = Number(execFileSync('fincore', ['-b', '-n', '-o', 'RES', file], { encoding: 'utf8' }));
    return root.close().then(() => bytes / count);
  };
  return {
    contacts: count,
    disk: (statSync(file).blocks * 512) / count,
    cached1: await cached(0.01),
    cached10: await cached(0.1),
    cachedAll: await cached(3),
  };
}

export const startInstance = (data, ...args) =>
  startProgram('../bin/domain-stats.js', [
    ...[
      'serve',
      '--no-lookups',
      '--port',
      '0',
      '--log-level',
      'error',
      '--contacts-wait',
      '1m',
      '--data',
      data,
      ...args,
    ],
  ]);

export const sharing = (engine) => ['--contacts', `opensearch://${new URL(engine.url).host}`];

let events = 0;

/** Asks names in one request, each as an event of its own; how many of them were told to be first contacts. */
export async function askNames(server, names) {
  const reply = await request(`${server.origin}/v1/domains`, {
    method: 'POST',
    body: JSON.stringify(names.map((name) => ({ name, at: '2026-11-01T00:00:00Z', id: `e${events++}` }))),
    headersTimeout: 0,
  });
  return (await reply.body.text()).split('"first_contact":true').length - 1;
}

async function askAll(server, names, size = BATCH) {
  for (let from = 0; from < names.length; from += size) await askNames(server, names.slice(from, from + size));
}

/** CPU microseconds of processes while something is done. */
async function cpuDuring(pids, work) {
  const before = pids.map(cpuSeconds);
  await work();
  return pids.map((pid, i) => (cpuSeconds(pid) - before[i]) * 1e6);
}

/** CPU of a single instance for one name: facts cached, contact known, contact new. */
async function instanceCpu(folder) {
  const figures = { warm: [], known: [], fresh: [] };
  const server = await startInstance(folder);
  try {
    await askAll(server, domains(WARM_NAMES, 'warmup'));
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const names = domains(NAMES, `r${repetition}`);
      const part = async (kind, count, work) => figures[kind].push((await cpuDuring([server.pid], work))[0] / count);
      await part('fresh', NAMES, () => askAll(server, names));
      await part('known', NAMES, () => askAll(server, names));
      const warm = names.slice(0, WARM_NAMES);
      await askAll(server, warm);
      await part('warm', WARM_NAMES * 5, async () => {
        for (let turn = 0; turn < 5; turn++) await askAll(server, warm);
      });
    }
  } finally {
    await server.stop();
  }
  return figures;
}

/**
 * CPU of instance and engine for a claim that makes a contact, for one that meets it, and for a request that they go in: the
 * cost of a request is what few claims in it cost more than many.
 */
async function sharedCpu(home, engine) {
  const figures = { created: [], conflict: [], request: [], engineCreated: [], engineConflict: [], engineRequest: [] };
  for (let repetition = -1; repetition < REPETITIONS; repetition++) {
    const names = domains(NAMES / 2, `s${repetition + 1}`);
    const few = domains(NAMES / 50, `f${repetition + 1}`);
    const [one, two] = [
      await startInstance(join(home, `one${repetition}`), ...sharing(engine)),
      await startInstance(join(home, `two${repetition}`), ...sharing(engine)),
    ];
    try {
      const known = domains(BATCH, 'known');
      for (const server of [one, two]) await askAll(server, known);
      for (const server of [one, two]) await askAll(server, domains(WARM_NAMES, 'warmup'));
      const made = await cpuDuring([one.pid, engine.pid], () => askAll(one, names));
      const met = await cpuDuring([two.pid, engine.pid], () => askAll(two, names));
      const batchesWith = (count) => async () => {
        for (let from = 0; from < few.length; from += FEW) {
          await askNames(one, [...few.slice(from, from + count), ...known.slice(count)]);
        }
      };
      const without = await cpuDuring([one.pid, engine.pid], batchesWith(0));
      const single = await cpuDuring([one.pid, engine.pid], batchesWith(FEW));
      // The first round warms the engine up.
      if (repetition < 0) continue;
      const [many, requests] = [names.length / BATCH, few.length / FEW];
      // a requests + b claims = cost, twice.
      const solve = (manyCost, fewCost) => {
        const perRequest =
          (fewCost - (few.length * manyCost) / names.length) / (requests - (few.length * many) / names.length);
        return [perRequest, (manyCost - many * perRequest) / names.length];
      };
      const [request, created] = solve(made[0], single[0] - without[0]);
      const [engineRequest, engineCreated] = solve(made[1], single[1] - without[1]);
      const conflict = (met[0] - many * request) / names.length;
      const engineConflict = (met[1] - many * engineRequest) / names.length;
      Object.entries({ created, conflict, request, engineCreated, engineConflict, engineRequest }).forEach(
        ([kind, value]) => figures[kind].push(value),
      );
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
  }
  return figures;
}

/** CPU of proxy and engine for one event that passes the bulk proxy, its name and contact known. */
async function proxyCpu(home, engine) {
  const proxy = await startProxy(engine.url, join(home, 'proxy'));
  const figures = { proxied: [], engineDocument: [] };
  const names = domains(WARM_NAMES, 'proxied');
  try {
    for (let repetition = -1; repetition < REPETITIONS; repetition++) {
      const cpu = await cpuDuring([proxy.pid, engine.pid], async () => {
        for (let from = 0; from < names.length; from += BATCH) {
          const lines = names.slice(from, from + BATCH).map((name, i) => {
            const event = { event: { id: `${repetition}-${from + i}` }, source: { ip: '10.0.0.1' } };
            const document = { '@timestamp': '2026-11-01T00:00:00Z', ...event, dns: { question: { name, type: 'A' } } };
            return `{"index":{}}\n${JSON.stringify(document)}\n`;
          });
          const headers = { 'content-type': 'application/x-ndjson' };
          const reply = await request(`${proxy.url}/events/_bulk`, { method: 'POST', body: lines.join(''), headers });
          if ((await reply.body.json()).errors) throw new Error('a document was refused');
        }
      });
      if (repetition < 0) continue;
      figures.proxied.push(cpu[0] / names.length);
      figures.engineDocument.push(cpu[1] / names.length);
    }
  } finally {
    await proxy.stop();
  }
  return figures;
}

/** Documents and bytes of the index of contacts, what is not merged yet included. */
export async function contactIndexSize(engine) {
  const path = '/domain-stats-contacts';
  for (const call of ['_refresh', '_flush'])
    await (await request(`${engine.url}${path}/${call}`, { method: 'POST' })).body.dump();
  const { _all: all } = await (await request(`${engine.url}${path}/_stats/store,docs`)).body.json();
  return { documents: all.primaries.docs.count, bytes: all.primaries.store.size_in_bytes };
}

/** All figures of CPU in microseconds, as lists of repetitions. */
export async function measureCpu(home, engine) {
  const single = await instanceCpu(join(home, 'single'));
  const shared = await sharedCpu(home, engine);
  return { ...single, ...shared, ...(await proxyCpu(home, engine)) };
}

/** How the share of new domains falls in a Zeek log (NDJSON, perhaps .gz), by slices that double. */
export function newDomains(file) {
  const bytes = readFileSync(file);
  const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  const rows = lines.map((line) => JSON.parse(line));
  const known = new Set();
  const slices = [];
  let [from, found, letters] = [0, 0, 0];
  rows.forEach((row, i) => {
    const { domain } = parseName(row.query ?? row.server_name ?? '');
    if (domain !== undefined && !known.has(domain)) {
      known.add(domain);
      letters += domain.length;
      found++;
    }
    if (i + 1 < rows.length && i + 1 < Math.max(1000, from * 2)) return;
    const minutes = ((new Date(row.ts) - new Date(rows[0].ts)) / 60_000).toFixed(1);
    slices.push({
      events: `${from + 1}–${i + 1}`,
      'minutes so far': minutes,
      new: found,
      share: `${((found * 100) / (i + 1 - from)).toFixed(2)} %`,
    });
    [from, found] = [i + 1, 0];
  });
  return { slices, domains: known.size, letters: letters / known.size };
}
