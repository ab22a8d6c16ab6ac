import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { connectEngine } from '../../src/elastic/connect.ts';
import { startFactsFeed } from '../../src/elastic/facts/feed.ts';
import { lateEngine } from '../../src/elastic/facts/late-engine.ts';
import { writeAllFacts } from '../../src/elastic/facts/write.ts';
import { defaultSettings } from '../../src/settings/keys.ts';
import { NO_FACTS_YET, type FactsState } from '../../src/stores/facts-state.ts';
import { run } from '../processes/program.ts';
import { startFactsEngine } from './facts-engine.ts';

const stub = await startFactsEngine();
const { url, requests, documents, made, behaviour } = stub;
afterAll(() => stub.stop());
beforeEach(() => {
  requests.length = 0;
  documents.clear();
  made.clear();
  behaviour.refuses = false;
  behaviour.busy = 0;
});

const EVERY_MS = 300_000;
const executions = () => requests.filter((what) => what.includes('_execute'));

/** A feed under a clock of the test, and its states, the last of which can be waited for. */
function feedUnderTest() {
  const time = { now: Date.UTC(2026, 10, 1) };
  const problems: (string | undefined)[] = [];
  let [state, kept]: [FactsState, number] = [NO_FACTS_YET, 0];
  const engine = lateEngine({ ...defaultSettings(), elasticsearchUrl: [url] });
  const feed = startFactsFeed({
    engine,
    index: 'domain-stats-facts',
    policy: 'domain-stats',
    policyEveryMs: EVERY_MS,
    factsOf: (domain) => [{ key: domain, facts: { domain, registration: { status: 'not_found' } } }],
    clock: () => time.now,
    state: NO_FACTS_YET,
    keep(next) {
      state = next;
      kept++;
    },
    onProblem: (problem) => problems.push(problem),
  });
  return {
    time,
    problems,
    kept: () => kept,
    /** Learns something, lets the feed write it, and gives the state after that. */
    learn: async (domain: string): Promise<FactsState> => {
      const before = kept;
      feed.learnt(domain);
      while (kept === before || state.waiting > 0) await pause(20);
      return state;
    },
    stop: async () => {
      await feed.stop();
      await engine.close();
    },
  };
}

it('executes the policy when facts have changed, after a refresh, and not more often than it may', async () => {
  const { learn, time, stop } = feedUnderTest();
  expect(await learn('a.com')).toMatchObject({ executed: time.now, waiting: 0, unexecutedSince: undefined });
  expect(requests.slice(-2)).toEqual([
    'POST /domain-stats-facts/_refresh',
    'PUT /_enrich/policy/domain-stats/_execute?wait_for_completion=false',
  ]);
  // Nothing new is known of it.
  time.now += EVERY_MS;
  await learn('a.com');
  expect(executions()).toHaveLength(1);
  // Something is, once at once and once too early.
  await learn('b.com');
  expect(executions()).toHaveLength(2);
  time.now += 1000;
  expect(await learn('c.com')).toMatchObject({ unexecutedSince: time.now });
  expect(executions()).toHaveLength(2);
  time.now += EVERY_MS;
  expect(await learn('c.com')).toMatchObject({ unexecutedSince: undefined });
  expect(executions()).toHaveLength(3);
  await stop();
}, 30_000);

it('goes on writing facts when the policy may not be executed, and says so once', async () => {
  behaviour.refuses = true;
  const { learn, time, problems, stop } = feedUnderTest();
  await learn('a.com');
  expect(await learn('b.com')).toMatchObject({ waiting: 0 });
  expect([...documents.keys()]).toEqual(['a.com', 'b.com']);
  expect(problems).toEqual([expect.stringMatching(/_execute was answered 403: is unauthorized.*docs\/engines.md/)]);
  behaviour.refuses = false;
  time.now += EVERY_MS;
  await learn('c.com');
  expect(problems.slice(1)).toEqual([undefined]);
  await stop();
}, 30_000);

it('keeps its state when something has changed, not while an execution is not due', async () => {
  const { learn, kept, stop } = feedUnderTest();
  await learn('a.com');
  expect((await learn('b.com')).unexecutedSince).toBeDefined();
  const before = kept();
  // One turn of the feed and a half.
  await pause(1_500);
  expect(kept()).toBe(before);
  await stop();
}, 30_000);

it('says that an engine is too busy for facts, and writes them later', async () => {
  behaviour.busy = 1;
  const { learn, problems, stop } = feedUnderTest();
  await learn('a.com');
  await stop();
  expect([...documents.keys()]).toEqual(['a.com']);
  expect(problems).toEqual([expect.stringMatching(/queue is full\. The engine is overloaded/), undefined]);
}, 30_000);

it('gives facts up that a busy engine does not take in eight tries', async () => {
  const engine = await connectEngine({ ...defaultSettings(), elasticsearchUrl: [url] }, { retryMs: 0 });
  const facts = ['a.com', 'b.com'].map((key) => ({ key, facts: { domain: key } }));
  behaviour.busy = 7;
  expect(await writeAllFacts(engine, 'facts', facts, 1)).toEqual({ changed: 2, refused: 0 });
  documents.clear();
  behaviour.busy = 8;
  await expect(writeAllFacts(engine, 'facts', facts, 1)).rejects.toThrow(
    /2 facts could not be written in 8 tries: facts: queue is full\. The engine is overloaded/,
  );
  await engine.close();
}, 30_000);

it('setup executes a new policy before it makes the pipeline over it', async () => {
  const { code, stderr } = await run(['setup', '--elasticsearch-url', url, '--prefix', 'new']);
  expect([code, stderr]).toEqual([0, '']);
  expect(requests.filter((what) => what.startsWith('PUT'))).toEqual([
    'PUT /_component_template/new',
    'PUT /new-facts',
    'PUT /_enrich/policy/new',
    'PUT /_enrich/policy/new/_execute',
    'PUT /_ingest/pipeline/new',
  ]);
}, 30_000);

it('setup that stopped at the execution of the policy is finished by the next one', async () => {
  behaviour.refuses = true;
  const setUp = () => run(['setup', '--elasticsearch-url', url, '--prefix', 'half']);
  expect((await setUp()).code).toBe(1);
  expect([...made.keys()]).toEqual(['/_enrich/policy/half']);
  behaviour.refuses = false;
  requests.length = 0;
  const { code, stdout } = await setUp();
  expect([code, stdout]).toEqual([0, expect.stringContaining('enrich policy half: unchanged')]);
  expect(requests.slice(-2)).toEqual(['PUT /_enrich/policy/half/_execute', 'PUT /_ingest/pipeline/half']);
}, 30_000);
