// Coefficients of docs/scale.md, the fleets that follow from them, and how far the model is from several real processes that
// share their contacts. BENCH_SCALE_LOGS: Zeek logs, separated by commas, for the share of new domains.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openContactTables } from '../dist/stores/contact-tables.js';
import { openLmdbEnvironment } from '../dist/stores/lmdb-environment.js';
import { startEngine } from './engine.js';
import { anonymousMegabytes, cpuSeconds, median } from './measure.js';
import {
  askNames,
  BATCH,
  contactIndexSize,
  domainOf,
  measureCpu,
  newDomains,
  sharing,
  startInstance,
  storeBytes,
} from './scale-coefficients.js';
import { cpuOf, fleetOf, replay } from './scale-model.js';

const SIZES = (process.env.BENCH_SCALE_CONTACTS ?? '100000,300000,1000000').split(',').map(Number);
const LOGS = (process.env.BENCH_SCALE_LOGS ?? '').split(',').filter((file) => file !== '');
const INSTANCES = 3;
const DOMAINS = Number(process.env.BENCH_SCALE_DOMAINS ?? 60_000);
const EVENTS = DOMAINS * 8;

/** Batches of domains, a few of which are in nearly every batch: the cube of an even draw. */
const drawnBatches = () =>
  Array.from({ length: EVENTS / BATCH }, () =>
    Array.from({ length: BATCH }, () => domainOf(Math.floor(DOMAINS * Math.random() ** 3), 'sim')),
  );

async function simulate(home, engine, coefficients) {
  const batches = drawnBatches();
  const expected = replay(batches, INSTANCES);
  const cpu = cpuOf(coefficients, expected);
  const folders = Array.from({ length: INSTANCES }, (_, i) => join(home, `simulated${i}`));
  // Every name's facts stay in memory, as in the model.
  const cache = ['--name-cache', String(DOMAINS * 2)];
  const all = await Promise.all(folders.map((folder) => startInstance(folder, ...sharing(engine), ...cache)));
  for (const server of all)
    for (let i = 0; i < 20; i++)
      await askNames(
        server,
        batches[0].map((_, n) => domainOf(n, 'warmup')),
      );
  const before = await contactIndexSize(engine);
  const [spent, engineSpent] = [all.map(({ pid }) => cpuSeconds(pid)), cpuSeconds(engine.pid)];
  const firsts = await Promise.all(
    all.map(async (server, instance) => {
      let told = 0;
      for (let b = instance; b < batches.length; b += INSTANCES) told += await askNames(server, batches[b]);
      return told;
    }),
  );
  const used = all.reduce((sum, { pid }, i) => sum + cpuSeconds(pid) - spent[i], 0);
  const engineUsed = cpuSeconds(engine.pid) - engineSpent;
  const after = await contactIndexSize(engine);
  const memory = all.map(({ pid }) => anonymousMegabytes(pid));
  await Promise.all(all.map((server) => server.stop()));
  const known = folders.map((folder) => {
    const environment = openLmdbEnvironment(join(folder, 'contacts'), { readOnly: true });
    const count = openContactTables(environment).contacts.count();
    return environment.close().then(() => count - BATCH);
  });
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const compare = (what, predicted, measured, digits = 0) => ({
    what,
    predicted: predicted.toFixed(digits),
    measured: measured.toFixed(digits),
    deviation: `${(((measured - predicted) * 100) / predicted).toFixed(0)} %`,
  });
  console.log(
    `simulation: ${INSTANCES} processes, ${EVENTS} events, batches of ${BATCH}; ${memory.map((mb) => mb.toFixed(0)).join(', ')} MB anonymous`,
  );
  console.table([
    compare('first contacts', expected.created, sum(firsts)),
    compare('documents made in the index', expected.created, after.documents - before.documents),
    compare('contacts in the instances, summed', sum(expected.known), sum(await Promise.all(known))),
    compare('bytes in the index', expected.created * coefficients.indexBytes, after.bytes - before.bytes),
    compare('CPU s of the instances', cpu.instances / 1e6, used, 2),
    compare('CPU s of the engine', cpu.engine / 1e6, engineUsed, 2),
  ]);
}

const rounded = (row) =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, key === 'contacts' ? value : value.toFixed(0)]));
const gigabytes = (bytes) => (bytes / 1e9).toPrecision(2);

function showFleets(coefficients) {
  const rows = [1e3, 1e5, 1e6].flatMap((perSecond) =>
    [1e6, 1e8, 1e9].map((domains) => {
      const fleet = fleetOf(coefficients, { perSecond, domains });
      return {
        'events/s': perSecond,
        domains,
        'cores, warm': fleet.coresWarm.toPrecision(2),
        'hosts, warm': fleet.hostsWarm,
        'facts anew': fleet.hosts,
        'by proxy': fleet.hostsProxied,
        'disk, GB each': gigabytes(fleet.diskBytes),
        'page cache, GB each': gigabytes(fleet.cacheBytes),
        'index, GB': gigabytes(fleet.indexBytes),
        'claims/s': fleet.claimsPerSecond.toPrecision(2),
        'engine cores': fleet.engineCores.toPrecision(2),
        'look-ups/day': Math.round(fleet.lookUpsPerDay).toExponential(1),
      };
    }),
  );
  console.log('calculated, not measured:');
  console.table(rows);
}

export async function scaleBenchmark() {
  const home = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const engine = await startEngine(home);
  try {
    for (const file of LOGS) {
      const { slices, domains, letters } = newDomains(file);
      console.log(`${basename(file)}: ${domains} domains of ${letters.toFixed(1)} letters`);
      console.table(slices);
    }
    const stores = [];
    for (const size of SIZES) stores.push(await storeBytes(join(home, `store${size}`), size));
    console.log('bytes a contact, on disk and in the page cache after 1 %, 10 % and 300 % as many asked at random');
    console.table(stores.map(rounded));
    const cpu = await measureCpu(home, engine);
    console.log('CPU µs: median (least–most)');
    console.table(
      Object.entries(cpu).map(([what, values]) => ({
        what,
        'CPU µs': `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`,
      })),
    );
    const index = await contactIndexSize(engine);
    const coefficients = {
      ...Object.fromEntries(Object.entries(cpu).map(([what, values]) => [what, median(values)])),
      contactBytes: stores.at(-1).disk,
      contactCacheBytes: stores.at(-1).cachedAll,
      indexBytes: index.bytes / index.documents,
    };
    console.log(`index of contacts: ${index.documents} documents, ${coefficients.indexBytes.toFixed(0)} bytes each`);
    await simulate(home, engine, coefficients);
    showFleets(coefficients);
  } finally {
    await engine.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
