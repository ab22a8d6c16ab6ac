import type { RegistrationRecord } from '../core/registration.ts';
import type { RegistrationStore, Wish } from '../stores/registrations.ts';
import type { Codec, Table } from '../stores/table.ts';
import type { Clock } from './clock.ts';

/** Wishes and records on their way into the store: gathered, and written in small transactions. */
export interface WishJournal {
  /** A wish, new or changed; written within the flush time. */
  wish(domain: string, wish: Wish): void;
  /** The end of a look-up: record and wish change in one transaction, soon. Resolves when the record can be read. */
  finish(domain: string, record: RegistrationRecord | undefined): Promise<void>;
  /** A record that changes while its wish stays (`stale`). */
  keep(domain: string, record: RegistrationRecord): void;
  /** A wish of a process that does not own the look-ups. */
  pass(domain: string, at: number): void;
  /** Takes the wishes that other processes have passed, at most some hundred. */
  drainPassed(): Promise<readonly (readonly [string, number])[]>;
  flush(): Promise<void>;
}

/** Rows per transaction: it holds the thread and the store's only writer. */
const ROWS = 200;

/** Soon, but together with what other servers answer meanwhile: a transaction costs the thread some milliseconds. */
const FINISH_MS = 20;

/** Times of wishes of other processes. */
const timeCodec: Codec<number> = {
  version: 1,
  encode(time) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeDoubleLE(time, 0);
    return bytes;
  },
  decode: (bytes) => bytes.readDoubleLE(0),
};

interface Change {
  wish?: Wish | 'remove';
  record?: RegistrationRecord;
  passedAt?: number;
  readonly written: (() => void)[];
}

/** `onFault` gets what keeps the store from being written; the changes stay, and are tried again. */
export function openWishJournal(
  store: RegistrationStore,
  clock: Clock,
  flushMs: number,
  onFault: (error: unknown) => void,
): WishJournal {
  const passed: Table<number> = store.environment.table('wishes-passed', timeCodec);
  const changes = new Map<string, Change>();
  let cancelTimer: (() => void) | undefined;
  let timerAt = Infinity;
  let writing: Promise<void> | undefined;

  const changeOf = (domain: string): Change => {
    let change = changes.get(domain);
    if (change === undefined) changes.set(domain, (change = { written: [] }));
    return change;
  };
  const schedule = (delayMs: number) => {
    const at = clock.now() + delayMs;
    if (at >= timerAt) return;
    cancelTimer?.();
    timerAt = at;
    cancelTimer = clock.after(delayMs, () => {
      cancelTimer = undefined;
      timerAt = Infinity;
      flush().catch(onFault);
    });
  };

  async function writeSome(): Promise<void> {
    const batch = [...changes.entries()].slice(0, ROWS);
    for (const [domain] of batch) changes.delete(domain);
    try {
      await store.environment.write(() => {
        for (const [domain, { wish, record, passedAt }] of batch) {
          if (record !== undefined) store.records.put(domain, record);
          if (wish === 'remove') store.wishes.remove(domain);
          else if (wish !== undefined) store.wishes.put(domain, wish);
          if (passedAt !== undefined) passed.put(domain, passedAt);
        }
      });
    } catch (error) {
      // What has come since is newer; who waits goes on waiting.
      for (const [domain, change] of batch) {
        const newer = changes.get(domain);
        changes.set(domain, { ...change, ...newer, written: [...change.written, ...(newer?.written ?? [])] });
      }
      throw error;
    }
    for (const [, { written }] of batch) for (const done of written) done();
  }

  async function writeAll(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    timerAt = Infinity;
    while (changes.size > 0) {
      await writeSome();
      // Requests come between two transactions.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  function flush(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (changes.size > 0) schedule(flushMs);
    });
    return writing;
  }

  return {
    wish(domain, wish) {
      changeOf(domain).wish = wish;
      schedule(flushMs);
    },
    finish(domain, record) {
      const change = changeOf(domain);
      change.wish = 'remove';
      if (record !== undefined) change.record = record;
      schedule(FINISH_MS);
      return new Promise((resolve) => change.written.push(resolve));
    },
    keep(domain, record) {
      changeOf(domain).record = record;
      schedule(flushMs);
    },
    pass(domain, at) {
      changeOf(domain).passedAt = at;
      schedule(flushMs);
    },
    async drainPassed() {
      if (passed.count() === 0) return [];
      const rows = [...passed.entries({ limit: ROWS })];
      await store.environment.write(() => {
        for (const [domain, since] of rows) {
          passed.remove(domain);
          if (store.wishes.get(domain) === undefined) store.wishes.put(domain, { since, attempts: 0, notBefore: 0 });
        }
      });
      return rows;
    },
    flush,
  };
}
