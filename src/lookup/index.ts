import type { RegistrationRecord } from '../core/registration.ts';
import type { RegistrationStore } from '../stores/registrations.ts';
import type { Resolve } from './address-policy.ts';
import { systemClock, type Clock } from './clock.ts';
import { isDue } from './freshness.ts';
import { openLease } from './lease.ts';
import { rdapTable, type RdapServices } from './rdap-bootstrap.ts';
import { createRdapClient, type RdapClient } from './rdap-client.ts';
import { whoisServers } from './routes.ts';
import { lookupSettings, type LookupSettings } from './settings.ts';
import { sparingRecord, type SharedRecords } from './shared-record.ts';
import { createWhoisClient, type WhoisClient } from './whois-client.ts';
import { openWishJournal } from './wish-journal.ts';
import { startWorker, type ServerTables, type Worker, type WorkerMetrics } from './worker.ts';

/** The embedded tables of servers. */
export interface LookupTables {
  readonly rdapServices: RdapServices;
  /** Base URLs by TLD, for registries that the bootstrap does not have. */
  readonly rdapOverrides: Readonly<Record<string, string>>;
  /** `host` or `host:port` by TLD. */
  readonly whoisServers: Readonly<Record<string, string>>;
}

export interface LookupParts {
  readonly store: RegistrationStore;
  readonly tables: LookupTables;
  readonly settings?: Partial<LookupSettings>;
  /** False: never owns the look-ups, only passes wishes on to the process that does. */
  readonly mayOwn?: boolean;
  readonly clock?: Clock;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Stand-ins for tests. */
  readonly resolve?: Resolve;
  readonly rdap?: RdapClient;
  readonly whois?: WhoisClient;
  /** Asked before a registry is. */
  readonly sharedRecord?: SharedRecords | undefined;
  readonly onRecord?: ((domain: string, record: RegistrationRecord) => void) | undefined;
  /** Told when a server is no longer asked because it fails, and when it answers again. */
  readonly onServer?: (server: string, state: 'failing' | 'answering') => void;
  /** Told what keeps the store from being written. */
  readonly onFault?: (error: unknown) => void;
}

/** The look-ups as the rest of the program sees them: nothing here touches the network in the caller's time. */
export interface Lookups {
  /** Whether a name with this record (or none) is to be looked up. `seenSince`: its first contact. */
  isDue(record: RegistrationRecord | undefined, seenSince?: number): boolean;
  /** Asks for a look-up behind the request; returns at once. Domains are those of `registration.domain`. */
  want(domain: string): void;
  /** Resolves when the look-up wanted has ended, or after `ms`. */
  waitFor(domain: string, ms: number): Promise<void>;
  metrics(): LookupMetrics;
  /** Replaces the server tables, e.g. after a refresh of the bootstrap. */
  setTables(tables: LookupTables): void;
  /** Stops queries, writes what is unwritten, gives the lease to another process. Names wait in the store. */
  stop(): Promise<void>;
}

export interface LookupMetrics extends WorkerMetrics {
  /** Whether this process looks up; others only pass their wishes on. */
  readonly owner: boolean;
}

const IDLE: WorkerMetrics = { queued: 0, running: 0, dropped: 0, oldestMs: 0, lookups: [], servers: [] };
/** Names that a process has passed on lately, and for how long it does not pass them again. */
const MAX_PASSED = 20_000;
const PASS_AGAIN_MS = 30_000;
/** How often a process that does not own the look-ups asks the store for an answer it waits for. */
const POLL_MS = 25;
/** Wishes read from the store between two turns of the event loop. */
const LOAD_ROWS = 500;

/** Starts the look-ups of this process. Of several processes on one store, one owns them. */
export function startLookups(parts: LookupParts): Lookups {
  const { store, clock = systemClock, random = Math.random, resolve, mayOwn = true } = parts;
  const onFault = parts.onFault ?? (() => undefined);
  const settings = lookupSettings(parts.settings);
  const journal = openWishJournal(store, clock, settings.flushMs, onFault);
  const lease = openLease(store.environment, clock, settings.leaseMs);
  const rdap = parts.rdap ?? createRdapClient(settings, () => clock.now(), resolve);
  const whois = parts.whois ?? createWhoisClient(settings, () => clock.now(), resolve);
  const passed = new Map<string, number>();
  const timers = new Set<() => void>();
  let tables = serverTables(parts.tables);
  let tablesSince = clock.now();
  let worker: Worker | undefined;
  let last = IDLE;
  let stopping = false;
  let busy: Promise<void> = Promise.resolve();

  const later = (delayMs: number, run: () => void) => {
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel);
      if (!stopping) run();
    });
    timers.add(cancel);
  };

  const { sharedRecord: askOthers } = parts;
  const sharedRecord: SharedRecords | undefined =
    askOthers && (async (domain) => sparingRecord(await askOthers(domain), store.records.get(domain), clock.now()));

  /** Holds or takes the lease, and begins or ends to own the look-ups. */
  async function beat(): Promise<void> {
    const holds = await lease.hold();
    if (holds && worker === undefined) {
      worker = startWorker({ ...parts, settings, clock, random, rdap, whois, journal, sharedRecord }, tables);
      await loadWishes(worker);
    } else if (!holds && worker !== undefined) {
      await endWork();
    }
  }

  async function endWork(): Promise<void> {
    const ended = worker;
    worker = undefined;
    await ended?.stop();
    if (ended !== undefined) last = ended.metrics();
  }

  /** The names of an earlier run or owner, in slices so that requests come in between. */
  async function loadWishes(into: Worker): Promise<void> {
    for (let start = ''; ;) {
      const rows = [...store.wishes.entries({ start, limit: LOAD_ROWS })];
      for (const [domain, wish] of rows) into.add(domain, wish, 'stored');
      const end = rows.at(-1)?.[0];
      if (end === undefined || rows.length < LOAD_ROWS || stopping) return;
      start = `${end}\0`;
      await new Promise((resume) => setImmediate(resume));
    }
  }

  /** What other processes wish, and this one before it owned the look-ups. */
  async function collect(): Promise<void> {
    const owner = worker;
    if (owner === undefined) return;
    store.environment.refresh();
    for (const [domain, since] of await journal.drainPassed()) {
      const isKnown = (store.records.get(domain)?.retrieved ?? 0) >= since;
      if (isKnown || !owner.add(domain, { since, attempts: 0, notBefore: 0 }, 'passed')) {
        void journal.finish(domain, undefined);
      }
    }
  }

  /** Repeats a step for as long as the look-ups run; steps never overlap, and a fault is told and tried again. */
  function repeat(everyMs: number, step: () => Promise<void>): void {
    busy = busy.then(step).catch(onFault);
    void busy.then(() => later(everyMs, () => repeat(everyMs, step)));
  }

  if (mayOwn) {
    repeat(settings.leaseMs / 3, beat);
    repeat(settings.flushMs, collect);
  }

  function pass(domain: string): void {
    const now = clock.now();
    if ((passed.get(domain) ?? -Infinity) > now - PASS_AGAIN_MS) return;
    if (passed.size >= MAX_PASSED) passed.clear();
    passed.set(domain, now);
    journal.pass(domain, now);
  }

  /** For a process that does not own the look-ups: until the store has a record newer than the wait. */
  async function pollFor(domain: string, ms: number): Promise<void> {
    const since = clock.now();
    const pause = (delayMs: number, result: 'again' | 'over') =>
      new Promise<'again' | 'over'>((resume) => void clock.after(delayMs, () => resume(result)));
    const end = pause(ms, 'over');
    while (!stopping) {
      store.environment.refresh();
      if ((store.records.get(domain)?.retrieved ?? 0) >= since) return;
      if ((await Promise.race([pause(POLL_MS, 'again'), end])) === 'over') return;
    }
  }

  return {
    isDue: (record, seenSince) => isDue(record, clock.now(), { seenSince, tablesSince }),
    want(domain) {
      if (stopping) return;
      if (worker === undefined) {
        pass(domain);
        return;
      }
      worker.add(domain, { since: clock.now(), attempts: 0, notBefore: 0 }, 'event');
    },
    async waitFor(domain, ms) {
      if (ms <= 0) return;
      const owner = worker;
      if (owner === undefined) return pollFor(domain, ms);
      await new Promise<void>((done) => {
        const cancel = clock.after(ms, done);
        void owner.ended(domain).then(() => {
          cancel();
          done();
        });
      });
    },
    metrics: () => ({ ...(worker?.metrics() ?? last), owner: worker !== undefined }),
    setTables(next) {
      tables = serverTables(next);
      tablesSince = clock.now();
      worker?.setTables(tables);
    },
    async stop() {
      stopping = true;
      for (const cancel of timers) cancel();
      await busy;
      await endWork();
      await journal.flush();
      await lease.release();
      if (parts.rdap === undefined) await rdap.close();
    },
  };
}

const serverTables = (tables: LookupTables): ServerTables => ({
  rdap: rdapTable(tables.rdapServices, tables.rdapOverrides),
  whois: whoisServers(tables.whoisServers),
});
