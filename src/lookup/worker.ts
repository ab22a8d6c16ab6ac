import type { RegistrationRecord } from '../core/registration.ts';
import type { RegistrationStore, Wish } from '../stores/registrations.ts';
import type { Clock } from './clock.ts';
import { isGivenUp, retryDelay } from './freshness.ts';
import { createLookupCounts, type LookupCounts } from './look-up-metrics.ts';
import type { LookupEnd } from './lookup-result.ts';
import type { RdapTable } from './rdap-bootstrap.ts';
import type { RdapClient } from './rdap-client.ts';
import { errorRecord, foundRecord, isGood, notFoundRecord, staleRecord, unsupportedRecord } from './record.ts';
import { routeOf, tldOf, type Route, type WhoisServers } from './routes.ts';
import type { Job, Lane } from './server-lane.ts';
import type { SharedRecords } from './shared-record.ts';
import type { LookupSettings } from './settings.ts';
import { createTurns } from './turns.ts';
import type { WhoisClient } from './whois-client.ts';
import type { WishJournal } from './wish-journal.ts';

/** What the worker works with; all of it injected. */
export interface WorkerParts {
  readonly store: RegistrationStore;
  readonly journal: WishJournal;
  readonly settings: LookupSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly rdap: RdapClient;
  readonly whois: WhoisClient;
  /** Asked before a registry is: a record of another instance that spares the look-up. */
  readonly sharedRecord?: SharedRecords | undefined;
  /** Called with every record that was written. */
  readonly onRecord?: ((domain: string, record: RegistrationRecord) => void) | undefined;
  /** Told when a server is no longer asked because it fails, and when it answers again. */
  readonly onServer?: ((server: string, state: 'failing' | 'answering') => void) | undefined;
}

/** Server tables; replaced when new ones have been loaded. */
export interface ServerTables {
  readonly rdap: RdapTable;
  readonly whois: WhoisServers;
}

/** The queue and the look-ups of the process that owns them. */
export interface Worker {
  /**
   * Queues a name unless it is queued already; false when the queue is full. A wish of an `event` is not in the store
   * yet; one `passed` by another process is, and one `stored` by an earlier run; the latter waits behind the others.
   */
  add(domain: string, wish: Wish, origin: 'event' | 'passed' | 'stored'): boolean;
  /** Resolves when the look-up of a queued name has ended and its record can be read. */
  ended(domain: string): Promise<void>;
  setTables(tables: ServerTables): void;
  metrics(): WorkerMetrics;
  /** Ends queries under way and starts no more; the names stay in the store. */
  stop(): Promise<void>;
}

export interface WorkerMetrics {
  readonly queued: number;
  readonly running: number;
  readonly dropped: number;
  /** Age of the oldest wish that waits. */
  readonly oldestMs: number;
  readonly lookups: ReturnType<LookupCounts['list']>;
  readonly servers: readonly ServerMetrics[];
}

export interface ServerMetrics {
  readonly server: string;
  readonly waiting: number;
  readonly intervalMs: number;
  readonly breaker: 'closed' | 'open' | 'half-open';
}

export function startWorker(parts: WorkerParts, firstTables: ServerTables): Worker {
  const { store, journal, settings, clock } = parts;
  const jobs = new Map<string, Job>();
  const waiters = new Map<string, (() => void)[]>();
  const counts = createLookupCounts();
  const stop = new AbortController();
  let tables = firstTables;
  let dropped = 0;
  const turns = createTurns(settings, clock, start);

  const route = (job: Job): Route =>
    routeOf(job.domain, job.attempts, tables.rdap, tables.whois, settings.ianaWhois !== '');

  function enqueue(job: Job, seen: boolean): void {
    const lane = turns.laneOf(route(job));
    if (lane === undefined) {
      finish(job, unsupportedRecord(clock.now(), store.records.get(job.domain)), 'none', 'unsupported');
      return;
    }
    turns.add(job, lane, seen);
  }

  /** The look-up of a job whose turn it is; undefined when the job has been given up or belongs elsewhere by now. */
  function start(job: Job, lane: Lane, now: number): Promise<void> | undefined {
    if (isGivenUp(job, now, settings)) {
      finish(job, errorRecord(now, store.records.get(job.domain)), lane.server, 'given_up');
      return undefined;
    }
    // New tables, or IANA's answer about the TLD, may send a waiting job elsewhere.
    const to = route(job);
    if (turns.laneOf(to) !== lane) {
      enqueue(job, false);
      return undefined;
    }
    job.running = true;
    lane.pacing.take(now);
    lane.breaker.begin();
    return ask(job, to).then((result) => end(job, lane, to, result));
  }

  async function ask(job: Job, to: Route): Promise<LookupEnd> {
    const record = parts.sharedRecord && (await parts.sharedRecord(job.domain));
    if (record !== undefined) return { kind: 'shared', record };
    if (to.kind === 'rdap') return parts.rdap.lookUp(job.domain, to.base, stop.signal);
    if (to.kind === 'whois') return parts.whois.lookUp(job.domain, to.server, stop.signal);
    const tld = tldOf(job.domain);
    const found = await parts.whois.findServer(tld, stop.signal);
    if (stop.signal.aborted) return { kind: 'stopped' };
    if (found.kind === 'failed') return { kind: 'failed', server: settings.ianaWhois, reason: found.reason };
    tables.whois.learn(tld, found.kind === 'server' ? found.server : undefined);
    return 'again';
  }

  /** A name in the background that an event asks for now comes to the front, once, unless its retry is timed. */
  function promote(job: Job, seen: boolean): void {
    const now = clock.now();
    if (seen && !job.front && job.notBefore <= now) job.lane?.add(job, true, now);
  }

  /** What a result means for the server and for the name. */
  function end(job: Job, lane: Lane, to: Route, result: LookupEnd): void {
    const now = clock.now();
    job.running = false;
    if (result === 'again') {
      answered(lane);
      enqueue(job, true);
      return;
    }
    counts.count(lane.server, result.kind);
    const former = store.records.get(job.domain);
    const origin = { source: to.kind === 'rdap' ? ('rdap' as const) : ('whois' as const), server: lane.server };
    switch (result.kind) {
      case 'stopped':
        lane.breaker.cancel();
        return;
      case 'shared':
        lane.breaker.cancel();
        lane.pacing.giveBack();
        finish(job, result.record);
        return;
      case 'found':
        answered(lane);
        finish(job, foundRecord(result.facts, origin, now, former, settings.keepContactFields));
        return;
      case 'not_found':
        answered(lane);
        finish(job, notFoundRecord(origin, result.standing, now, former));
        return;
      case 'unsupported':
        answered(lane);
        finish(job, unsupportedRecord(now, former));
        return;
      case 'refused':
        // A limit counts against the server and not the name, which goes back to the queue as it was.
        noteAnswer(lane);
        lane.pacing.slower(now, result.retryAfterMs);
        requeue(job, former);
        return;
      case 'failed':
        if (result.final === true) {
          answered(lane);
          finish(job, errorRecord(now, former, 'invalid'));
          return;
        }
        noteFailure(lane, now);
        if (result.reason === 'timeout') lane.pacing.slower(now);
        job.attempts++;
        requeue(job, former);
    }
  }

  function answered(lane: Lane): void {
    noteAnswer(lane);
    lane.pacing.faster();
  }

  function noteAnswer({ breaker, server }: Lane): void {
    const wasAsked = breaker.state(clock.now()) === 'closed';
    breaker.success();
    if (!wasAsked) parts.onServer?.(server, 'answering');
  }

  function noteFailure({ breaker, server }: Lane, now: number): void {
    const wasAsked = breaker.state(now) === 'closed';
    breaker.failure(now);
    if (wasAsked && breaker.state(now) !== 'closed') parts.onServer?.(server, 'failing');
  }

  /** Puts a job back, later when it has failed. A good record that could not be refreshed is stale from now on. */
  function requeue(job: Job, former: RegistrationRecord | undefined): void {
    const now = clock.now();
    if (former !== undefined && isGood(former) && job.attempts > 0 && former.stale !== true) {
      journal.keep(job.domain, staleRecord(former));
    }
    if (isGivenUp(job, now, settings)) {
      finish(job, errorRecord(now, former), 'none', 'given_up');
      return;
    }
    // The second failure of RDAP sends the job to WHOIS without a wait: another machine is asked.
    const isOtherServer = job.attempts === 2 && route(job).kind === 'whois';
    job.notBefore =
      job.attempts === 0 || isOtherServer ? now : now + retryDelay(job.attempts, settings, parts.random());
    journal.wish(job.domain, { since: job.since, attempts: job.attempts, notBefore: job.notBefore });
    enqueue(job, false);
  }

  /** The end of a job: its record is written, its wish goes, who waits is told. */
  function finish(job: Job, record: RegistrationRecord, server?: string, outcome?: string): void {
    if (server !== undefined && outcome !== undefined) counts.count(server, outcome);
    void journal.finish(job.domain, record).then(() => {
      jobs.delete(job.domain);
      parts.onRecord?.(job.domain, record);
      const waiting = waiters.get(job.domain) ?? [];
      waiters.delete(job.domain);
      for (const tell of waiting) tell();
    });
  }

  return {
    add(domain, wish, origin) {
      const seen = origin !== 'stored';
      const known = jobs.get(domain);
      if (known !== undefined) {
        promote(known, seen);
        return true;
      }
      if (jobs.size >= settings.queueLimit) {
        dropped++;
        return false;
      }
      const job: Job = { domain, ...wish, running: false, front: false, lane: undefined, ticket: 0 };
      jobs.set(domain, job);
      if (origin === 'event') journal.wish(domain, wish);
      enqueue(job, seen);
      return true;
    },
    ended(domain) {
      if (!jobs.has(domain)) return Promise.resolve();
      return new Promise((resolve) => {
        const waiting = waiters.get(domain);
        if (waiting === undefined) waiters.set(domain, [resolve]);
        else waiting.push(resolve);
      });
    },
    setTables(next) {
      tables = next;
    },
    metrics() {
      const now = clock.now();
      let oldest = now;
      for (const { since } of jobs.values()) if (since < oldest) oldest = since;
      return {
        queued: jobs.size,
        running: turns.running(),
        dropped,
        oldestMs: now - oldest,
        lookups: counts.list(),
        servers: turns.lanes().map((lane) => ({
          server: lane.server,
          waiting: lane.waiting(),
          intervalMs: lane.pacing.intervalMs(),
          breaker: lane.breaker.state(now),
        })),
      };
    },
    async stop() {
      stop.abort();
      await turns.stop();
      for (const waiting of waiters.values()) for (const tell of waiting) tell();
      waiters.clear();
    },
  };
}
