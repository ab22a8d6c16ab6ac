import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { openLease } from '../../src/lookup/lease.ts';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { fakeClock } from './fake-clock.ts';

const DIST = new URL('../../dist/', import.meta.url).href;
const LEASE_MS = 15_000;

/** Another process that takes the lease and lives until it is killed. Its clock is ours. */
const HOLDER = (folder: string, now: number) => `
  const { openLmdbEnvironment } = await import('${DIST}stores/lmdb-environment.js');
  const { openLease } = await import('${DIST}lookup/lease.js');
  const lease = openLease(openLmdbEnvironment(${JSON.stringify(folder)}), { now: () => ${String(now)} }, ${String(LEASE_MS)});
  console.log(await lease.hold());
  setInterval(() => undefined, 1000);
`;

test('a process that was killed holds the lease no longer, one that lives does', async () => {
  const folder = temporaryFolder();
  const clock = fakeClock();
  const environment = openLmdbEnvironment(folder);
  const lease = openLease(environment, clock, LEASE_MS);
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER(folder, clock.now())], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    expect(await once(createInterface({ input: holder.stdout }), 'line')).toEqual(['true']);
    expect(await lease.hold()).toBe(false);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await lease.hold()).toBe(true);
  } finally {
    holder.kill('SIGKILL');
    await environment.close();
  }
});

test('of two in one process the first holds it until it gives it up or its time is over', async () => {
  const environment = openLmdbEnvironment(temporaryFolder());
  const clock = fakeClock();
  const [first, second] = [openLease(environment, clock, LEASE_MS), openLease(environment, clock, LEASE_MS)];
  expect([await first.hold(), await second.hold()]).toEqual([true, false]);
  await clock.advance(LEASE_MS);
  expect([await second.hold(), await first.hold()]).toEqual([true, false]);
  await second.release();
  expect(await first.hold()).toBe(true);
  await environment.close();
});

const AS_ROOT = ['--user', '--map-root-user'];
const NAMESPACES: readonly (readonly [string, readonly string[]])[] = [
  ['of other start times', [...AS_ROOT, '--time', '--boottime', '1000']],
  ['of process numbers', [...AS_ROOT, '--pid', '--fork', '--kill-child', '--mount-proc']],
  ['of process numbers, without a /proc of its own', [...AS_ROOT, '--pid', '--fork', '--kill-child']],
];
const taken = (folder: string, now: number) => [
  process.execPath,
  '--input-type=module',
  '-e',
  `
  const { openLmdbEnvironment } = await import('${DIST}stores/lmdb-environment.js');
  const { openLease } = await import('${DIST}lookup/lease.js');
  const lease = openLease(openLmdbEnvironment(${JSON.stringify(folder)}), { now: () => ${String(now)} }, ${String(LEASE_MS)});
  console.log(await lease.hold());
  process.exit();
`,
];

for (const [name, flags] of NAMESPACES) {
  const isAllowed = spawnSync('unshare', [...flags, 'true']).status === 0;
  (isAllowed ? test : test.skip)(`one that lives keeps it from a process in a namespace ${name}`, async () => {
    const folder = temporaryFolder();
    const clock = fakeClock();
    const environment = openLmdbEnvironment(folder);
    expect(await openLease(environment, clock, LEASE_MS).hold()).toBe(true);
    const { stdout } = spawnSync('unshare', [...flags, ...taken(folder, clock.now())], { encoding: 'utf8' });
    expect(stdout).toBe('false\n');
    await environment.close();
  });
}
