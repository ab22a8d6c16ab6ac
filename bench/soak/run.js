// `npm run soak [-- --minutes N]`: mixed traffic on the real program while its data sets change and its workers are killed.
// Every answer is compared with what it must be; memory must stay flat. Exit code 1 with the reasons when not.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds, median } from '../measure.js';
import { Disturbances } from './disturbances.js';
import { Ledger, Timeline } from './ledger.js';
import { Memory } from './memory.js';
import { QUIET } from './names.js';
import { Connection, run, startServer } from './server.js';
import { Traffic } from './traffic.js';

const CONNECTIONS = 8;
/** Longest pause of a connection between two requests: this is about right and wrong, not about speed. */
const PAUSE_MS = 20;
/** Part of the run in which workers are killed. */
const KILLS_DURING = 0.4;
const PROGRESS_MS = 10_000;
/** Kinds of faults after which it goes on no longer. */
const MAX_FAULTS = 20;
const MAX_DETAIL = 2500;
/** Small, so that names are evicted from it all the time. */
const NAME_CACHE = 5000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '3' } } });
const runMs = Number(values.minutes) * 60_000;
if (!(runMs >= 30_000)) {
  console.error(`--minutes ${values.minutes}: must be a number, at least 0.5`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'domain-stats-soak-'));
const data = join(folder, 'data');
const ledger = new Ledger();
const startMs = Math.floor(Date.now() / 1000) * 1000 - 12 * 60 * 60 * 1000;
const quiet = new Map(QUIET.map((domain) => [domain, new Timeline('ok')]));
const listOf = new Map();
let server;
process.once('SIGINT', () => {
  server?.destroy();
  rmSync(folder, { recursive: true, force: true });
  process.exit(130);
});

try {
  await soak();
} catch (error) {
  ledger.fault('the soak ended', error.stack);
} finally {
  server?.destroy();
  rmSync(folder, { recursive: true, force: true });
}
for (const [what, { count, detail }] of ledger.faults) {
  console.log(`WRONG  ${what} (${count}): ${detail.slice(0, MAX_DETAIL)}`);
}
console.log(ledger.faults.size === 0 ? 'nothing was wrong' : `${ledger.faults.size} kinds of things were wrong`);
process.exit(ledger.faults.size === 0 ? 0 : 1);

async function soak() {
  const disturbances = new Disturbances({ ledger, folder, data, quiet, listOf, killsForMs: runMs * KILLS_DURING });
  const ranks = new Timeline(await disturbances.import());
  server = await startServer(data, ['--name-cache', String(NAME_CACHE)], ledger);
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(server, ledger));
  const own = new Connection(server, ledger);
  Object.assign(disturbances, { server, ranks, connection: own });
  const traffic = new Traffic({ ledger, connections, startMs, quiet, ranks, listOf });
  for (const domain of QUIET) {
    await own.ask({ path: `/v1/domains/${domain}?id=${domain}&at=${traffic.firstAt}` });
    ledger.decide(domain, domain, startMs, false);
  }

  const begun = Date.now();
  const memory = new Memory(() => [
    ['primary', server.pid],
    ...[...server.workers()].map(([worker, pid]) => [`worker ${worker}`, pid]),
  ]);
  const end = new AbortController();
  const stopAt = setTimeout(() => end.abort(), runMs);
  const progress = setInterval(() => console.log(statusLine()), PROGRESS_MS);
  try {
    await Promise.all([
      disturbances.runAll(end.signal),
      ...connections.map(async (connection) => {
        while (!end.signal.aborted && ledger.faults.size < MAX_FAULTS) {
          await traffic.next(connection);
          await pause(Math.random() * PAUSE_MS);
        }
        end.abort();
      }),
    ]);
  } finally {
    clearTimeout(stopAt);
    clearInterval(progress);
    end.abort();
  }
  console.log(statusLine());
  report(memory.finish(Date.now() - begun));
  for (const connection of [...connections, own]) connection.close();
  const code = await server.stop();
  if (code !== 0) ledger.fault('the server stopped', `exit code ${code}`);
  await compareExports();

  function statusLine() {
    const [requests, cut, silent] = ['requests', 'cut', 'silent'].map((count) =>
      connections.reduce((sum, connection) => sum + connection[count], 0),
    );
    const counts = Object.entries(disturbances.counts).map(([what, count]) => `${count} ${what}`);
    const seconds = Math.round((Date.now() - begun) / 1000);
    return (
      `${seconds} s: ${requests} requests, ${traffic.names} answers compared, ${ledger.size} first contacts, ` +
      `${counts.join(', ')}, ${server.takenAlong.length} taken along, ${cut} requests cut (${silent} by silence), ${ledger.faults.size} kinds of faults; load ${loadavg()[0].toFixed(1)}`
    );
  }

  function report({ rows, others }) {
    const megabytes = (value) => Number(value.toFixed(1));
    console.table(
      rows.map(({ process, first, middle, last, highest, ratio, grows }) => ({
        process,
        'RssAnon MB, first third': megabytes(first),
        'middle third': megabytes(middle),
        'last third': megabytes(last),
        highest: megabytes(highest),
        'last : middle': ratio.toFixed(2),
        flat: grows ? 'NO' : 'yes',
      })),
    );
    console.log(`${others} processes did not live long enough to be judged`);
    for (const { process, middle, last, grows } of rows) {
      if (grows) ledger.fault('memory grows', `${process}: ${megabytes(middle)} MB, then ${megabytes(last)} MB`);
    }
    const { replacedMs } = disturbances;
    if (replacedMs.length > 0) {
      console.log(
        `a killed worker was replaced after ${median(replacedMs)} ms (at most ${Math.max(...replacedMs)} ms)`,
      );
    }
    const pids = [server.pid, ...server.workers().values()];
    const cpu = pids.map((pid) => cpuSeconds(pid)).reduce((sum, seconds) => sum + seconds);
    console.log(`CPU time of the processes that live: ${cpu.toFixed(0)} s`);
  }

  /** What is left on disk: exactly the contacts that were told, here and, up to its beginning, in the last backup. */
  async function compareExports() {
    const contactsIn = async (at) => (await run('contacts', 'export', '--data', at)).trimEnd().split('\n');
    ledger.compareWith(await contactsIn(data), ledger.decidedUntilNow(), true);
    if (disturbances.counts.backups === 0) return;
    const restored = join(folder, 'restored');
    await run('restore', disturbances.backup, '--data', restored);
    ledger.compareWith(await contactsIn(restored), disturbances.inBackup, false);
  }
}
