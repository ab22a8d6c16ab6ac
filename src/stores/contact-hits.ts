import type { ContactDecision, ContactEvent } from './contact-decisions.ts';
import { firstKey, type Contact, type ContactTables } from './contact-tables.ts';

/** Rows per write transaction: it holds the serving thread for about a millisecond. */
const ROWS_PER_WRITE = 200;
/** Keys gathered at most before a flush is started early, so that memory stays bounded. */
const MAX_GATHERED = 50_000;

/** What the events since the last flush add to a contact. */
interface Hit {
  first: number;
  last: number;
  count: number;
  clients?: Set<string>;
}

/** Gathers what known contacts add, in memory, and merges it into the store (minimum, maximum, sum, union). */
export interface ContactHits {
  add(event: ContactEvent): void;
  /** The store's view of a contact with what is gathered on top. */
  factsOf(key: string, contact: Contact): Omit<ContactDecision, 'first'>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface HitOptions {
  readonly clientCap: number;
  readonly flushEveryMs: number;
  readonly onFault: (error: unknown) => void;
}

export function gatherHits(tables: ContactTables, options: HitOptions): ContactHits {
  let gathered = new Map<string, Hit>();
  /** Being written: still counts for answers until its commit. */
  let writing = new Map<string, Hit>();
  let running: Promise<void> | undefined;
  const timer = setInterval(() => void flush().catch(options.onFault), options.flushEveryMs).unref();

  function add({ key, at, client }: ContactEvent): void {
    let hit = gathered.get(key);
    if (hit === undefined) gathered.set(key, (hit = { first: at, last: at, count: 0 }));
    if (at < hit.first) hit.first = at;
    if (at > hit.last) hit.last = at;
    hit.count++;
    if (client !== undefined) (hit.clients ??= new Set()).add(client);
    if (gathered.size === MAX_GATHERED) void flush().catch(options.onFault);
  }

  function factsOf(key: string, contact: Contact) {
    let { first, last } = contact;
    const present = [gathered.get(key), writing.size === 0 ? undefined : writing.get(key)];
    for (const hit of present) {
      if (hit === undefined) continue;
      if (hit.first < first) first = hit.first;
      if (hit.last > last) last = hit.last;
    }
    if (options.clientCap === 0) return { firstSeen: first, lastSeen: last };
    const clients = new Set([
      ...(tables.clients.get(key) ?? []),
      ...present.flatMap((hit) => [...(hit?.clients ?? [])]),
    ]);
    const [firstClient] = clients;
    return {
      firstSeen: first,
      lastSeen: last,
      ...(firstClient === undefined ? {} : { clients: Math.min(clients.size, options.clientCap), firstClient }),
    };
  }

  /** Flushes never overlap; one that is asked for meanwhile comes after. */
  async function flush(): Promise<void> {
    while (running !== undefined) await running;
    running = writeGathered().finally(() => (running = undefined));
    return running;
  }

  async function writeGathered(): Promise<void> {
    if (gathered.size === 0) return;
    writing = gathered;
    gathered = new Map();
    const rows = [...writing];
    try {
      for (let start = 0; start < rows.length; start += ROWS_PER_WRITE) {
        const chunk = rows.slice(start, start + ROWS_PER_WRITE);
        await tables.environment.write(() => {
          for (const [key, hit] of chunk) merge(tables, key, hit, options.clientCap);
        });
        for (const [key] of chunk) writing.delete(key);
        // A turn for requests; a timer, because setImmediate would come before waiting sockets.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      for (const [key, hit] of writing) gathered.set(key, combine(hit, gathered.get(key)));
      writing = new Map();
    }
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    await flush();
  }

  return { add, factsOf, flush, stop };
}

function combine(hit: Hit, later: Hit | undefined): Hit {
  if (later === undefined) return hit;
  const clients = new Set([...(hit.clients ?? []), ...(later.clients ?? [])]);
  return {
    first: Math.min(hit.first, later.first),
    last: Math.max(hit.last, later.last),
    count: hit.count + later.count,
    ...(clients.size === 0 ? {} : { clients }),
  };
}

/** Inside a write transaction: adds a hit to the stored contact and keeps the index in step. */
function merge({ contacts, byFirst, clients }: ContactTables, key: string, hit: Hit, clientCap: number): void {
  const contact = contacts.get(key);
  if (contact === undefined) return;
  const first = Math.min(contact.first, hit.first);
  if (first !== contact.first) {
    byFirst.remove(firstKey(contact.first, key));
    byFirst.put(firstKey(first, key), null);
  }
  contacts.put(key, {
    ...contact,
    first,
    last: Math.max(contact.last, hit.last),
    count: contact.count + hit.count,
  });
  if (hit.clients === undefined) return;
  const stored = clients.get(key) ?? [];
  if (stored.length >= clientCap) return;
  const all = [...new Set([...stored, ...hit.clients])].slice(0, clientCap);
  if (all.length > stored.length) clients.put(key, all);
}
