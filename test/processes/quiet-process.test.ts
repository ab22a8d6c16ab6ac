import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder.ts';
import { cleanEnvironment, run } from './program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));
const ROWS = Array.from({ length: 1000 }, (_, i) => `${String(i + 1)},site-${String(i)}.com\n`).join('');

const works = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const withUtilLinux = works('setpriv', '--pdeathsig', 'KILL', 'true') && works('chrt', '--version') ? test : test.skip;

let started: ChildProcess | undefined;
afterEach(() => void started?.kill('SIGKILL'));

/** Resolves with the first value that is there; tried every 20 ms for 15 seconds. */
async function soon<Value>(what: string, find: () => Value | undefined): Promise<Value> {
  for (const end = Date.now() + 15_000; Date.now() < end;) {
    const value = find();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`still waiting: ${what}`);
}

/** Fields of proc_pid_stat(5) of each thread, from the state (field 3) on. */
const threadsOf = (pid: number): string[][] =>
  readdirSync(`/proc/${String(pid)}/task`).map(
    (thread) =>
      readFileSync(`/proc/${String(pid)}/task/${thread}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' ') ?? [],
  );

const childOf = (pid: number): number | undefined => {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .trim()
    .split(' ');
  return children
    .filter((child) => child !== '')
    .map(Number)
    .find((child) => readFileSync(`/proc/${String(child)}/cmdline`, 'utf8').includes('\0--single-threaded\0'));
};

withUtilLinux('a build has one thread for everything, steps back, and ends with who asked for it', async () => {
  const data = temporaryFolder();
  const args = [PROGRAM, 'import', 'ranks', '-', '--list', 'test', '--data', data];
  const child = spawn(process.execPath, args, { env: cleanEnvironment({}), stdio: ['pipe', 'ignore', 'inherit'] });
  started = child;
  child.stdin.on('error', () => undefined).write(ROWS);
  const pid = child.pid ?? 0;
  const builder = await soon('the build begins', () => childOf(pid));
  const lists = join(data, 'datasets', 'ranks-test');
  await soon('a generation is staged', () => (existsSync(lists) && readdirSync(lists).length > 0 ? true : undefined));
  // Nice is field 19 and the policy field 41; 5 is SCHED_IDLE.
  for (const fields of threadsOf(builder)) expect([fields[16], fields[38]]).toEqual(['19', '5']);

  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await soon('the build ends', () => (existsSync(`/proc/${String(builder)}`) ? undefined : 'ended'))).toBe(
    'ended',
  );
});

test('without the programs that make it quiet a build is made all the same', async () => {
  const args = ['import', 'ranks', '-', '--list', 'test', '--data', temporaryFolder()];
  const done = await run(args, { input: ROWS, environment: { PATH: '/nowhere' } });
  expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('1000 domains are live') });
});
