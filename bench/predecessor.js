// domain-stats 1.0.1 as a user has it: its own set-up with every default, its own import, its own start command.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What its set-up chooses when every question is answered with Enter. */
const ORIGIN = 'http://127.0.0.1:5730';
const QUESTIONS = 15;
const START_SECONDS = 30;

/** Starts it with `domains` in its cache, in `folder`; `programs` is where its commands are. Resolves when it answers. */
export async function startPredecessor(programs, folder, domains) {
  mkdirSync(folder);
  run(join(programs, 'domain-stats-settings'), [folder], `${'\n'.repeat(QUESTIONS)}y\n`);
  const records = domains.map((domain) => ({
    domain,
    freq_score: [7.5, 6.5],
    seen_by_isc: 'known',
    seen_by_web: 'Mon, 15 Sep 1997 04:00:00 GMT',
    expires: Date.UTC(2100, 0) / 1000,
  }));
  const list = join(folder, 'known.import');
  writeFileSync(list, JSON.stringify(records));
  run(join(programs, 'domain-stats-utils'), ['-i', list, folder], '');

  const log = join(folder, 'output.log');
  const output = openSync(log, 'w');
  // A group of its own: the command starts a shell, that a server, that its workers.
  const child = spawn(join(programs, 'domain-stats'), [folder], { detached: true, stdio: ['ignore', output, output] });
  for (const end = Date.now() + START_SECONDS * 1000; ;) {
    if (await answers()) return { origin: ORIGIN, pid: child.pid, stop };
    if (child.exitCode !== null || Date.now() > end)
      throw new Error(`domain-stats 1.0.1 does not answer:\n${readFileSync(log, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async function stop() {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined;
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }
}

/** Its commands end with 0 also when they fail: whoever calls looks at what came of them. */
function run(command, args, input) {
  const { status, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
}

const answers = async () => {
  try {
    return (await fetch(`${ORIGIN}/localhost`)).ok;
  } catch {
    return false;
  }
};
