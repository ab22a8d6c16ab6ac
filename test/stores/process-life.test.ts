import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isAlive } from '../../src/stores/process-life.ts';

test('this process is alive, also one of another user, and one that has ended is not', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(true);
  expect(isAlive(spawnSync('true').pid)).toBe(false);
});

(process.platform === 'linux' ? test : test.skip)(
  'one that has ended and is asked about by nobody is not alive',
  async () => {
    // What `exec` puts in the shell's place knows nothing of the shell's children.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      const state = () => readFileSync(`/proc/${line}/stat`, 'utf8').split(') ').at(-1)?.[0];
      while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 10));
      expect(isAlive(Number(line))).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  },
);
