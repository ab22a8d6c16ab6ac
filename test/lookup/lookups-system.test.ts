import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startLookups, type LookupParts, type Lookups } from '../../src/lookup/index.ts';
import { createWhoisClient } from '../../src/lookup/whois-client.ts';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { openRegistrationStore, type RegistrationStore } from '../../src/stores/registrations.ts';
import { closeStubs, deadHost, httpStub, rdapBody, testSettings, whoisStub } from './stubs.ts';

const folder = mkdtempSync(join(tmpdir(), 'lookups-system-'));
afterAll(async () => {
  await closeStubs();
  rmSync(folder, { recursive: true, force: true });
});

/** Counts ends of look-ups, and wakes who waits for a number of them. */
function endCounter() {
  let ends = 0;
  const waiting: { readonly at: number; readonly tell: () => void }[] = [];
  return {
    onRecord: () => {
      ends++;
      for (const { at, tell } of waiting) if (ends >= at) tell();
    },
    reached: (at: number) => (ends >= at ? Promise.resolve() : new Promise<void>((tell) => waiting.push({ at, tell }))),
  };
}

/** Quick, and patient with a slow machine: a query that fails is tried again later than a test waits. */
const FAST = {
  rdapIntervalMs: 1,
  rdapBurst: 4,
  whoisIntervalMs: 1,
  flushMs: 20,
  leaseMs: 3_000,
  deadlineMs: 20_000,
  idleMs: 20_000,
};

function start(
  store: RegistrationStore,
  tables: Partial<LookupParts['tables']>,
  onRecord: LookupParts['onRecord'],
  settings: LookupParts['settings'] = {},
): Lookups {
  return startLookups({
    store,
    settings: testSettings({ ...FAST, ...settings }),
    tables: { rdapServices: [], rdapOverrides: {}, whoisServers: {}, ...tables },
    ...(onRecord === undefined ? {} : { onRecord }),
  });
}

const newStore = (name: string) => openRegistrationStore(openLmdbEnvironment(join(folder, name)));

/** Wishes in a store, with those passed on before the owner was there and not taken up yet. */
function wishesIn({ environment, wishes }: RegistrationStore): number {
  const passed = environment.table('wishes-passed', { version: 1, encode: () => Buffer.alloc(0), decode: () => 0 });
  return wishes.count() + passed.count();
}

describe('look-ups over sockets and a store on disk', () => {
  it('RDAP and WHOIS, a stop in the middle, and on after the restart', async () => {
    const rdap = await httpStub((request, response) => {
      const domain = request.url!.split('/').at(-1)!;
      response.writeHead(200, { 'content-type': 'application/rdap+json' }).end(rdapBody(domain));
    });
    const whois = await whoisStub((line, socket) =>
      socket.end(`Domain Name: ${line}\r\nCreation Date: 2003-05-06\r\n`),
    );
    const tables = {
      rdapServices: [[['com'], [rdap.base]]] as [string[], string[]][],
      whoisServers: { xx: whois.host },
    };
    const domains = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? `n${i}.xx` : `n${i}.com`));

    let store = newStore('restart');
    const first = endCounter();
    let lookups = start(store, tables, first.onRecord);
    for (const domain of domains) lookups.want(domain);
    await first.reached(100);
    await lookups.stop();
    const done = store.records.count();
    expect(done).toBeGreaterThanOrEqual(100);
    expect(wishesIn(store)).toBe(300 - done);
    await store.environment.close();

    store = newStore('restart');
    const second = endCounter();
    lookups = start(store, tables, second.onRecord);
    await second.reached(300 - done);
    await lookups.stop();
    for (const domain of domains) expect(store.records.get(domain)).toMatchObject({ status: 'found' });
    expect(store.records.get('n0.xx')).toMatchObject({ details: { source: 'whois', server: whois.host } });
    expect(wishesIn(store)).toBe(0);
    await store.environment.close();
    // Each name was asked for once; only what was under way at the stop is asked for again.
    const asked = [...rdap.asked, ...whois.asked];
    expect(new Set(asked).size).toBe(300);
    expect(asked.length - 300).toBeLessThanOrEqual(testSettings(FAST).parallel);
  }, 30_000);

  it('a dead registry: wanting and waiting end in their own time, and other registries are served', async () => {
    const rdap = await httpStub((request, response) => {
      response.writeHead(200).end(rdapBody(request.url!.split('/').at(-1)!));
    });
    const dead = `http://${await deadHost()}/`;
    const store = newStore('dead');
    const ends = endCounter();
    const lookups = start(
      store,
      {
        rdapServices: [
          [['com'], [dead]],
          [['net'], [rdap.base]],
        ],
      },
      ends.onRecord,
      // However slow this machine is, no name is given up while the others are served.
      { maxAttempts: 1_000_000 },
    );
    for (let i = 0; i < 1000; i++) lookups.want(`n${i}.com`);
    for (let i = 0; i < 10; i++) lookups.want(`n${i}.net`);
    await lookups.waitFor('n0.com', 10);
    await ends.reached(10);
    for (let i = 0; i < 10; i++) expect(store.records.get(`n${i}.net`)).toMatchObject({ status: 'found' });
    expect(store.records.get('n0.com')).toBeUndefined();
    await lookups.stop();
    expect(wishesIn(store)).toBe(1000);
    await store.environment.close();
  }, 30_000);
});

/** It prints its usage and ends with 1; a missing program has no status. */
const hasPeer = spawnSync('uwhoisd').status !== null;

/** A real WHOIS server in between: it proxies to the registry's server that its table names. */
(hasPeer ? describe : describe.skip)(`uwhoisd as WHOIS server${hasPeer ? '' : ' (skipped: not installed)'}`, () => {
  it('hands the answer through; the empty answer for a registry that it cannot reach is a failure and not "available"', async () => {
    const registry = await whoisStub((_, socket) =>
      socket.end('Domain Name: example.org\r\nCreation Date: 2003-05-06\r\n'),
    );
    const [host, port] = (await deadHost()).split(':') as [string, string];
    const ini = join(folder, 'uwhoisd.ini');
    writeFileSync(
      ini,
      `[uwhoisd]\niface=${host}\nport=${port}\nconservative=\n[overrides]\norg=${registry.host}\nxx=${await deadHost()}\n[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=f\n[logger_root]\nlevel=ERROR\nhandlers=h\n[handler_h]\nclass=StreamHandler\nformatter=f\nargs=(sys.stderr,)\n[formatter_f]\nformat=%(message)s\n`,
    );
    const peer = spawn('uwhoisd', [ini], { stdio: 'ignore' });
    try {
      const client = createWhoisClient(testSettings({ deadlineMs: 5_000, idleMs: 4_000 }), () => Date.now());
      const signal = new AbortController().signal;
      const server = `${host}:${port}`;
      let result = await client.lookUp('example.org', server, signal);
      // It listens only some time after its start.
      for (let i = 0; i < 200 && result.kind === 'failed' && result.reason === 'ECONNREFUSED'; i++) {
        await new Promise((resume) => setTimeout(resume, 50));
        result = await client.lookUp('example.org', server, signal);
      }
      expect(result).toMatchObject({ kind: 'found', facts: { created: '2003-05-06T00:00:00.000Z' } });
      expect(await client.lookUp('example.xx', server, signal)).toMatchObject({ kind: 'failed' });
    } finally {
      peer.kill();
      await once(peer, 'exit');
    }
  }, 60_000);
});
