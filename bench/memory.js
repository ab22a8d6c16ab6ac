// Anonymous memory of a serving process with a million ranks and a million contacts: idle, and under load.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { anonymousMegabytes, limit, startProgram } from './measure.js';
import { listOf } from './ranks.js';

const ROWS = 1_000_000;
const BUDGET_MB = 120;
const BATCH = 100;
const CONNECTIONS = 16;
const SECONDS = 6;
/** Strides through the contacts, so that few of the names are in the cache of names. */
const STRIDE = 7919;
const PROGRAM = fileURLToPath(new URL('../bin/domain-stats.js', import.meta.url));

let asked = 0;
let fresh = 0;
const knownName = () => `www.contact-${(asked++ * STRIDE) % ROWS}.com`;
const newName = () => `www.fresh-${fresh++}.com`;
const single = { method: 'GET', setupRequest: (request) => ({ ...request, path: `/v1/domains/${knownName()}` }) };
const batchOf = (name) => ({
  method: 'POST',
  path: '/v1/domains',
  headers: { 'content-type': 'application/json' },
  setupRequest: (request) => ({
    ...request,
    body: JSON.stringify(Array.from({ length: BATCH }, () => ({ name: name() }))),
  }),
});

export async function memoryBenchmark() {
  const folder = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const data = join(folder, 'data');
  try {
    writeFileSync(join(folder, 'list.csv'), listOf(ROWS));
    domainStats('import', 'ranks', join(folder, 'list.csv'), '--list', 'bench', '--data', data);
    await writeContacts(join(folder, 'contacts.ndjson'));
    domainStats('contacts', 'import', join(folder, 'contacts.ndjson'), '--data', data);
    const flags = ['serve', '--no-lookups', '--port', '0', '--data', data, '--log-level', 'error'];
    const server = await startProgram('../bin/domain-stats.js', flags);
    try {
      await checkContact(server);
      const row = (what, values) => limit({ what, unit: 'MB', ours: values, budget: BUDGET_MB, everyOne: true });
      console.table([
        row('after the start', [anonymousMegabytes(server.pid)]),
        row('single requests, known domains', await memoryDuring(server, single)),
        row(`batches of ${BATCH}, known domains`, await memoryDuring(server, batchOf(knownName))),
        row(`batches of ${BATCH}, new domains`, await memoryDuring(server, batchOf(newName))),
        row('single requests again', await memoryDuring(server, single)),
      ]);
      console.log(`RssAnon of one process, ${ROWS} ranks, ${ROWS + fresh} contacts at the end`);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Anonymous memory, four times a second, while a server is asked. */
async function memoryDuring({ origin, pid }, request) {
  const seen = [];
  const timer = setInterval(() => seen.push(anonymousMegabytes(pid)), 250);
  const result = await autocannon({ url: origin, connections: CONNECTIONS, duration: SECONDS, requests: [request] });
  clearInterval(timer);
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} refusals`);
  return seen;
}

async function checkContact({ origin }) {
  const answer = await (await fetch(`${origin}/v1/domains/${knownName()}?contact=false`)).text();
  if (!answer.includes('2026-01-01')) throw new Error(`the contacts are not there: ${answer}`);
}

async function writeContacts(file) {
  const stream = createWriteStream(file);
  for (let i = 0; i < ROWS; i++)
    if (!stream.write(`{"domain":"contact-${i}.com","first_seen":"2026-01-01T00:00:00Z"}\n`))
      await once(stream, 'drain');
  stream.end();
  await once(stream, 'close');
}

function domainStats(...args) {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`domain-stats ${args.join(' ')}: ${stderr}`);
}
