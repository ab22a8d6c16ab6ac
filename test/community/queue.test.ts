import { afterEach, describe, expect, it } from '@jest/globals';
import type { CommunityClient, Question } from '../../src/community/client.ts';
import { startCommunityQueue, type CommunityQueueParts } from '../../src/community/queue.ts';
import type { Member } from '../../src/community/server.ts';
import { communityOf } from '../../src/service/community.ts';
import { defaultSettings } from '../../src/settings/keys.ts';
import { openCommunityStore } from '../../src/stores/community-answers.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import { parsed } from '../core/embedded-data.ts';
import { openApp } from '../http/app-under-test.ts';
import { fakeClock } from '../lookup/fake-clock.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const DAY_MS = 86_400_000;
const CONFIG = {
  protocol: 1,
  min_client: '0.1.0',
  prohibited_suffixes: [],
  batch_max: 500,
  established: false,
} as const;
const SEEN = { status: 'seen', organisations: 1, ttl_hours: 168 } as const;

/** A client without a network; `asked` has the domains of each batch. */
function stubClient(stand: Partial<CommunityClient> = {}) {
  const asked: string[][] = [];
  const client: CommunityClient = {
    config: () => Promise.resolve({ kind: 'answer', value: { ...CONFIG, prohibited_suffixes: [] } }),
    ask: (questions: readonly Question[]) => Promise.resolve({ kind: 'answer', value: questions.map(() => SEEN) }),
    established: () => Promise.resolve({ kind: 'failed', reason: 'no list here' }),
    close: () => Promise.resolve(),
    ...stand,
  };
  const recorded: CommunityClient = {
    ...client,
    ask(questions, registering) {
      asked.push(questions.map(({ domain }) => domain));
      return client.ask(questions, registering);
    },
  };
  return { client: recorded, asked };
}

function startQueue(client: CommunityClient, parts: Partial<CommunityQueueParts> = {}) {
  const clock = fakeClock();
  const store = openCommunityStore(openMemoryEnvironment());
  const problems: (string | undefined)[] = [];
  const start = () => {
    const queue = startCommunityQueue({
      store,
      client,
      server: 'https://community.example',
      clock,
      mayOwn: true,
      mayLeave: () => true,
      limit: 1000,
      trusted: [],
      onProblem: (problem) => problems.push(problem),
      onFault(error) {
        throw error;
      },
      ...parts,
    });
    ends.push(() => queue.stop());
    return queue;
  };
  return { clock, store, problems, start };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `name-${String(index + 10)}.com`);

describe('batches', () => {
  it('are as small as the token needs them, and what waits is answered day by day', async () => {
    let daysOn = 0;
    const steps = fakeClock();
    const clock = { ...steps, now: () => steps.now() + daysOn * DAY_MS };
    const client: CommunityClient = {
      config: () => Promise.resolve({ kind: 'answer', value: server().config(member()) }),
      async ask(questions) {
        const answers = await server().ask(
          member(),
          questions.map(({ domain, id }) => ({ domain, id })),
        );
        if (!('refused' in answers)) return { kind: 'answer', value: answers };
        return { kind: 'later', waitMs: (answers as { waitMs?: number }).waitMs ?? 0 };
      },
      established: () => Promise.resolve({ kind: 'failed', reason: 'no list here' }),
      close: () => Promise.resolve(),
    };
    const { store, start } = startQueue(client, { clock });
    const { service } = await openApp({ communityServer: true, lookups: false }, { clock: clock.now });
    const server = () => service.communityServer!;
    const header = `Bearer ${await server().tokens.add('north', clock.now(), 10)}`;
    const member = () => server().memberOf(header) as Member;
    // Another site with this token has used some of this day.
    await server().ask(
      member(),
      names(3).map((domain) => ({ domain, id: '0123456789ab' })),
    );
    const queue = start();
    for (const domain of names(25)) expect(queue.want(domain, 'default')).toBe(true);
    const answered = [];
    for (; daysOn < 3; daysOn++) {
      await clock.advance(10_000);
      answered.push(store.records.count());
    }
    expect(answered).toEqual([7, 17, 25]);
  });

  it('that are too large for what is left of the day are sent smaller', async () => {
    let left = 4;
    const { client, asked } = stubClient({
      config: () => Promise.resolve({ kind: 'answer', value: { ...CONFIG, prohibited_suffixes: [], batch_max: left } }),
      ask: (questions) =>
        Promise.resolve(
          questions.length > left
            ? { kind: 'later', waitMs: 1000 }
            : { kind: 'answer', value: questions.map(() => SEEN) },
        ),
    });
    const { clock, start } = startQueue(client);
    const queue = start();
    for (const domain of names(2)) queue.want(domain, 'default');
    await clock.advance(1000);
    left = 1;
    for (const domain of names(6).slice(2, 5)) queue.want(domain, 'default');
    await clock.advance(10_000);
    expect(asked.map((domains) => domains.length)).toEqual([2, 3, 1, 1, 1]);
  });
});

it('names below a prohibited suffix are not sent, and every process has the answer "unavailable"', async () => {
  const config = { ...CONFIG, prohibited_suffixes: ['example'] };
  const { client, asked } = stubClient({ config: () => Promise.resolve({ kind: 'answer', value: config }) });
  const { clock, store, start } = startQueue(client);
  const queue = start();
  for (const domain of ['a.example', 'notexample']) queue.want(domain, 'default');
  await clock.advance(1000);
  // Now that the suffixes are known, too.
  queue.want('b.example', 'default');
  await clock.advance(1000);
  expect(asked).toEqual([['notexample']]);
  expect([...store.records.entries()].map(([domain, { status }]) => [domain, status])).toEqual([
    ['a.example', 'unavailable'],
    ['b.example', 'unavailable'],
    ['notexample', 'seen'],
  ]);
  expect(store.wishes.count()).toBe(0);
});

it("another server's established list is pulled from its start", async () => {
  const pulled: number[] = [];
  const { client } = stubClient({
    config: () => Promise.resolve({ kind: 'answer', value: { ...CONFIG, prohibited_suffixes: [], established: true } }),
    established(since) {
      pulled.push(since);
      return Promise.resolve({ kind: 'failed', reason: 'no list here' });
    },
  });
  const { clock, store, problems, start } = startQueue(client, { trusted: ['a key'] });
  const kept = { established: 12_345, pulled: clock.now() };
  await store.environment.write(() => store.setState({ ...kept, server: 'https://community.example' }));
  const same = start();
  await clock.advance(1000);
  expect(pulled).toEqual([]);
  await same.stop();
  await store.environment.write(() => store.setState({ server: 'https://former.example' }));
  start();
  await clock.advance(1000);
  expect(pulled).toEqual([0]);
  expect(problems).toEqual(["The community's established list was not pulled: no list here."]);
});

it('a record that the established list or another process changes is answered so within a minute', async () => {
  let now = Date.parse('2026-11-22T12:00:00Z');
  const community = communityOf(
    { ...defaultSettings(), data: temporaryFolder(), communityUrl: 'https://community.example' },
    {
      clock: () => now,
      mayOwn: false,
      parse: parsed,
      isSuppressed: () => false,
      onProblem: () => undefined,
      onFault(error) {
        throw error;
      },
      client: stubClient().client,
    },
  );
  ends.push(() => community.close());
  const name = parsed('www.old-oak.com');
  if (name.kind !== 'domain') throw new Error('no domain');
  const { store } = community;
  const statusOf = () => community.of(name, 'default', true)?.community?.status;
  await store.environment.write(() => store.records.put('old-oak.com', { status: 'established' }));
  expect(statusOf()).toBe('established');
  // Struck from the list: to be asked for.
  await store.environment.write(() => store.records.remove('old-oak.com'));
  now += 60_000;
  expect([statusOf(), community.of(name, 'default', true)?.pending]).toEqual([undefined, true]);
  await store.environment.write(() => store.records.put('old-oak.com', { status: 'seen', expires: now + DAY_MS }));
  expect(statusOf()).toBe('seen');
});
