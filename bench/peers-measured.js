// `node bench/peers-measured.js FOLDER PROGRAMS`: the measuring part of bench/peers.js, inside of its network namespace.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { cpuOfTree, row, startProgram } from './measure.js';
import { startPredecessor } from './predecessor.js';

const [folder, programs] = process.argv.slice(2);

const DOMAINS = 2000;
/** Few, as the predecessor needs a tenth of a second for each before it is warm. */
const WARM = 200;
const BATCH = 100;
const CONNECTIONS = 16;
const SECONDS = 2;
/** Requests that each take the predecessor a tenth of a second of CPU: a fixed number, all answered before the next part. */
const SLOW_REQUESTS = 64;
const REPETITIONS = 5;

const NAMES = {
  warm: (i) => `host-${i % WARM}.known-${i % WARM}.com`,
  unseen: (i) => `new-host-${i}.known-${i % DOMAINS}.com`,
  fresh: (i) => `www.new-domain-${i}.com`,
};
const KINDS = {
  warm: 'warm host name',
  unseen: 'host name never seen, of a known domain',
  fresh: 'name of a domain never seen',
};

/**
 * Names of one kind, each the next one: both sides are told the same ones in the same order. Batches of ours have names of
 * their own, as single requests have made the others known.
 */
function sequence(kind, start = 0) {
  let next = start;
  return () => NAMES[kind](next++);
}

/** Requests that are made when they are sent. */
const single = (path) => (nextName) => ({
  method: 'GET',
  setupRequest: (request) => ({ ...request, path: `${path}${nextName()}` }),
});
const askOld = single('/');
const askOurs = single('/v1/domains/');
const batch = (nextName) => ({
  method: 'POST',
  path: '/v1/domains',
  headers: { 'content-type': 'application/json' },
  setupRequest: (request) => ({
    ...request,
    body: JSON.stringify(Array.from({ length: BATCH }, () => ({ name: nextName() }))),
  }),
});

/** Drives a server: CPU microseconds of its whole process tree a name, and names a second. */
async function drive({ origin, pid }, request, extent, names = 1) {
  const before = cpuOfTree(pid);
  const start = performance.now();
  let end = start;
  const run = autocannon({ url: origin, connections: CONNECTIONS, timeout: 30, requests: [request], ...extent });
  run.on('response', () => (end = performance.now()));
  const result = await run;
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} refusals`);
  const asked = result.requests.total * names;
  return { cpu: ((cpuOfTree(pid) - before) * 1e6) / asked, rate: (asked * 1000) / (end - start) };
}

/** Its answers are 200 also when they are errors: one of each kind is read. */
async function checkAnswers(old) {
  const ask = async (name) => (await fetch(`${old.origin}/${name}`)).json();
  const expectDate = ({ seen_by_web: date }, what) => {
    if (!String(date).endsWith('GMT')) throw new Error(`domain-stats 1.0.1 says ${date} of ${what}`);
  };
  expectDate(await ask(NAMES.warm(0)), 'a warm host name');
  expectDate(await ask('other-host.known-0.com'), 'a host name never seen');
  const { alerts } = await ask('www.other-domain.com');
  if (!alerts.includes('YOUR-FIRST-CONTACT'))
    throw new Error(`domain-stats 1.0.1 says ${alerts} of a domain never seen`);
}

/** A registry for ours, which asks one as it ships too, but not within the request. */
async function startRegistry() {
  const registry = createServer((request, response) => {
    const events = [{ eventAction: 'registration', eventDate: '2001-01-01T00:00:00Z' }];
    const ldhName = request.url.split('/').at(-1);
    response.writeHead(200, { 'content-type': 'application/rdap+json' });
    response.end(JSON.stringify({ objectClassName: 'domain', ldhName, events }));
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  registry.unref();
  return `com=http://127.0.0.1:${registry.address().port}/`;
}

const domains = Array.from({ length: DOMAINS }, (_, i) => `known-${i}.com`);
const old = await startPredecessor(programs, join(folder, 'old'), domains);
const ours = await startProgram('../bin/domain-stats.js', [
  ...['serve', '--port', '0', '--data', join(folder, 'ours'), '--log-level', 'error'],
  ...['--rdap-servers', await startRegistry(), '--allow-private-addresses'],
]);
try {
  await drive(old, askOld(sequence('warm')), { amount: WARM });
  await drive(old, askOld(sequence('warm')), { duration: 1 });
  await checkAnswers(old);
  let next = 0;
  await drive(
    ours,
    batch(() => domains[next++ % DOMAINS]),
    { amount: DOMAINS / BATCH },
    BATCH,
  );
  await drive(ours, askOurs(sequence('warm')), { duration: SECONDS });
  await drive(ours, batch(sequence('warm')), { duration: SECONDS }, BATCH);

  const figures = {};
  const add = (kind, way, figure) => ((figures[kind] ??= {})[way] ??= []).push(figure);
  const told = { old: {}, single: {}, batch: {} };
  for (const [way, sequences] of Object.entries(told))
    for (const kind of Object.keys(KINDS))
      sequences[kind] = sequence(kind, way === 'batch' && kind !== 'warm' ? 1e7 : 0);
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const kind of Object.keys(KINDS)) {
      const slow = kind === 'warm' ? { duration: SECONDS } : { amount: SLOW_REQUESTS };
      add(kind, 'old', await drive(old, askOld(told.old[kind]), slow));
      add(kind, 'single', await drive(ours, askOurs(told.single[kind]), { duration: SECONDS }));
      add(kind, 'batch', await drive(ours, batch(told.batch[kind]), { duration: SECONDS }, BATCH));
    }
  }
  const table = (unit, value, budgets, isLess) =>
    Object.entries(KINDS).flatMap(([kind, what]) =>
      ['single', 'batch'].map((way) =>
        row({
          what: `${what}, ${way === 'single' ? 'single' : `batches of ${BATCH}`}`,
          unit,
          ours: figures[kind][way].map(value),
          other: figures[kind].old.map(value),
          otherName: '1.0.1, single',
          budget: budgets[kind]?.[way],
          atLeast: true,
          isLess,
        }),
      ),
    );
  console.log('CPU of all processes; the ratio says how many times less ours needs');
  const less = { warm: { single: 8, batch: 20 }, unseen: { batch: 20 }, fresh: { batch: 20 } };
  console.table(table('CPU µs a name', ({ cpu }) => cpu, less, true));
  console.table(table('names/s', ({ rate }) => rate, { unseen: { single: 100, batch: 100 } }, false));
  console.log(`load average ${loadavg()[0].toFixed(1)}`);
} finally {
  await Promise.all([old.stop(), ours.stop()]);
}
