import { describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'undici';
import { isLostStore, StoreError } from '../../src/stores/lmdb-environment.ts';
import { startServer } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Workers that start again and again, on a machine that others use too.
jest.setTimeout(120_000);

const KILLS = 4;
const CONNECTIONS = 6;
const BATCH = 200;

const processesOn = (folder: string): number[] =>
  readdirSync(join(folder, 'processes')).map((file) => Number(file.split('-')[0]));

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await promisify(taken.close.bind(taken))();
  return port;
}

describe('a worker that is killed while it writes', () => {
  // Whether it takes the other along depends on the moment of the kill; right it must be both ways.
  it('takes the other along at most: nobody is answered wrongly, and new ones go on', async () => {
    const folder = temporaryFolder();
    // With port 0, workers that start when no other listens would choose another.
    const server = await startServer(['--data', folder, '--workers', '2', '--port', String(await freePort())]);
    const ends: { ended: number; why: string }[] = [];
    server.process.stdout!.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trim().split('\n')) {
        const told = JSON.parse(line) as { ended?: number; why: string; msg: string };
        if (told.ended !== undefined) ends.push({ ended: told.ended, why: told.why });
        // LMDB's panic ends the worker; it is not logged as a request that failed.
        else expect(told.msg).toMatch(/^another process died while it wrote/);
      }
    });
    // A connection that is handed to a worker which dies at that moment is lost without a sign.
    const clients = Array.from({ length: CONNECTIONS }, () => new Client(server.origin, { headersTimeout: 3000 }));
    const killed: number[] = [];
    const wrong: string[] = [];
    const over = new AbortController();
    const isOver = () => over.signal.aborted;
    let asked = 0;
    let answeredSinceKill = 0;
    const traffic = clients.map(async (client) => {
      while (!isOver()) {
        const first = asked++ * BATCH;
        const names = Array.from({ length: BATCH }, (_, index) => ({ name: `n-${first + index}.com`, id: `${index}` }));
        for (let done = false; !done && !isOver();) {
          try {
            const request = { method: 'POST', path: '/v1/domains', body: JSON.stringify(names) } as const;
            const { statusCode, body } = await client.request(request);
            const answers = (await body.json()) as { first_contact?: boolean }[];
            if (statusCode !== 200) wrong.push(`${statusCode} ${JSON.stringify(answers)}`);
            else if (answers.some(({ first_contact: isFirst }) => isFirst !== true))
              wrong.push(JSON.stringify(answers));
            done = true;
            answeredSinceKill++;
          } catch {
            // Cut, or refused while no worker listens: the same events again, which are told the same.
            await pause(20);
          }
        }
      }
    });
    while (killed.length < KILLS) {
      answeredSinceKill = 0;
      while (answeredSinceKill < 2 * CONNECTIONS && wrong.length === 0) await pause(5);
      if (wrong.length > 0) break;
      const pid = processesOn(folder).find((found) => !killed.includes(found));
      if (pid === undefined) continue;
      killed.push(pid);
      process.kill(pid, 'SIGKILL');
    }
    answeredSinceKill = 0;
    while (answeredSinceKill < CONNECTIONS && wrong.length === 0) await pause(5);
    over.abort();
    await Promise.all(traffic);
    await Promise.all(clients.map((client) => client.destroy()));
    expect(wrong).toEqual([]);
    for (const { ended, why } of ends) expect(why).toBe(killed.includes(ended) ? 'SIGKILL' : 'exit code 1');
    await server.stop();
  });

  it('is known by LMDB’s panic, in reads, in writes and as the cause of others', () => {
    const read = new Error('Invalid argument: MDB_PANIC: Update of meta page failed or environment had fatal error');
    const write = new Error('MDB_PANIC: Update of meta page failed or environment had fatal error');
    const told = new StoreError('Cannot write to the store in /data/contacts', { cause: write });
    expect([read, write, told].map(isLostStore)).toEqual([true, true, true]);
    const full = new StoreError('Cannot write to the store in /data/contacts', { cause: new Error('No space left') });
    expect([full, undefined, 'MDB_PANIC'].map(isLostStore)).toEqual([false, false, false]);
  });
});
