import { setTimeout as pause } from 'node:timers/promises';
import type { FactsState } from '../../stores/facts-state.ts';
import { addFacts, type DomainFacts } from './document.ts';
import type { LateEngine } from './late-engine.ts';
import { executePolicy, writeFacts } from './write.ts';

export interface FactsFeedOptions {
  readonly engine: LateEngine;
  readonly index: string;
  /** Enrich policy over the index, which Elasticsearch has. */
  readonly policy: string;
  /** Shortest time between two executions of the policy; each copies the whole index. */
  readonly policyEveryMs: number;
  /** What is known of a domain now; asked when it is written. */
  readonly factsOf: (domain: string) => readonly DomainFacts[];
  readonly clock: () => number;
  /** State of an earlier run. */
  readonly state: FactsState;
  /** Takes the state of this one, after each step that changed it. */
  readonly keep: (state: FactsState) => void;
  /** Told when writing begins to fail; with undefined when it succeeds again. */
  readonly onProblem: (problem: string | undefined) => void;
}

export interface FactsFeed {
  /** Something new is known of a domain. Returns at once; it is written behind the request. */
  learnt(domain: string): void;
  state(): FactsState;
  /** Writes what waits, as far as the engine takes it, and ends. */
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const STOP_WITHIN_MS = 3_000;
/** Domains that are written together, and that wait at most; `domain-stats facts` brings what is dropped. */
const PER_STEP = 500;
const MAX_WAITING = 200_000;

/** Brings facts into the index, in batches behind the requests, and lets the policy see them. */
export function startFactsFeed(options: FactsFeedOptions): FactsFeed {
  const { engine, index, policy, clock, onProblem } = options;
  /** Since when each domain waits, the oldest first. */
  const waiting = new Map<string, number>();
  const stop = new AbortController();
  let { written, executed, unexecutedSince, dropped } = options.state;
  let attempted = executed ?? 0;
  let [writeProblem, policyProblem] = [undefined, undefined] as (string | undefined)[];
  let told: string | undefined;

  function state(): FactsState {
    const oldest = waiting.values().next().value;
    return { waiting: waiting.size, dropped, oldest, written, executed, unexecutedSince, problem: told };
  }

  const isDue = () => unexecutedSince !== undefined && clock() - attempted >= options.policyEveryMs;

  function tell(): void {
    const problems = [writeProblem, policyProblem].filter((problem) => problem !== undefined);
    const problem = problems.length === 0 ? undefined : problems.join(' ');
    if (problem !== told) onProblem(problem);
    told = problem;
  }

  /** Writes one batch; false when some of it has to come again. */
  async function step(): Promise<boolean> {
    const batch = new Map([...waiting].slice(0, PER_STEP));
    for (const domain of batch.keys()) waiting.delete(domain);
    let again: readonly string[] = [...batch.keys()];
    try {
      const distinct = new Map<string, DomainFacts>();
      for (const domain of batch.keys()) for (const facts of options.factsOf(domain)) addFacts(distinct, facts);
      const result = await writeFacts(await engine.get(), index, [...distinct.values()]);
      again = result.again;
      written = clock();
      if (result.changed > 0) unexecutedSince ??= Math.min(...batch.values());
      dropped += result.refused;
      writeProblem = result.problem;
      return again.length === 0;
    } finally {
      putBack(again, batch);
    }
  }

  /** What has to come again waits before the rest, as long as before. */
  function putBack(domains: readonly string[], batch: ReadonlyMap<string, number>): void {
    if (domains.length === 0) return;
    const later = [...waiting];
    waiting.clear();
    for (const domain of domains) waiting.set(domain, batch.get(domain) ?? clock());
    for (const [domain, since] of later) if (!waiting.has(domain)) waiting.set(domain, since);
  }

  /** Lets the policy see what has changed; whether it can or not, facts go on being written. */
  async function execute(): Promise<void> {
    if (unexecutedSince === undefined) return;
    const opened = await engine.get();
    if (opened.product === 'opensearch') {
      unexecutedSince = undefined;
    } else if (isDue()) {
      attempted = clock();
      try {
        await executePolicy(opened, index, policy);
        executed = attempted;
        [unexecutedSince, policyProblem] = [undefined, undefined];
      } catch (error) {
        policyProblem = messageOf(error);
      }
    }
  }

  async function run(): Promise<void> {
    for (let delay = EVERY_MS; !stop.signal.aborted;) {
      await pause(delay, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
      delay = (await writeAll()) ? EVERY_MS : Math.min(delay * 2, LONGEST_PAUSE_MS);
    }
    await writeAll();
  }

  /** Writes all that waits; false when the engine is away or busy. */
  async function writeAll(): Promise<boolean> {
    if (waiting.size === 0 && !isDue()) return true;
    let isWell = false;
    try {
      do isWell = waiting.size === 0 || (await step());
      while (isWell && waiting.size >= PER_STEP);
      await execute();
    } catch (error) {
      isWell = false;
      writeProblem = messageOf(error);
    }
    tell();
    options.keep(state());
    return isWell;
  }

  const running = run();
  return {
    learnt(domain) {
      if (waiting.has(domain)) return;
      if (waiting.size >= MAX_WAITING) dropped++;
      else waiting.set(domain, clock());
    },
    state,
    async stop() {
      stop.abort();
      await Promise.race([running, pause(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
