import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { startFactsFeed } from '../../src/elastic/facts/feed.ts';
import { lateEngine } from '../../src/elastic/facts/late-engine.ts';
import { defaultSettings } from '../../src/settings/table.ts';
import { NO_FACTS_YET, type FactsState } from '../../src/stores/facts-state.ts';
import { run } from '../processes/program.ts';
import { startFactsEngine } from './facts-engine.ts';

const stub = await startFactsEngine();
const { url, requests, documents, behaviour } = stub;
afterAll(() => stub.stop());
beforeEach(() => {
  requests.length = 0;
  documents.clear();
  behaviour.refuses = false;
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
