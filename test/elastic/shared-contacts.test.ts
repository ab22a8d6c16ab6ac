import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { openFleetContacts } from '../../src/elastic/contacts/fleet-contacts.ts';
import { contactIndex, type ContactIndex, type SettledContact } from '../../src/elastic/contacts/contact-index.ts';
import type { EngineRequest } from '../../src/elastic/engine.ts';
import { contactKey } from '../../src/stores/contact-tables.ts';
import type { ContactClaim, FleetContacts } from '../../src/stores/fleet-contacts.ts';
import { run, startServer, type RunningServer } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeWithEngine } from './engines/describe-with-engine.ts';
import type { EngineNode } from './engines/node.ts';

interface Answer {
  readonly domain: string;
  readonly first_contact?: boolean;
  readonly first_seen?: string;
  readonly pending?: readonly string[];
}

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
}, 20_000);

async function start(engine: EngineNode, folder = temporaryFolder(), ...args: string[]): Promise<RunningServer> {
  const place = `${engine.name}://${new URL(engine.url).host}`;
  const server = await startServer(['--contacts', place, '--data', folder, '--log-level', 'fatal', ...args]);
  servers.push(server);
  return server;
}

interface Item {
  readonly name: string;
  readonly id?: string;
  readonly at?: string;
}

async function ask(server: RunningServer, items: readonly Item[]): Promise<Answer[]> {
  const response = await fetch(`${server.origin}/v1/domains`, { method: 'POST', body: JSON.stringify(items) });
  return (await response.json()) as Answer[];
}

/** Asks until everything is decided, as a shipper's retries and the sweep do: of any server that is there, with the same ids. */
async function decide(of: () => RunningServer, items: readonly Item[], told: (answer: Answer) => void): Promise<void> {
  for (let open = items; open.length > 0;) {
    const answers = await ask(of(), open).catch(() => undefined);
    if (answers === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    const undecided = open.filter((_, place) => answers[place]?.pending?.includes('contact') === true);
    answers.filter(({ first_contact: first }) => first !== undefined).forEach(told);
    if (undecided.length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    open = undecided;
  }
}

/** 20,000 names were measured once; fewer show the same. */
const COUNT = Number(process.env['SHARED_CONTACTS_NAMES'] ?? 2000);
const BATCH = 200;

/** All names through every server at once; how often each was told to be a first contact, and `midway` in between. */
async function throughAll(all: readonly RunningServer[], prefix: string, count: number, midway?: () => void) {
  const firsts = new Map<string, number>();
  let answered = 0;
  const told = ({ domain, first_contact: first }: Answer) => {
    if (++answered === Math.floor(count * 0.6)) midway?.();
    firsts.set(domain, (firsts.get(domain) ?? 0) + Number(first === true));
  };
  await Promise.all(
    all.map(async (server, instance) => {
      let turn = instance;
      const alive = () =>
        server.process.exitCode === null && !server.process.killed ? server : all[++turn % all.length]!;
      for (let from = 0; from < count; from += BATCH) {
        const items = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => ({
          name: `www.${prefix}-${from + i}.com`,
          id: `${prefix}-${instance}-${from + i}`,
        }));
        await decide(alive, items, told);
      }
    }),
  );
  return firsts;
}

const notOnce = (firsts: ReadonlyMap<string, number>) => [...firsts].filter(([, count]) => count !== 1);

for (const name of ['opensearch', 'elasticsearch'] as const) {
  describeWithEngine(name, 'shared contacts', (engine) => {
    it('decide each name once over three instances that get it at the same time', async () => {
      const all = await Promise.all([start(engine()), start(engine()), start(engine())]);
      const firsts = await throughAll(all, 'calm', COUNT);
      expect(firsts.size).toBe(COUNT);
      expect(notOnce(firsts)).toEqual([]);
    }, 120_000);

    it('do so when an instance is killed and the engine restarts in the middle', async () => {
      const all = await Promise.all([start(engine()), start(engine()), start(engine())]);
      let restarted: Promise<void> | undefined;
      const firsts = await throughAll(all, 'storm', COUNT, () => {
        all[2].process.kill('SIGKILL');
        restarted = engine().restart('SIGKILL');
      });
      await restarted;
      servers.splice(servers.indexOf(all[2]), 1);
      expect(firsts.size).toBe(COUNT);
      expect(notOnce(firsts)).toEqual([]);
    }, 180_000);

    it('tell a retry again on another instance, and a known name while the engine is away', async () => {
      const [one, two] = await Promise.all([start(engine()), start(engine())]);
      const item = { name: 'retry.com', id: 'r1', at: '2026-11-20T12:00:00Z' };
      expect(await ask(one, [item])).toMatchObject([{ first_contact: true }]);
      expect(await ask(two, [item])).toMatchObject([{ first_contact: true, first_seen: '2026-11-20T12:00:00.000Z' }]);
      expect(await ask(two, [{ ...item, id: 'r2' }])).toMatchObject([{ first_contact: false }]);
      // Without an id, too, one of them is first.
      const plain = { name: 'plain.com' };
      expect(await ask(one, [plain, plain])).toMatchObject([{ first_contact: true }, { first_contact: false }]);
      expect(await ask(two, [plain])).toMatchObject([{ first_contact: false }]);
      await engine().stop();
      try {
        const [known, fresh] = await ask(two, [
          { ...item, id: 'r3' },
          { name: 'fresh.com', id: 'f1' },
        ]);
        expect(known).toMatchObject({ first_contact: false });
        expect(fresh?.pending).toContain('contact');
        expect(fresh).not.toHaveProperty('first_contact');
      } finally {
        await engine().restart();
      }
      const later: Answer[] = [];
      await decide(
        () => one,
        [{ name: 'fresh.com', id: 'f1' }],
        (answer) => later.push(answer),
      );
      expect(later).toMatchObject([{ first_contact: true }]);
    }, 120_000);
  });
}

describeWithEngine('opensearch', 'first times of shared contacts', (engine) => {
  it('move back in the index, and are there for an instance that comes later', async () => {
    const flushing = ['--flush-every', '100ms'];
    const [one, two] = await Promise.all([
      start(engine(), temporaryFolder(), ...flushing),
      start(engine(), temporaryFolder(), ...flushing),
    ]);
    const item = { name: 'www.moved.com', id: 'm1', at: '2026-11-20T12:00:00Z' };
    await ask(one, [item]);
    await ask(two, [{ ...item, id: 'm2', at: '2026-11-19T12:00:00Z' }]);
    await ask(one, [{ ...item, id: 'm3', at: '2026-11-19T18:00:00Z' }]);
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    const three = await start(engine());
    expect(await ask(three, [{ ...item, id: 'm4', at: '2026-11-21T12:00:00Z' }])).toMatchObject([
      { first_contact: false, first_seen: '2026-11-19T12:00:00.000Z' },
    ]);
  }, 60_000);

  it('of one instance are given to the fleet by push', async () => {
    const folder = temporaryFolder();
    const rows = Array.from({ length: 1500 }, (_, i) => ({
      domain: `known-${i}.com`,
      first_seen: '2026-01-01T00:00:00.000Z',
      ...(i % 2 === 0 ? { first_id: i + 1 } : {}),
    }));
    const input = rows.map((row) => JSON.stringify(row)).join('\n');
    expect((await run(['contacts', 'import', '--data', folder], { input })).code).toBe(0);
    const place = `opensearch://${new URL(engine().url).host}`;
    for (const counts of ['1500 new, 0 merged', '0 new, 1500 merged']) {
      const { code, stderr } = await run(['contacts', 'push', '--contacts', place, '--data', folder]);
      expect([code, stderr]).toEqual([0, expect.stringContaining(counts)]);
    }
    const [answer] = await ask(await start(engine()), [{ name: 'known-7.com', at: '2026-11-20T12:00:00Z' }]);
    expect(answer).toMatchObject({ first_contact: false, first_seen: '2026-01-01T00:00:00.000Z' });
  }, 60_000);
});

describe('claims of contacts', () => {
  const claim = (key: string): ContactClaim => ({ key, first: 1, firstId: 1, list: 1 });
  const won: SettledContact = { isNew: true, won: true, first: 1, firstId: 1 };
  const open = (settle: ContactIndex['settle'], waitMs = 10_000) => {
    const faults: unknown[] = [];
    const connections: number[] = [];
    const fleet = openFleetContacts({
      connect: () => {
        connections.push(1);
        return Promise.resolve({
          settle,
          prepare: () => Promise.resolve(),
          lower: () => Promise.resolve(new Map()),
        });
      },
      waitMs,
      lowerEveryMs: 3_600_000,
      onFault: (error) => faults.push(error),
    });
    return { fleet, faults, connections };
  };

  it('go together, at most a thousand at a time', async () => {
    const sizes: number[] = [];
    const { fleet } = open((claims) => {
      sizes.push(claims.length);
      return Promise.resolve(claims.map(() => won));
    });
    const agreed = await Promise.all(Array.from({ length: 2500 }, (_, i) => fleet.claim(claim(`default\0${i}.com`))));
    expect(agreed.every((each) => each?.won)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(2500);
    expect(Math.max(...sizes)).toBe(1000);
    await fleet.close();
  });

  it('are undecided when the engine fails, and then at once, without a request', async () => {
    let requests = 0;
    const { fleet, faults } = open(() => (requests++, Promise.reject(new Error('away'))));
    expect(await fleet.claim(claim('default\0a.com'))).toBeUndefined();
    expect(await fleet.claim(claim('default\0b.com'))).toBeUndefined();
    expect([requests, faults.length]).toEqual([1, 1]);
    await fleet.close();
  });

  it('are undecided when the engine is too slow; those not sent by then are not sent', async () => {
    const sent: string[] = [];
    const releases: (() => void)[] = [];
    const { fleet } = open((claims) => {
      sent.push(...claims.map(({ key }) => key));
      return new Promise((resolve) => releases.push(() => resolve(claims.map(() => won))));
    }, 30);
    const slow = ['a', 'b', 'c', 'd'];
    for (const key of slow) expect(await fleet.claim(claim(key))).toBeUndefined();
    releases.splice(0).forEach((release) => release());
    await new Promise((resolve) => setImmediate(resolve));
    const last = fleet.claim(claim('e'));
    while (releases.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    releases.forEach((release) => release());
    expect(await last).toEqual(won);
    expect(sent).toEqual(['a', 'b', 'c', 'e']);
    await fleet.close();
  });

  it('wait for an engine that hangs until its lanes are full, and not when the instance stops', async () => {
    const { fleet } = open(() => new Promise(() => undefined), 20);
    const atOnce = (key: string) =>
      Promise.race([fleet.claim(claim(key)), new Promise((resolve) => setImmediate(() => resolve('waits')))]);
    for (const key of ['a', 'b', 'c']) expect(await fleet.claim(claim(key))).toBeUndefined();
    // The last of the three was sent a moment after it was claimed.
    for (let answer = await atOnce('d'); answer !== undefined; answer = await atOnce('d')) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await atOnce('e')).toBeUndefined();
    fleet.lower('a', 1);
    await fleet.close();
  });

  it('are sent again after a pause, whatever becomes of the clock; a late failure ends no new connection', async () => {
    let now = 1000;
    const clocks = [
      jest.spyOn(performance, 'now').mockImplementation(() => now),
      jest.spyOn(Date, 'now').mockImplementation(() => -now),
    ];
    try {
      const rejects: (() => void)[] = [];
      let sent = () => undefined as unknown;
      const { fleet, connections, faults } = open(() => {
        sent();
        return new Promise((_, reject) => rejects.push(() => reject(new Error('away'))));
      });
      const send = async (key: string) => {
        const reached = new Promise((resolve) => (sent = () => resolve(undefined)));
        const agreed = fleet.claim(claim(key));
        await reached;
        return { agreed };
      };
      const [early, late] = [await send('a'), await send('b')];
      rejects[0]!();
      expect(await early.agreed).toBeUndefined();
      now += 1001;
      const next = await send('c');
      rejects[1]!();
      expect(await late.agreed).toBeUndefined();
      const last = await send('d');
      expect([connections.length, faults.length]).toEqual([2, 2]);
      rejects.forEach((reject) => reject());
      await Promise.all([next.agreed, last.agreed]);
      await fleet.close();
    } finally {
      clocks.forEach((clock) => clock.mockRestore());
    }
  });

  it('keep the earlier first times that a busy engine does not take', async () => {
    const asked: [string, number][][] = [];
    let fleet: FleetContacts | undefined;
    const written = new Promise<void>((resolve) => {
      fleet = openFleetContacts({
        connect: () =>
          Promise.resolve({
            settle: () => Promise.resolve([]),
            prepare: () => Promise.resolve(),
            lower: (firsts) => {
              asked.push([...firsts]);
              if (asked.length === 2) resolve();
              return Promise.resolve(asked.length === 1 ? new Map([['b', 2]]) : new Map());
            },
          }),
        waitMs: 10_000,
        lowerEveryMs: 5,
        onFault: () => undefined,
      });
      fleet.lower('a', 1);
      fleet.lower('b', 2);
    });
    await written;
    await fleet?.close();
    expect(asked).toEqual([
      [
        ['a', 1],
        ['b', 2],
      ],
      [['b', 2]],
    ]);
  });
});

describe('what the engine refuses', () => {
  const key = contactKey('default', 'secret.com');
  const refusing = (status: number, type: string) => {
    const faults: string[] = [];
    const error = { type, reason: "failed to parse field of document with id 'default:secret.com'" };
    const send = ({ body = '' }: EngineRequest) => {
      const kind = body.startsWith('{"update"') ? 'update' : 'create';
      return Promise.resolve({ status: 200, text: JSON.stringify({ items: [{ [kind]: { status, error } }] }) });
    };
    return { faults, index: contactIndex({ send }, 'shared', (fault) => faults.push(String(fault))) };
  };
  const claims: ContactClaim[] = [{ key, first: 1, firstId: 1, list: 1 }];
  const firsts = new Map([[key, 1]]);

  it('is told of without its reason, in which domains stand', async () => {
    const { index, faults } = refusing(400, 'document_parsing_exception');
    expect(await index.settle(claims)).toEqual([undefined]);
    expect(await index.lower(firsts)).toEqual(new Map());
    expect(faults).toHaveLength(2);
    expect(faults.join()).toMatch(/document_parsing_exception, 400/);
    expect(faults.join()).not.toMatch(/secret/);
  });

  it('may be taken later when it is busy', async () => {
    for (const status of [429, 503]) {
      expect(await refusing(status, 'rejected_execution_exception').index.lower(firsts)).toEqual(firsts);
    }
  });

  it('for want of an index fails, so that the next connection makes it', async () => {
    await expect(refusing(404, 'index_not_found_exception').index.settle(claims)).rejects.toThrow(/404/);
  });
});
