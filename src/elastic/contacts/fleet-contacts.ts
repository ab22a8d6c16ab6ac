import type { AgreedContact, ContactClaim, FleetContacts } from '../../stores/fleet-contacts.ts';
import { within } from '../within.ts';
import type { ContactIndex } from './contact-index.ts';

export interface FleetContactsOptions {
  /** Reaches the index; called again after a failure. */
  readonly connect: () => Promise<ContactIndex>;
  /** Longest time that a claim is waited for, in milliseconds; it is settled behind the request all the same. */
  readonly waitMs: number;
  /** How often earlier first times are written, in milliseconds. */
  readonly lowerEveryMs: number;
  readonly onFault: (error: unknown) => void;
}

/** A claim and whoever waits for it. */
interface Waiting {
  readonly claim: ContactClaim;
  readonly settle: (agreed: AgreedContact | undefined) => void;
  /** Its time is over: it is undecided, and comes again with its event. */
  isLate: boolean;
}

/** Claims are gathered so long, so that those of one request go together. */
const GATHER_MS = 3;
const MAX_BATCH = 1000;
/** More claims than these are undecided at once, so that a slow engine costs no memory. */
const MAX_WAITING = 20_000;
/** Requests under way at once; more claims gather meanwhile. */
const MAX_RUNNING = 3;
/** After a failure nobody waits for the engine; it is tried again after this time. */
const PAUSE_MS = 1000;
const MAX_LOWERED = 50_000;
const LOWER_BATCH = 1000;
/** Earlier first times that are not written by then are given up when the instance stops. */
const CLOSE_WITHIN_MS = 3000;

/** Claims in micro-batches. An engine that is away costs each request nothing: its claims are undecided at once. */
export function openFleetContacts(options: FleetContactsOptions): FleetContacts {
  let index: Promise<ContactIndex> | undefined;
  let waiting: Waiting[] = [];
  let gathering: NodeJS.Timeout | undefined;
  /** Times here are those of `performance.now()`: the clock of the wall may be set back. */
  let awayUntil = -Infinity;
  /** Requests under way, and when they were begun. */
  const running = new Map<Promise<void>, number>();
  let lowered = new Map<string, number>();
  const lowering = setInterval(() => void writeLowered(), options.lowerEveryMs).unref();

  function connected(): Promise<ContactIndex> {
    index ??= options.connect();
    return index;
  }

  /** A late failure of a connection says nothing of the one that has come after it. */
  function failed(error: unknown, connection: Promise<ContactIndex>): void {
    options.onFault(error);
    if (index !== connection) return;
    index = undefined;
    awayUntil = performance.now() + PAUSE_MS;
  }

  const isAway = (): boolean => performance.now() < awayUntil;

  /** Every request has been under way for longer than a claim is waited for: one more would wait in vain. */
  function isStuck(): boolean {
    const begunBefore = performance.now() - options.waitMs;
    return running.size === MAX_RUNNING && [...running.values()].every((begun) => begun < begunBefore);
  }

  function sendGathered(): void {
    gathering = undefined;
    waiting = waiting.filter(({ isLate }) => !isLate);
    while (waiting.length > 0 && running.size < MAX_RUNNING) {
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      const sending = sendBatch(batch).finally(() => {
        running.delete(sending);
        if (waiting.length > 0) sendGathered();
      });
      running.set(sending, performance.now());
    }
  }

  async function sendBatch(batch: readonly Waiting[]): Promise<void> {
    let agreed: readonly (AgreedContact | undefined)[] = [];
    const connection = connected();
    try {
      agreed = await (await connection).settle(batch.map(({ claim }) => claim));
    } catch (error) {
      failed(error, connection);
    }
    batch.forEach(({ settle }, place) => settle(agreed[place]));
  }

  async function allSent(): Promise<void> {
    while (running.size > 0) await Promise.all(running.keys());
  }

  async function writeLowered(): Promise<void> {
    if (lowered.size === 0 || isAway()) return;
    const firsts = [...lowered];
    lowered = new Map();
    const connection = connected();
    try {
      const contacts = await connection;
      while (firsts.length > 0) {
        const left = await contacts.lower(new Map(firsts.slice(0, LOWER_BATCH)));
        firsts.splice(0, LOWER_BATCH);
        for (const [key, first] of left) keepLowest(key, first);
      }
    } catch (error) {
      for (const [key, first] of firsts) keepLowest(key, first);
      failed(error, connection);
    }
  }

  function keepLowest(key: string, first: number): void {
    const before = lowered.get(key);
    if (before !== undefined ? first < before : lowered.size < MAX_LOWERED) lowered.set(key, first);
  }

  return {
    claim(claim) {
      if (isAway() || isStuck() || waiting.length >= MAX_WAITING) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const late = setTimeout(() => {
          waiter.isLate = true;
          resolve(undefined);
        }, options.waitMs);
        const settle = (agreed: AgreedContact | undefined) => {
          clearTimeout(late);
          resolve(agreed);
        };
        const waiter: Waiting = { claim, settle, isLate: false };
        waiting.push(waiter);
        if (waiting.length >= MAX_BATCH && running.size < MAX_RUNNING) sendGathered();
        else gathering ??= setTimeout(sendGathered, GATHER_MS);
      });
    },
    lower: keepLowest,
    async close() {
      clearInterval(lowering);
      clearTimeout(gathering);
      sendGathered();
      await within(options.waitMs, allSent());
      if (running.size === 0) await within(CLOSE_WITHIN_MS, writeLowered());
    },
  };
}
