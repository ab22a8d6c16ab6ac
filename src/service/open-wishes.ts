import type { RegistrationStore } from '../stores/registrations.ts';
import type { AnswerParts } from './answer-names.ts';

/** Wishes are written together this long after the first of them. */
const WRITE_AFTER_MS = 200;
/** Rows per write transaction: it holds the serving thread for about a millisecond. */
const ROWS_PER_WRITE = 200;
/** Domains remembered as wished for, so that an event of a domain that waits costs a set read. */
const MAX_REMEMBERED = 50_000;
/** How often a request that waits looks whether another process has the answer. */
const POLL_MS = 25;

/** The look-ups of a process that makes none itself: it leaves wishes in the store for the one that does. */
export interface Wishes extends NonNullable<AnswerParts['lookups']> {
  /** Writes the wishes gathered so far; resolves after the commit. */
  flush(): Promise<void>;
}

export interface WishOptions {
  readonly clock: () => number;
  readonly onFault: (error: unknown) => void;
}

/** Opens the queue of wishes for adding. A domain of which something is known is not wished for again. */
export function openWishes({ records, wishes, environment }: RegistrationStore, options: WishOptions): Wishes {
  const { clock, onFault } = options;
  const remembered = new Set<string>();
  let gathered: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const since = clock();
    const taken = gathered;
    gathered = [];
    try {
      await write(taken, since);
    } catch (error) {
      for (const domain of taken) remembered.delete(domain);
      throw error;
    }
  }

  async function write(taken: readonly string[], since: number): Promise<void> {
    for (let start = 0; start < taken.length; start += ROWS_PER_WRITE) {
      await environment.write(() => {
        for (const domain of taken.slice(start, start + ROWS_PER_WRITE)) {
          if (records.get(domain) !== undefined || wishes.get(domain) !== undefined) continue;
          wishes.put(domain, { since, attempts: 0, notBefore: since });
        }
      });
    }
  }

  return {
    want(domain) {
      if (remembered.has(domain)) return;
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.add(domain);
      if (records.get(domain) !== undefined) return;
      gathered.push(domain);
      timer ??= setTimeout(() => void flush().catch(onFault), WRITE_AFTER_MS).unref();
    },
    async waitFor(domains, ms) {
      const until = Date.now() + ms;
      await flush();
      while (domains.some((domain) => records.get(domain) === undefined)) {
        const left = until - Date.now();
        if (left <= 0) return;
        await new Promise((resolve) => setTimeout(resolve, Math.min(POLL_MS, left)));
        environment.refresh();
      }
    },
    flush,
  };
}
