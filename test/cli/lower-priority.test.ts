import { expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// Fields of proc_pid_stat(5), counted from the one after the name: nice is field 19, the policy field 41; 5 is SCHED_IDLE.
const TELL_THREADS = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { lowerPriority } from ${JSON.stringify(fileURLToPath(new URL('../../dist/cli/lower-priority.js', import.meta.url)))};
  lowerPriority();
  const threads = readdirSync('/proc/self/task').map((thread) => {
    const fields = readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ').at(-1).split(' ');
    return { nice: Number(fields[16]), policy: Number(fields[38]) };
  });
  console.log(JSON.stringify(threads));
`;

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('every thread steps back, those that collect garbage too', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', TELL_THREADS], { encoding: 'utf8' });
  const threads = JSON.parse(output) as { nice: number; policy: number }[];
  expect(threads.length).toBeGreaterThan(4);
  expect(new Set(threads.map(({ nice }) => nice))).toEqual(new Set([19]));
  if (spawnSync('chrt', ['--version']).status === 0) {
    expect(new Set(threads.map(({ policy }) => policy))).toEqual(new Set([5]));
  }
});
