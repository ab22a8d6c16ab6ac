// A rank list of a million rows: CPU and disk of its import, and what a serving process feels of it meanwhile: latency of
// first contacts (each a commit) and of known names, importing against idle, as ratios within a repetition.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anonymousMegabytes, limit, row, startProgram } from './measure.js';

const ROWS = 1_000_000;
const REPETITIONS = 5;
const CONNECTIONS = 8;
const IDLE_SECONDS = 3;
const CPU_BUDGET_S = 5;
const DISK_BUDGET_MB = 30;
const RATIO_BUDGET = 1.5;
const PROGRAM = fileURLToPath(new URL('../bin/domain-stats.js', import.meta.url));

/** Tells its CPU time when it ends: all threads, start of Node included; so does the process that makes the build. */
const TELL_CPU =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write(`cpu ${user+system}\\n`)})';

export async function ranksBenchmark() {
  const folder = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const data = join(folder, 'data');
  const list = join(folder, 'list.csv');
  writeFileSync(list, listOf(ROWS));
  const cpu = [await importList(list, data)];
  const server = await startProgram('../bin/domain-stats.js', [
    ...['serve', '--no-lookups', '--port', '0', '--data', data, '--log-level', 'error'],
  ]);
  try {
    await drive(server.origin, () => wait(2));
    const idle = { contact: { p50: [], p99: [] }, known: { p50: [], p99: [] } };
    const busy = structuredClone(idle);
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      add(idle, await drive(server.origin, () => wait(IDLE_SECONDS)));
      add(busy, await drive(server.origin, async () => cpu.push(await importList(list, data))));
    }
    console.table([limit({ what: `import of ${ROWS} rows`, unit: 'CPU s', ours: cpu, budget: CPU_BUDGET_S })]);
    console.table([limit({ what: 'its file', unit: 'MB', ours: [diskMegabytes(data)], budget: DISK_BUDGET_MB })]);
    console.log(`RssAnon of the server: ${anonymousMegabytes(server.pid).toFixed(0)} MB`);
    console.table(
      ['contact', 'known'].flatMap((kind) =>
        ['p50', 'p99'].map((quantile) =>
          row({
            what: `${kind === 'contact' ? 'first contact' : 'known name'}, ${quantile}`,
            unit: 'ms, importing',
            ours: busy[kind][quantile],
            other: idle[kind][quantile],
            otherName: 'idle',
            budget: RATIO_BUDGET,
          }),
        ),
      ),
    );
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** CPU seconds of one import in a process of its own. */
async function importList(list, data) {
  const child = spawn(
    process.execPath,
    ['--import', TELL_CPU, PROGRAM, 'import', 'ranks', list, '--list', 'bench', '--data', data],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (told += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(told);
  return [...told.matchAll(/^cpu (\d+)$/gm)].reduce((sum, [, microseconds]) => sum + Number(microseconds), 0) / 1e6;
}

/** Asks until `work` is done, half of it names never asked before. Latencies in milliseconds. */
async function drive(origin, work) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times = { contact: [], known: [] };
  let isOver = false;
  const client = async () => {
    for (let i = 0; !isOver; i++) {
      const kind = i % 2 === 0 ? 'contact' : 'known';
      const name = kind === 'contact' ? `new-${(asked++).toString(36)}.com` : `known-${i % 100}.com`;
      const start = performance.now();
      await get(`${origin}/v1/domains/${name}`, agent);
      times[kind].push(performance.now() - start);
      // Some thousand names a second: a pipeline, not a machine at its limit, where every other process is felt.
      await wait(0.001);
    }
  };
  const clients = Array.from({ length: CONNECTIONS }, client);
  await work();
  isOver = true;
  await Promise.all(clients);
  agent.destroy();
  return times;
}

let asked = 0;

function get(url, agent) {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on('end', resolve);
    })
      .on('error', reject)
      .end();
  });
}

function add(figures, times) {
  for (const [kind, list] of Object.entries(times)) {
    list.sort((a, b) => a - b);
    figures[kind].p50.push(list[Math.floor(list.length * 0.5)]);
    figures[kind].p99.push(list[Math.floor(list.length * 0.99)]);
  }
}

/** The largest generation that is there. */
function diskMegabytes(data) {
  const parent = join(data, 'datasets', 'ranks-bench');
  const sizes = readdirSync(parent).map((id) =>
    readdirSync(join(parent, id)).reduce((sum, file) => sum + statSync(join(parent, id, file)).size, 0),
  );
  return Math.max(...sizes) / 1e6;
}

/** Made-up domains of about the lengths that popular ones have. */
export function listOf(rows) {
  const syllables = 'ba ko ti ren mal su den vor la pi gen to mi ra nex lu shop cloud net web data ing er s'.split(' ');
  const suffixes = 'com com com com net org de co.uk ru io fr com.br info nl'.split(' ');
  let state = 1;
  const draw = (items) => items[((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) % items.length];
  const domains = new Set(['google.com']);
  while (domains.size < rows) {
    let label = '';
    for (let left = 2 + draw([0, 1, 2, 3]); left > 0; left--) label += draw(syllables);
    domains.add(`${label}${draw(['', '', '', '', domains.size % 100])}.${draw(suffixes)}`);
  }
  return [...domains].map((domain, index) => `${index + 1},${domain}\n`).join('');
}
