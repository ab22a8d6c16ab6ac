import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { run, startServer, type RunningServer } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Real processes, on a machine that others use too.
jest.setTimeout(90_000);

const servers: RunningServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))));

interface Answer {
  readonly name: string;
  readonly pending?: readonly string[];
  readonly first_contact?: boolean;
}

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
const itWithMounts = canMount ? it : it.skip;

async function ask(server: RunningServer, names: readonly string[]): Promise<Answer[]> {
  const body = JSON.stringify(names.map((name) => ({ name })));
  const response = await fetch(`${server.origin}/v1/domains`, { method: 'POST', body });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer[];
}

async function readiness(server: RunningServer): Promise<{ status: number; not_ready: readonly string[] }> {
  const response = await fetch(`${server.origin}/readyz`);
  return { status: response.status, ...((await response.json()) as { not_ready: readonly string[] }) };
}

/** Asks again until the service is ready; what it waits for is the service's own next try. */
async function untilReady(server: RunningServer): Promise<void> {
  while ((await readiness(server)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
}

const names = (batch: number) => Array.from({ length: 500 }, (_, index) => `d${batch}-${index}.com`);

/** Sends new names until some cannot be decided. Returns those that were answered as first contacts. */
async function fillUp(server: RunningServer): Promise<{ firsts: Set<string>; undecided: string[] }> {
  const firsts = new Set<string>();
  for (let batch = 0; ; batch++) {
    const answers = await ask(server, names(batch));
    const undecided = answers.filter(({ pending }) => pending?.includes('contact') === true);
    for (const { name, first_contact: first } of answers) if (first === true) firsts.add(name);
    if (undecided.length > 0) return { firsts, undecided: undecided.map(({ name }) => name) };
    if (batch > 200) throw new Error('the disk never became full');
  }
}

async function expectToLiveThrough(server: RunningServer, makeRoom: () => void): Promise<Set<string>> {
  const { firsts, undecided } = await fillUp(server);
  expect(await readiness(server)).toEqual({
    status: 503,
    ready: false,
    not_ready: ['contacts: cannot be written'],
    degraded: [],
  });
  // What is known is answered as ever.
  const [known] = firsts;
  expect(await ask(server, [known!])).toMatchObject([{ first_contact: false }]);
  makeRoom();
  await untilReady(server);
  // Nobody was told that these are first contacts, so now somebody is: exactly one.
  const [once, again] = [await ask(server, undecided), await ask(server, undecided)];
  expect(once.filter(({ first_contact: first }) => first !== true)).toEqual([]);
  expect(again.filter(({ first_contact: first }) => first !== false)).toEqual([]);
  for (const { name } of once) firsts.add(name);
  return firsts;
}

async function expectAllKnown(server: RunningServer, firsts: ReadonlySet<string>): Promise<void> {
  const all = [...firsts];
  const lost: string[] = [];
  for (let start = 0; start < all.length; start += 500) {
    for (const { name, first_contact: first } of await ask(server, all.slice(start, start + 500))) {
      if (first !== false) lost.push(name);
    }
  }
  expect(lost).toEqual([]);
}

describe('a disk that is full', () => {
  it('(a limit of file size) leaves contacts undecided until there is room, and loses none', async () => {
    const data = temporaryFolder();
    // Ignored, the signal of the limit becomes an error of the write. The limit is a soft one, to be lifted later.
    const server = await startServer(['--data', data], {}, "trap '' XFSZ; ulimit -S -f 600");
    servers.push(server);
    const firsts = await expectToLiveThrough(server, () => {
      expect(spawnSync('prlimit', ['--pid', String(server.process.pid), '--fsize=unlimited:']).status).toBe(0);
    });
    await server.stop('SIGKILL');
    const next = await startServer(['--data', data]);
    servers.push(next);
    await expectAllKnown(next, firsts);
  });

  itWithMounts('(a file system of 3 MB) leaves contacts undecided until there is room, and loses none', async () => {
    const data = temporaryFolder();
    const wrapped = await startServer(['--data', data], {}, mounted(`mount -t tmpfs -o size=3m none ${data}`));
    servers.push(wrapped);
    const firsts = await expectToLiveThrough(wrapped, () => {
      const inside = ['-m', '-t', String(wrapped.process.pid), 'mount', '-o', 'remount,size=60m', data];
      expect(spawnSync('nsenter', inside).status).toBe(0);
    });
    await expectAllKnown(wrapped, firsts);
    expect(await wrapped.stop()).toBe(0);
  });

  it('ends no command before its last line; it tells of the fault and fails', async () => {
    const input = Array.from({ length: 6000 }, (_, index) => `d${index}.com`).join('\n');
    const args = ['enrich', '--names', '--data', temporaryFolder()];
    const { code, stdout, stderr } = await run(args, { input, shell: "trap '' XFSZ; ulimit -f 400" });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
    expect([code, answers.length]).toEqual([1, 6000]);
    const undecided = answers.filter(({ first_contact: first }) => first === undefined);
    expect(undecided.length).toBeGreaterThan(0);
    expect(undecided.filter(({ pending }) => pending?.includes('contact') !== true)).toEqual([]);
    expect(stderr).toMatch(/^domain-stats: Cannot write to the store in \S+: .*Make room on its disk/m);
  });

  it('ends an import with what is to be done', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) =>
      JSON.stringify({ domain: `d${index}.example.com`, first_seen: '2026-01-01T00:00:00Z' }),
    );
    const args = ['contacts', 'import', '--data', temporaryFolder(), '-'];
    const { code, stderr } = await run(args, { input: rows.join('\n'), shell: "trap '' XFSZ; ulimit -f 800" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^domain-stats: Cannot write to the store in \S+contacts: .*Make room on its disk/m);
  });
});

it('the map of a store grows far beyond what it was made with', async () => {
  // LMDB begins with 512 kB here.
  const data = temporaryFolder();
  const rows = Array.from({ length: 100_000 }, (_, index) =>
    JSON.stringify({ domain: `d${index}.example-${index}.com`, first_seen: '2026-01-01T00:00:00Z' }),
  );
  const imported = await run(['contacts', 'import', '--data', data, '-'], { input: rows.join('\n') });
  expect(imported.code).toBe(0);
  const { stdout } = await run(['status', '--json', '--data', data]);
  const { stores } = JSON.parse(stdout) as { stores: { store: string; entries: number; bytes: number }[] };
  const contacts = stores.find(({ store }) => store === 'contacts');
  expect(contacts?.entries).toBe(100_000);
  expect(contacts?.bytes).toBeGreaterThan(8 * 2 ** 20);
});

describe('a data directory that cannot be written', () => {
  itWithMounts('stops the start with what is to be done', async () => {
    const data = temporaryFolder();
    expect((await run(['enrich', '--names', '--data', data], { input: 'a.com\n' })).code).toBe(0);
    const shell = mounted(`mount --bind ${data} ${data} && mount -o remount,ro,bind ${data}`);
    for (const args of [
      ['serve', '--port', '0'],
      ['lookup', 'a.com'],
      ['enrich', '--names'],
    ]) {
      const { code, stderr } = await run([...args, '--data', data], { shell });
      expect([args, code]).toEqual([args, 1]);
      expect(stderr).toMatch(new RegExp(`^domain-stats: .*${data}.*--data`, 's'));
    }
  });
});

/** Runs what follows in a name space of its own, where the command may mount. */
function mounted(command: string): string {
  return `if [ -z "$MOUNTED" ]; then export MOUNTED=1; exec unshare -m bash -c '${command} && exec "$@"' bash "$@"; fi`;
}
