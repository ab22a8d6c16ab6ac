import type { AgreedContact, ContactClaim, FleetContacts } from '../../stores/fleet-contacts.ts';
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

/** Claims in micro-batches. An engine that is away costs each request nothing: its claims are undecided at once. */
export function openFleetContacts(options: FleetContactsOptions): FleetContacts {
  let index: Promise<ContactIndex> | undefined;
  let waiting: Waiting[] = [];
  let gathering: NodeJS.Timeout | undefined;
  let awayUntil = 0;
  const running = new Set<Promise<void>>();
  let lowered = new Map<string, number>();
  const lowering = setInterval(() => void writeLowered(), options.lowerEveryMs).unref();

  function connected(): Promise<ContactIndex> {
    index ??= options.connect();
    return index;
  }

  function failed(error: unknown): void {
    index = undefined;
    awayUntil = Date.now() + PAUSE_MS;
    options.onFault(error);
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
      running.add(sending);
    }
  }

  async function sendBatch(batch: readonly Waiting[]): Promise<void> {
    let agreed: readonly (AgreedContact | undefined)[] = [];
    try {
      agreed = await (await connected()).settle(batch.map(({ claim }) => claim));
    } catch (error) {
      failed(error);
    }
    batch.forEach(({ settle }, place) => settle(agreed[place]));
  }

  async function writeLowered(): Promise<void> {
    if (lowered.size === 0 || Date.now() < awayUntil) return;
    const firsts = [...lowered];
    lowered = new Map();
    try {
      const contacts = await connected();
      while (firsts.length > 0) {
        await contacts.lower(new Map(firsts.slice(0, LOWER_BATCH)));
        firsts.splice(0, LOWER_BATCH);
      }
    } catch (error) {
      for (const [key, first] of firsts) keepLowest(key, first);
      failed(error);
    }
  }

  function keepLowest(key: string, first: number): void {
    const before = lowered.get(key);
    if (before !== undefined ? first < before : lowered.size < MAX_LOWERED) lowered.set(key, first);
  }

  return {
    claim(claim) {
      if (Date.now() < awayUntil || waiting.length >= MAX_WAITING) return Promise.resolve(undefined);
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
        if (waiting.length >= MAX_BATCH) sendGathered();
        else gathering ??= setTimeout(sendGathered, GATHER_MS);
      });
    },
    lower: keepLowest,
    async close() {
      clearInterval(lowering);
      clearTimeout(gathering);
      sendGathered();
      await Promise.all(running);
      await writeLowered();
    },
  };
}
