import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { startLookups, type LookupParts, type Lookups } from '../../src/lookup/index.ts';
import { openLease } from '../../src/lookup/lease.ts';
import type { QueryResult } from '../../src/lookup/lookup-result.ts';
import type { RdapClient } from '../../src/lookup/rdap-client.ts';
import type { ServerResult, WhoisClient } from '../../src/lookup/whois-client.ts';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import { openRegistrationStore, type RegistrationStore } from '../../src/stores/registrations.ts';
import { fakeClock, type FakeClock } from './fake-clock.ts';

const DAY = 86_400_000;
const TABLES = {
  rdapServices: [
    [['com'], ['https://rdap.com.example/']],
    [['net'], ['https://rdap.net.example/']],
    [['org'], ['https://rdap.org.example/']],
    [['both'], ['https://rdap.both.example/']],
    [['same'], ['https://one.example/']],
  ] as [string[], string[]][],
  rdapOverrides: {},
  whoisServers: { de: 'whois.de.example', both: 'whois.both.example', same: 'one.example' },
};

const open: Lookups[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((lookups) => lookups.stop()));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Bench {
  readonly lookups: Lookups;
  readonly clock: FakeClock;
  readonly store: RegistrationStore;
  /** Queries in order: time since the start, server, domain. */
  readonly asked: { readonly at: number; readonly server: string; readonly domain: string }[];
  readonly servers: (server: string) => string[];
}

type Answer = (domain: string, server: string, attempt: number) => QueryResult | Promise<QueryResult>;

const found = (server: string): QueryResult => ({
  kind: 'found',
  server,
  facts: { created: '2001-02-03T04:05:06.000Z', created_precision: 'exact' },
});
const failed = (server: string, reason = 'ECONNREFUSED'): QueryResult => ({ kind: 'failed', server, reason });

/** Look-ups over clients that answer at once and a clock that is moved by hand. */
async function bench(answer: Answer, given: Partial<LookupParts> & { findServer?: ServerResult } = {}): Promise<Bench> {
  const clock = (given.clock as FakeClock | undefined) ?? fakeClock();
  const store = given.store ?? openRegistrationStore(openMemoryEnvironment());
  const begin = clock.now();
  const asked: Bench['asked'] = [];
  const attempts = new Map<string, number>();
  const ask = (domain: string, server: string) => {
    asked.push({ at: clock.now() - begin, server, domain });
    attempts.set(domain, (attempts.get(domain) ?? 0) + 1);
    return Promise.resolve(answer(domain, server, attempts.get(domain)!));
  };
  const rdap: RdapClient = {
    lookUp: (domain, base) => ask(domain, new URL(base).host),
    close: () => Promise.resolve(),
  };
  const whois: WhoisClient = {
    lookUp: ask,
    findServer: (tld) => {
      asked.push({ at: clock.now() - begin, server: 'iana', domain: tld });
      return Promise.resolve(given.findServer ?? { kind: 'none' });
    },
  };
  const lookups = startLookups({
    tables: TABLES,
    random: () => 0.5,
    ...given,
    settings: { ianaWhois: '', flushMs: 1000, ...given.settings },
    store,
    clock,
    rdap,
    whois,
  });
  open.push(lookups);
  await clock.advance(1);
  return {
    lookups,
    clock,
    store,
    asked,
    servers: (server) => asked.filter((query) => query.server === server).map(({ domain }) => domain),
  };
}

describe('one name', () => {
  it('is looked up behind the request, and its wish goes', async () => {
    const { lookups, clock, store, asked } = await bench((_, server) => found(server));
    lookups.want('example.com');
    expect(asked).toEqual([]);
    await clock.advance(2000);
    expect(asked.map(({ domain }) => domain)).toEqual(['example.com']);
    expect(store.records.get('example.com')).toMatchObject({
      status: 'found',
      created: Date.UTC(2001, 1, 3, 4, 5, 6),
      details: { source: 'rdap', server: 'rdap.com.example' },
    });
    expect(store.wishes.count()).toBe(0);
    expect(lookups.metrics()).toMatchObject({
      owner: true,
      queued: 0,
      lookups: [{ server: 'rdap.com.example', outcome: 'found', count: 1 }],
    });
  });

  it('wanted again and again has one look-up in flight', async () => {
    const { lookups, clock, asked } = await bench((_, server) => found(server));
    for (let i = 0; i < 1000; i++) lookups.want('example.com');
    await clock.advance(5000);
    expect(asked).toHaveLength(1);
  });

  it('waitFor ends with the look-up, when the record can be read', async () => {
    const { lookups, clock, store } = await bench((_, server) => found(server));
    lookups.want('example.com');
    let status: string | undefined;
    const waiting = lookups
      .waitFor('example.com', 60_000)
      .then(() => (status = store.records.get('example.com')?.status));
    await clock.advance(100);
    await waiting;
    expect(status).toBe('found');
  });

  it('waitFor ends after its time', async () => {
    let answer: (result: QueryResult) => void = () => undefined;
    const { lookups, clock } = await bench(() => new Promise((resolve) => (answer = resolve)));
    lookups.want('example.com');
    let ended = false;
    const waiting = lookups.waitFor('example.com', 250).then(() => (ended = true));
    await clock.advance(249);
    expect(ended).toBe(false);
    await clock.advance(1);
    await waiting;
    answer(found('x'));
    await clock.settle();
  });

  it('waitFor a name that nobody wants ends at once', async () => {
    const { lookups } = await bench((_, server) => found(server));
    await lookups.waitFor('example.com', 60_000);
  });

  it('under a TLD that nobody serves is unsupported without a query', async () => {
    const { lookups, clock, store, asked } = await bench((_, server) => found(server));
    lookups.want('example.xx');
    await clock.advance(2000);
    expect(store.records.get('example.xx')).toMatchObject({ status: 'unsupported' });
    expect(asked).toEqual([]);
    expect(lookups.isDue(store.records.get('example.xx'))).toBe(false);
    lookups.setTables(TABLES);
    expect(lookups.isDue(store.records.get('example.xx'))).toBe(true);
  });

  it("IANA is asked once for a TLD's server", async () => {
    const { lookups, clock, asked, store } = await bench((_, server) => found(server), {
      settings: { ianaWhois: 'iana' },
      findServer: { kind: 'server', server: 'whois.xx.example' },
    });
    for (const name of ['a', 'b', 'c']) lookups.want(`${name}.xx`);
    await clock.advance(20_000);
    expect(asked.map(({ server }) => server).sort()).toEqual([
      'iana',
      'whois.xx.example',
      'whois.xx.example',
      'whois.xx.example',
    ]);
    expect(store.records.get('c.xx')).toMatchObject({ status: 'found', details: { source: 'whois' } });
  });

  it('onRecord hears of it', async () => {
    const heard: string[] = [];
    const { lookups, clock } = await bench((_, server) => found(server), {
      onRecord: (domain, { status }) => heard.push(`${domain} ${status}`),
    });
    lookups.want('example.com');
    await clock.advance(2000);
    expect(heard).toEqual(['example.com found']);
  });
});

describe('outcomes', () => {
  it('not found is authoritative: WHOIS is not asked', async () => {
    const { lookups, clock, store, asked } = await bench((_, server) => ({ kind: 'not_found', server }));
    lookups.want('x.both');
    await clock.advance(600_000);
    expect(asked).toHaveLength(1);
    expect(store.records.get('x.both')).toMatchObject({ status: 'not_found' });
  });

  it('a limit counts against the server: nothing is stored, the job waits, WHOIS is not asked', async () => {
    const { lookups, clock, store, asked } = await bench((_, server, attempt) =>
      attempt === 1 ? { kind: 'refused', server, retryAfterMs: 120_000 } : found(server),
    );
    lookups.want('x.both');
    await clock.advance(119_000);
    expect(store.records.get('x.both')).toBeUndefined();
    expect(store.wishes.get('x.both')).toMatchObject({ attempts: 0 });
    expect(asked).toHaveLength(1);
    await clock.advance(10_000);
    expect(asked.map(({ server }) => server)).toEqual(['rdap.both.example', 'rdap.both.example']);
    expect(asked[1]!.at).toBeGreaterThanOrEqual(120_000);
    expect(store.records.get('x.both')).toMatchObject({ status: 'found' });
  });

  it('RDAP that fails is asked once more, then WHOIS', async () => {
    const { lookups, clock, store, asked } = await bench((_, server) =>
      server.startsWith('rdap') ? failed(server) : found(server),
    );
    lookups.want('x.both');
    await clock.advance(120_000);
    expect(asked.map(({ server }) => server)).toEqual(['rdap.both.example', 'rdap.both.example', 'whois.both.example']);
    expect(asked[1]!.at).toBeGreaterThanOrEqual(48_000);
    expect(store.records.get('x.both')).toMatchObject({ status: 'found', details: { source: 'whois' } });
  });

  it('WHOIS on the machine that failed is not asked', async () => {
    const { lookups, clock, asked } = await bench((_, server) => failed(server), {
      settings: { maxAttempts: 4, flushMs: 60_000, leaseMs: 600_000 },
    });
    lookups.want('x.same');
    await clock.advance(DAY);
    expect(new Set(asked.map(({ server }) => server))).toEqual(new Set(['one.example']));
  });

  it('given up after the attempts: error', async () => {
    const { lookups, clock, store, asked } = await bench((_, server) => failed(server), {
      settings: { maxAttempts: 3 },
    });
    lookups.want('example.com');
    await clock.advance(600_000);
    expect(asked).toHaveLength(3);
    expect(store.records.get('example.com')).toMatchObject({ status: 'error' });
    expect(store.wishes.count()).toBe(0);
  });

  it('limits for 7 days: error', async () => {
    const { lookups, clock, store } = await bench(
      (_, server) => ({ kind: 'refused', server, retryAfterMs: 3_600_000 }),
      { settings: { flushMs: 60_000, leaseMs: 600_000 } },
    );
    lookups.want('example.com');
    await clock.advance(7 * DAY + 7_200_000);
    expect(store.records.get('example.com')).toMatchObject({ status: 'error' });
  });

  it('a query that cannot be read is final', async () => {
    const { lookups, clock, store, asked } = await bench(
      (_, server) => ({ ...failed(server, 'HTTP 400'), final: true }) as QueryResult,
    );
    lookups.want('x.both');
    await clock.advance(600_000);
    expect(asked).toHaveLength(1);
    expect(store.records.get('x.both')).toMatchObject({ status: 'error' });
  });

  it('a refresh that fails: the good record is served on, stale', async () => {
    const { lookups, clock, store } = await bench((_, server) => failed(server), { settings: { maxAttempts: 3 } });
    store.records.put('example.com', {
      status: 'found',
      created: 1e12,
      retrieved: 1.1e12,
      details: { registrar: 'R' },
    });
    lookups.want('example.com');
    await clock.advance(3000);
    expect(store.records.get('example.com')).toEqual({
      status: 'found',
      created: 1e12,
      retrieved: 1.1e12,
      stale: true,
      details: { registrar: 'R' },
    });
    await clock.advance(600_000);
    expect(store.records.get('example.com')).toMatchObject({ status: 'found', created: 1e12, stale: true });
    expect(store.wishes.count()).toBe(0);
  });
});

describe('servers', () => {
  it('are asked in their spacing', async () => {
    const { lookups, clock, asked } = await bench((_, server) => found(server));
    for (let i = 0; i < 6; i++) lookups.want(`${i}.com`);
    for (let i = 0; i < 3; i++) lookups.want(`${i}.de`);
    await clock.advance(10_000);
    const times = (server: string) =>
      asked.filter((query) => query.server === server).map(({ at }) => Math.floor(at / 1000));
    expect(times('rdap.com.example')).toEqual([0, 0, 1, 2, 3, 4]);
    expect(times('whois.de.example')).toEqual([0, 2, 4]);
  });

  it('a dead one is left alone: the breaker opens, its names wait, nothing goes to WHOIS in a burst', async () => {
    const { lookups, clock, asked } = await bench((_, server) => failed(server));
    for (let i = 0; i < 1000; i++) lookups.want(`${i}.both`);
    await clock.advance(25_000);
    expect(asked).toHaveLength(5);
    expect(lookups.metrics().servers).toContainEqual(
      expect.objectContaining({ server: 'rdap.both.example', breaker: 'open' }),
    );
    await clock.advance(600_000);
    expect(asked.length).toBeLessThan(20);
  });

  it('a server that comes back is asked again', async () => {
    let dead = true;
    const told: string[] = [];
    const onServer = (server: string, state: string) => void told.push(`${server} ${state}`);
    const { lookups, clock, store } = await bench((_, server) => (dead ? failed(server) : found(server)), { onServer });
    for (let i = 0; i < 10; i++) lookups.want(`${i}.com`);
    await clock.advance(10_000);
    expect(told).toEqual(['rdap.com.example failing']);
    dead = false;
    await clock.advance(600_000);
    expect(told).toEqual(['rdap.com.example failing', 'rdap.com.example answering']);
    for (let i = 0; i < 10; i++) expect(store.records.get(`${i}.com`)).toMatchObject({ status: 'found' });
  });

  it('names just seen come before retries and names of an earlier run, which still get their turn', async () => {
    const store = openRegistrationStore(openMemoryEnvironment());
    for (let i = 0; i < 20; i++)
      store.wishes.put(`old${i}.com`, { since: Date.UTC(2026, 10, 19), attempts: 0, notBefore: 0 });
    const { lookups, clock, servers } = await bench((_, server) => found(server), { store });
    for (let i = 0; i < 8; i++) lookups.want(`new${i}.com`);
    lookups.want('old19.com');
    await clock.advance(12_000);
    const order = servers('rdap.com.example').slice(2);
    expect(order.slice(0, 9).filter((name) => name.startsWith('new')).length).toBeGreaterThanOrEqual(6);
    expect(order.slice(0, 9).some((name) => name.startsWith('old'))).toBe(true);
    expect(order.indexOf('old19.com')).toBeLessThan(13);
  });
});

/** A store on disk, as in service: the twin in memory copies all of itself for each transaction. */
function lmdbStore(): RegistrationStore {
  const folder = mkdtempSync(join(tmpdir(), 'lookups-'));
  folders.push(folder);
  return openRegistrationStore(openLmdbEnvironment(folder));
}

describe('a burst', () => {
  it('10,000 unknown names before one registry: one query each, others not starved, memory bounded', async () => {
    // A query of .com each 2 ms and one of .de each 4 ms, by the clock of the test.
    const settings = { flushMs: 1000, leaseMs: 300_000, rdapIntervalMs: 2, whoisIntervalMs: 4 };
    const { lookups, clock, asked, servers, store } = await bench((_, server) => found(server), {
      store: lmdbStore(),
      settings,
    });
    for (let i = 0; i < 10_000; i++) {
      lookups.want(`name${i}.com`);
      lookups.want(`name${i}.com`);
      if (i % 100 === 0) {
        lookups.want(`name${i}.net`);
        lookups.want(`name${i}.de`);
      }
    }
    expect(lookups.metrics()).toMatchObject({ queued: 10_200, dropped: 0 });
    expect(asked).toEqual([]);
    await clock.advance(450);
    // The others are through at their own pace, though .com had asked first.
    expect(new Set(servers('rdap.net.example')).size).toBe(100);
    expect(new Set(servers('whois.de.example')).size).toBe(100);
    expect(servers('rdap.com.example').length).toBeGreaterThan(200);
    expect(servers('rdap.com.example').length).toBeLessThan(240);
    await clock.advance(25_000);
    expect(new Set(asked.map(({ domain }) => domain)).size).toBe(10_200);
    expect(asked).toHaveLength(10_200);
    expect(store.records.count()).toBe(10_200);
    expect(store.wishes.count()).toBe(0);
    expect(lookups.metrics()).toMatchObject({ queued: 0, running: 0, dropped: 0 });
  }, 60_000);

  it('more than the queue holds is dropped and counted', async () => {
    const { lookups } = await bench((_, server) => found(server), { settings: { queueLimit: 500 } });
    for (let i = 0; i < 2000; i++) lookups.want(`name${i}.com`);
    expect(lookups.metrics()).toMatchObject({ queued: 500, dropped: 1500 });
  });

  it('a hot name in a long queue takes no more memory with every event', async () => {
    const { lookups, clock, asked } = await bench((_, server) => failed(server));
    for (let i = 0; i < 100; i++) lookups.want(`name${i}.com`);
    for (let i = 0; i < 100_000; i++) lookups.want('name99.com');
    await clock.advance(20_000);
    expect(asked.filter(({ domain }) => domain === 'name99.com').length).toBeLessThanOrEqual(1);
  });
});

describe('restart', () => {
  it('goes on with the names that waited, and their attempts', async () => {
    const store = openRegistrationStore(openMemoryEnvironment());
    const first = await bench((_, server, attempt) => (attempt > 0 ? failed(server) : found(server)), {
      store,
    });
    for (let i = 0; i < 50; i++) first.lookups.want(`${i}.com`);
    await first.clock.advance(3000);
    await first.lookups.stop();
    expect(store.wishes.count()).toBe(50);
    expect(store.wishes.get('0.com')).toMatchObject({ attempts: 1 });

    const second = await bench((_, server) => found(server), { store, clock: first.clock });
    await second.clock.advance(200_000);
    expect(store.wishes.count()).toBe(0);
    expect(store.records.count()).toBe(50);
  });

  it('stop ends a query under way, and writes what was wanted a moment ago', async () => {
    const { lookups, clock, store } = await bench(
      (domain) =>
        new Promise((resolve) => setImmediate(() => resolve(domain === '0.com' ? { kind: 'stopped' } : found('x')))),
    );
    lookups.want('0.com');
    await clock.advance(1);
    lookups.want('1.com');
    await lookups.stop();
    expect([...store.wishes.entries()].map(([domain]) => domain)).toContain('0.com');
    lookups.want('2.com');
    expect(store.wishes.get('2.com')).toBeUndefined();
  });
});

describe('several processes on one store', () => {
  it('one looks up; the others pass their wishes on and get the answer', async () => {
    const store = openRegistrationStore(openMemoryEnvironment());
    const owner = await bench((_, server) => found(server), { store });
    const other = await bench((_, server) => found(server), { store, clock: owner.clock });
    expect([owner.lookups.metrics().owner, other.lookups.metrics().owner]).toEqual([true, false]);
    for (let i = 0; i < 1000; i++) other.lookups.want('example.com');
    const waiting = other.lookups.waitFor('example.com', 60_000);
    await owner.clock.advance(4000);
    await waiting;
    expect(other.asked).toEqual([]);
    expect(owner.asked).toHaveLength(1);
    expect(store.records.get('example.com')).toMatchObject({ status: 'found' });
  });

  it('another takes over when the owner stops', async () => {
    const store = openRegistrationStore(openMemoryEnvironment());
    const owner = await bench((_, server) => failed(server), { store });
    const other = await bench((_, server) => found(server), { store, clock: owner.clock });
    for (let i = 0; i < 10; i++) other.lookups.want(`${i}.com`);
    await owner.clock.advance(3000);
    await owner.lookups.stop();
    await other.clock.advance(6000);
    expect(other.lookups.metrics().owner).toBe(true);
    await other.clock.advance(300_000);
    expect(store.records.count()).toBe(10);
    expect(store.wishes.count()).toBe(0);
  });

  it('another takes over when the owner dies, after the lease', async () => {
    const store = openRegistrationStore(openMemoryEnvironment());
    const clock = fakeClock();
    const dead = openLease(store.environment, clock, 15_000);
    expect(await dead.hold()).toBe(true);
    const { lookups, store: same } = await bench((_, server) => found(server), { store, clock });
    lookups.want('example.com');
    await clock.advance(14_000);
    expect([lookups.metrics().owner, same.records.count()]).toEqual([false, 0]);
    await clock.advance(10_000);
    expect([lookups.metrics().owner, same.records.count()]).toEqual([true, 1]);
    expect(await dead.hold()).toBe(false);
  });

  it('an owner that lost its lease stops looking up', async () => {
    const store = openRegistrationStore(openMemoryEnvironment());
    const { lookups, clock } = await bench((_, server) => found(server), { store });
    store.environment
      .table('lease', { version: 1, encode: (text: string) => Buffer.from(text), decode: String })
      .put('look-ups', JSON.stringify({ id: 'other', until: clock.now() + 60_000 }));
    await clock.advance(6000);
    expect(lookups.metrics().owner).toBe(false);
  });
});

describe('records that other instances share', () => {
  const DAY_AGO = fakeClock().now() - DAY;
  const record = { status: 'found', created: 0, retrieved: DAY_AGO, details: { source: 'rdap', server: 's' } } as const;

  it('spare the registry the query, and its spacing', async () => {
    const shares = (domain: string) => Promise.resolve(domain.startsWith('known') ? record : undefined);
    const { lookups, clock, asked, store } = await bench((_, server) => found(server), { sharedRecord: shares });
    for (let i = 0; i < 50; i++) lookups.want(`known-${i}.com`);
    for (let i = 0; i < 4; i++) lookups.want(`new-${i}.com`);
    await clock.advance(1000);
    for (let i = 0; i < 50; i++) expect(store.records.get(`known-${i}.com`)).toEqual(record);
    expect(asked.map(({ domain }) => domain)).toEqual(['new-0.com', 'new-1.com', 'new-2.com']);
    expect(lookups.metrics().lookups).toContainEqual({ server: 'rdap.com.example', outcome: 'shared', count: 50 });
  });

  it('that are due, or older than the own one, spare nothing', async () => {
    const old = { ...record, retrieved: fakeClock().now() - 200 * DAY };
    const { lookups, clock, asked } = await bench((_, server) => found(server), {
      sharedRecord: () => Promise.resolve(old),
    });
    lookups.want('a.com');
    await clock.advance(1000);
    expect(asked).toHaveLength(1);
  });
});

describe('a store that cannot be written', () => {
  it('is told, and tried again; nothing is lost', async () => {
    const environment = openMemoryEnvironment();
    let full = false;
    const store = openRegistrationStore({
      ...environment,
      write: (change) => (full ? Promise.reject(new Error('disk full')) : environment.write(change)),
    });
    const faults: unknown[] = [];
    const { lookups, clock } = await bench((_, server) => found(server), {
      store,
      onFault: (fault) => faults.push(fault),
    });
    full = true;
    lookups.want('example.com');
    await clock.advance(3000);
    expect(faults.length).toBeGreaterThan(0);
    expect(store.records.count()).toBe(0);
    full = false;
    await clock.advance(6000);
    expect(store.records.get('example.com')).toMatchObject({ status: 'found' });
  });
});
