import { randomBytes } from 'node:crypto';
import { isInZones } from '../core/special-use.ts';
import type { Clock } from '../lookup/clock.ts';
import { openLease } from '../lookup/lease.ts';
import { COMMUNITY_BATCH } from '../schema/community.ts';
import type { CommunityStore, CommunityWish } from '../stores/community-answers.ts';
import { recordOf } from './answer-record.ts';
import type { CommunityClient } from './client.ts';
import { pullEstablished } from './pull-established.ts';

export interface CommunityQueueParts {
  readonly store: CommunityStore;
  readonly client: CommunityClient;
  /** Address of the server: another one's established list is pulled from its start. */
  readonly server: string;
  readonly clock: Clock;
  /** False: this process asks nobody; it leaves wishes in the store for the one that does. */
  readonly mayOwn: boolean;
  /** Whether a domain may leave the site now; asked again before it does. */
  readonly mayLeave: (domain: string) => boolean;
  /** Wishes kept at most. */
  readonly limit: number;
  /** Keys that sign the established list; with none it is not pulled. */
  readonly trusted: readonly string[];
  /** Told when the server or its established list begins to fail, and when what fails changes; undefined: all is well again. */
  readonly onProblem: (problem: string | undefined) => void;
  /** Told of a store that fails. */
  readonly onFault: (error: unknown) => void;
}

/** The asks behind the requests. Of several processes on one store, one asks; a wish is stored before it is sent. */
export interface CommunityQueue {
  /** Takes a wish; false when it will not be asked. Returns at once. */
  want(domain: string, scope: string): boolean;
  /** Whether a domain waits for its answer. */
  isWanted(domain: string): boolean;
  /** The server cannot be reached, or refuses us. */
  isDown(): boolean;
  metrics(): CommunityMetrics;
  /** Writes what is unwritten and ends; wishes wait in the store. */
  stop(): Promise<void>;
}

export interface CommunityMetrics {
  readonly owner: boolean;
  readonly down: boolean;
  readonly queued: number;
  readonly answered: number;
  readonly failures: number;
  readonly dropped: number;
}

/** How soon a wish goes out, together with what else is wished meanwhile; and how often other processes' are looked for. */
const FLUSH_MS = 200;
/** Longer than the deadlines of the requests of one batch: two that ask at once could be told of each other's asks. */
const LEASE_MS = 90_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
const CONFIG_EVERY_MS = 3_600_000;
const PULL_EVERY_MS = 86_400_000;
const PULL_AGAIN_MS = 600_000;
/** Rows in one transaction. */
const ROWS = 250;

export function startCommunityQueue(parts: CommunityQueueParts): CommunityQueue {
  const { store, client, clock, onFault } = parts;
  const { environment, records, wishes } = store;
  const lease = openLease(environment, clock, LEASE_MS);
  const unwritten = new Map<string, CommunityWish>();
  let owns = false;
  let leaseAt = 0;
  let pauseMs = 0;
  let notBefore = 0;
  let configAt = -Infinity;
  let pullAt = store.state().server === parts.server ? store.state().pulled + PULL_EVERY_MS : 0;
  let prohibited: ReadonlySet<string> = new Set();
  let batchMax = COMMUNITY_BATCH;
  let listed = false;
  let down = store.state().down;
  let queued = wishes.count();
  const counts = { answered: 0, failures: 0, dropped: 0 };
  const problems = new Map<'server' | 'list', string>();
  let stopping = false;
  let cancel: () => void = () => undefined;
  let busy: Promise<unknown> = Promise.resolve();

  /** One transaction with wishes of this process, so that they survive it before they are sent. */
  async function writeWishes(): Promise<void> {
    while (unwritten.size > 0) {
      const slice = [...unwritten].slice(0, ROWS);
      await environment.write(() => {
        for (const [domain, wish] of slice) if (wishes.get(domain) === undefined) wishes.put(domain, wish);
      });
      for (const [domain] of slice) unwritten.delete(domain);
      await nextTurn();
    }
  }

  /** Tells what begins to fail, once, and when it is over. */
  function tell(what: 'server' | 'list', problem: string | undefined): void {
    if (stopping || problems.has(what) === (problem !== undefined)) return;
    if (problem === undefined) problems.delete(what);
    else problems.set(what, problem);
    parts.onProblem(problems.size === 0 ? undefined : [...problems.values()].join(' '));
  }

  /** What went wrong; from now on the server counts as down, and is asked again after a growing pause. */
  async function failed(reason: string): Promise<void> {
    // What ends because we end tells nothing of the server.
    if (stopping) return;
    counts.failures++;
    pauseMs = Math.min(pauseMs === 0 ? FIRST_PAUSE_MS : pauseMs * 2, LONGEST_PAUSE_MS);
    notBefore = clock.now() + pauseMs;
    tell('server', `The community server cannot be asked: ${reason}. Answers say "unavailable" until it can.`);
    await setDown(true);
  }

  async function setDown(now: boolean): Promise<void> {
    if (!now) pauseMs = 0;
    if (down !== now) {
      down = now;
      await environment.write(() => store.setState({ down: now }));
    }
    if (!now) tell('server', undefined);
  }

  /** False when the server cannot be asked now. */
  async function refreshConfig(): Promise<boolean> {
    if (clock.now() < configAt + CONFIG_EVERY_MS) return true;
    const outcome = await client.config();
    if (outcome.kind === 'answer') {
      configAt = clock.now();
      prohibited = new Set(outcome.value.prohibited_suffixes);
      batchMax = Math.min(COMMUNITY_BATCH, outcome.value.batch_max);
      listed = outcome.value.established;
      await setDown(false);
      return true;
    }
    if (outcome.kind === 'later') notBefore = clock.now() + outcome.waitMs;
    else await failed(outcome.reason);
    return false;
  }

  /** The next wishes; those that may leave no more are struck, and what the server takes not has its answer at once. */
  async function nextBatch(): Promise<[string, CommunityWish][]> {
    const rows = [...wishes.entries({ limit: batchMax })].map(([domain, wish]) => [domain, wish] as const);
    const kept = rows.filter(([domain]) => parts.mayLeave(domain) && !isInZones(domain, prohibited));
    if (kept.length < rows.length) {
      const staying = new Set(kept.map(([domain]) => domain));
      await environment.write(() => {
        for (const [domain, { scope }] of rows) {
          if (staying.has(domain)) continue;
          wishes.remove(domain);
          if (isInZones(domain, prohibited)) {
            records.put(domain, recordOf({ refused: 'prohibited' }, scope, clock.now()));
          }
        }
      });
    }
    return kept.map(([domain, wish]) => [domain, wish]);
  }

  /** True when there may be more to ask at once. */
  async function askSome(): Promise<boolean> {
    environment.refresh();
    queued = wishes.count();
    if (queued === 0 || !(await refreshConfig())) return false;
    const batch = await nextBatch();
    if (batch.length === 0) return queued > 0;
    const questions = batch.map(([domain, { id, registered }]) => ({
      domain,
      id,
      ...(registered === true ? { registered } : {}),
    }));
    const outcome = await client.ask(questions, (domains) =>
      environment.write(() => {
        const sent = new Set(domains);
        for (const [domain, wish] of batch) if (sent.has(domain)) wishes.put(domain, { ...wish, registered: true });
      }),
    );
    if (outcome.kind === 'later') {
      notBefore = clock.now() + outcome.waitMs;
      // Perhaps fewer would have been taken: the server says how many.
      configAt = -Infinity;
      return false;
    }
    if (outcome.kind === 'failed') {
      await failed(outcome.reason);
      return false;
    }
    const now = clock.now();
    const made = new Map(
      batch.map(([domain, { scope }], index) => [domain, recordOf(outcome.value[index], scope, now)] as const),
    );
    for (let start = 0; start < batch.length; start += ROWS) {
      await environment.write(() => {
        for (const [domain] of batch.slice(start, start + ROWS)) {
          const record = made.get(domain);
          if (record !== undefined) records.put(domain, record);
          wishes.remove(domain);
        }
      });
      await nextTurn();
    }
    queued = wishes.count();
    counts.answered += batch.length;
    await setDown(false);
    return true;
  }

  async function pullList(): Promise<void> {
    const now = clock.now();
    if (now < pullAt || parts.trusted.length === 0) return;
    pullAt = now + PULL_AGAIN_MS;
    if (!(await refreshConfig()) || !listed) return;
    if (store.state().server !== parts.server) {
      await environment.write(() => store.setState({ server: parts.server, established: 0, pulled: 0 }));
    }
    const problem = await pullEstablished({ store, client, trusted: parts.trusted, now, goesOn: () => !stopping });
    if (problem === undefined) pullAt = now + PULL_EVERY_MS;
    tell('list', problem && `The community's established list was not pulled: ${problem}.`);
  }

  async function step(): Promise<void> {
    await writeWishes();
    if (parts.mayOwn && clock.now() >= leaseAt) {
      owns = await lease.hold();
      leaseAt = clock.now() + LEASE_MS / 3;
    }
    if (!owns) {
      environment.refresh();
      down = store.state().down;
      if (!down) tell('server', undefined);
      queued = wishes.count();
      return;
    }
    if (clock.now() < notBefore) return;
    while (!stopping && clock.now() < leaseAt && (await askSome())) await writeWishes();
    if (!stopping) await pullList();
  }

  function repeat(): void {
    busy = step().catch(onFault);
    void busy.then(() => {
      if (!stopping) cancel = clock.after(FLUSH_MS, repeat);
    });
  }
  cancel = clock.after(0, repeat);

  return {
    want(domain, scope) {
      if (unwritten.has(domain)) return true;
      if (wishes.get(domain) !== undefined) return true;
      if (queued + unwritten.size >= parts.limit) {
        counts.dropped++;
        return false;
      }
      unwritten.set(domain, { id: randomBytes(6).toString('hex'), scope });
      return true;
    },
    isWanted: (domain) => unwritten.has(domain) || wishes.get(domain) !== undefined,
    isDown: () => down,
    metrics: () => ({ owner: owns, down, queued: queued + unwritten.size, ...counts }),
    async stop() {
      stopping = true;
      cancel();
      await client.close();
      await busy;
      await writeWishes();
      if (owns) await lease.release();
    },
  };
}

const nextTurn = () => new Promise<void>((resume) => setImmediate(resume));
