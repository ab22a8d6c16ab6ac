import { afterEach, describe, expect, it } from '@jest/globals';
import type { ContactEvent, ContactStore } from '../../src/stores/contact-decisions.ts';
import { openContactTables, type ContactTables } from '../../src/stores/contact-tables.ts';
import { listContacts, type ContactRow } from '../../src/stores/contact-list.ts';
import { exportContacts, importContacts, readContactRow } from '../../src/stores/contact-transfer.ts';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { openLocalContacts } from '../../src/stores/local-contacts.ts';
import type { FleetContacts } from '../../src/stores/fleet-contacts.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import type { Environment } from '../../src/stores/table.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const KEY = 'default\x1ffabrikam.com';
const NOON = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;

const event = (change: Partial<ContactEvent> = {}): ContactEvent => ({ key: KEY, at: NOON, id: 0, list: 1, ...change });

const kinds: [string, () => Environment][] = [
  ['LMDB', () => openLmdbEnvironment(temporaryFolder())],
  ['memory', openMemoryEnvironment],
];

describe.each(kinds)('contacts in %s', (_, openEnvironment) => {
  let tables: ContactTables;
  let store: ContactStore;
  const faults: unknown[] = [];

  function open(clientCap = 0): ContactStore {
    tables = openContactTables(openEnvironment());
    store = openLocalContacts(tables, {
      clientCap,
      flushEveryMs: 3_600_000,
      syncToDisk: false,
      onFault: (error) => faults.push(error),
    });
    return store;
  }
  afterEach(async () => {
    await store.close();
    expect(faults).toEqual([]);
  });

  const firsts = async (...events: ContactEvent[]) => (await store.decide(events)).map((decision) => decision?.first);

  it('is the first contact once, by the event decided first', async () => {
    open();
    expect(await firsts(event())).toEqual([true]);
    expect(await firsts(event({ at: NOON - MINUTE }), event())).toEqual([false, false]);
  });

  it('answers a known contact in the same turn', async () => {
    open();
    await store.decide([event()]);
    expect(store.decide([event()])).not.toBeInstanceOf(Promise);
  });

  it('takes the earliest of a batch, ties by position, and its time for all', async () => {
    open();
    const decisions = await store.decide([
      event({ at: NOON + MINUTE, id: 1 }),
      event({ at: NOON, id: 2 }),
      event({ at: NOON, id: 3 }),
    ]);
    expect(decisions.map((decision) => decision?.first)).toEqual([false, true, false]);
    expect(decisions.map((decision) => decision?.firstSeen)).toEqual([NOON, NOON, NOON]);
    expect(decisions.map((decision) => decision?.lastSeen)).toEqual([NOON + MINUTE, NOON + MINUTE, NOON + MINUTE]);
  });

  it('gives the event with the same id the same answer again, within a batch and later', async () => {
    open();
    expect(await firsts(event({ id: 7 }), event({ id: 7 }), event({ id: 8 }))).toEqual([true, true, false]);
    expect(await firsts(event({ id: 8 }), event({ id: 7 }))).toEqual([false, true]);
  });

  it('decides once among concurrent calls', async () => {
    open();
    const decisions = await Promise.all(Array.from({ length: 50 }, () => firsts(event())));
    expect(decisions.flat().filter((first) => first === true)).toHaveLength(1);
  });

  it('moves the first time back, at once for answers and in the store with the flush', async () => {
    open();
    await store.decide([event()]);
    const [earlier] = await store.decide([event({ at: NOON - MINUTE })]);
    expect(earlier?.firstSeen).toBe(NOON - MINUTE);
    expect(tables.contacts.get(KEY)?.first).toBe(NOON);
    await store.flush();
    expect(tables.contacts.get(KEY)).toMatchObject({ first: NOON - MINUTE, last: NOON, count: 2 });
    expect([...listContacts(tables)]).toHaveLength(1);
    expect([...listContacts(tables, { since: NOON })]).toEqual([]);
  });

  it('leaves no trace of a peek', async () => {
    open();
    expect(store.peek(event())).toBeUndefined();
    await store.decide([event()]);
    expect(store.peek(event({ at: NOON + MINUTE }))).toEqual({ first: false, firstSeen: NOON, lastSeen: NOON });
    await store.flush();
    expect(tables.contacts.get(KEY)?.count).toBe(1);
  });

  it('counts distinct clients up to the cap and keeps the first', async () => {
    open(3);
    const client = (digit: string) => digit.repeat(16);
    const counted = async (digit: string) => {
      const [decision] = await store.decide([event({ client: client(digit) })]);
      return [decision?.clients, decision?.firstClient];
    };
    expect(await counted('a')).toEqual([1, client('a')]);
    expect(await counted('b')).toEqual([2, client('a')]);
    expect(await counted('a')).toEqual([2, client('a')]);
    await store.flush();
    expect(await counted('c')).toEqual([3, client('a')]);
    expect(await counted('d')).toEqual([3, client('a')]);
    await store.flush();
    expect(tables.clients.get(KEY)).toHaveLength(3);
  });

  it('counts the contact that a former list had under another key, and keeps it under the new one', async () => {
    open();
    const former = { key: 'default\x1fpagehost.com', list: 1 };
    await store.decide([event({ key: former.key, at: NOON - MINUTE, id: 5, list: 1 })]);
    const tenant = event({ key: 'default\x1fshop.pagehost.com', list: 2, formerKeys: () => [former] });
    const [decision] = await store.decide([tenant]);
    expect(decision).toMatchObject({ first: false, firstSeen: NOON - MINUTE });
    expect(tables.contacts.get(tenant.key)).toMatchObject({ list: 2, firstId: 5 });
  });

  it('does not inherit a contact that the present list made of the suffix itself', async () => {
    open();
    await store.decide([event({ key: 'default\x1fpagehost.com', list: 2 })]);
    const former = { key: 'default\x1fpagehost.com', list: 1 };
    expect(await firsts(event({ key: 'default\x1fshop.pagehost.com', list: 2, formerKeys: () => [former] }))).toEqual([
      true,
    ]);
  });

  it('exports what import reads back, twice without a change', async () => {
    open(5);
    await store.decide([
      event({ id: 9, client: 'ab'.repeat(8) }),
      event({ key: 'site-2\x1fb.com', at: NOON - MINUTE }),
    ]);
    await store.flush();
    const lines = [...exportContacts(tables)].map((row) => JSON.stringify(row));
    const rows = lines.map((line) => readContactRow(line) as ContactRow);
    expect(rows).toHaveLength(2);
    const other = openContactTables(openMemoryEnvironment());
    expect(await importContacts(other, rows)).toBe(2);
    expect(await importContacts(other, rows)).toBe(0);
    expect([...exportContacts(other)].map((row) => JSON.stringify(row))).toEqual(lines);
    expect([...listContacts(other)].map(({ domain }) => domain)).toEqual(['fabrikam.com', 'b.com']);
  });
});

describe('contacts that a fleet decides', () => {
  const open = (fleet: Partial<FleetContacts>) => {
    const tables = openContactTables(openMemoryEnvironment());
    const store = openLocalContacts(tables, {
      clientCap: 0,
      flushEveryMs: 3_600_000,
      syncToDisk: false,
      onFault: () => undefined,
      fleet: {
        claim: ({ first, firstId }) => Promise.resolve({ won: true, first, firstId }),
        lower: () => undefined,
        close: () => Promise.resolve(),
        ...fleet,
      },
    });
    return { tables, store };
  };

  it('have the earlier first time of the fleet, also where the claim is known again by its id', async () => {
    const { tables, store } = open({
      claim: ({ firstId }) => Promise.resolve({ won: true, first: NOON - MINUTE, firstId }),
    });
    const [decision] = await store.decide([event({ id: 7 })]);
    expect(decision).toMatchObject({ first: true, firstSeen: NOON - MINUTE });
    expect(tables.contacts.get(KEY)).toMatchObject({ first: NOON - MINUTE, last: NOON, firstId: 7 });
    await store.close();
  });

  it('are written before a fleet that is slow to close', async () => {
    let end: () => void = () => undefined;
    const closing = new Promise<void>((resolve) => (end = resolve));
    let counts: number | undefined;
    const { tables, store } = open({
      close() {
        counts = tables.contacts.get(KEY)?.count;
        return closing;
      },
    });
    await store.decide([event()]);
    await store.decide([event()]);
    const closed = store.close();
    while (counts === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(counts).toBe(2);
    end();
    await closed;
  });
});

describe('reading a line of contacts', () => {
  it.each([
    ['{', 'not JSON'],
    ['[]', 'domain: not a domain name'],
    ['7', 'not a JSON object'],
    ['{"domain":""}', 'domain: not a domain name'],
    ['{"domain":"a.com"}', 'first_seen: not an ISO 8601 time'],
    ['{"domain":"a.com","first_seen":"2026-02-30"}', 'first_seen: not an ISO 8601 time'],
    ['{"domain":"a.com","first_seen":"2026-01-01","scope":"A B"}', 'scope: not in [a-z0-9._-]{1,64}'],
    ['{"domain":"a.com","first_seen":"2026-01-01","count":-1}', 'count: not a whole number'],
    ['{"domain":"a.com","first_seen":"2026-01-01","clients":["x"]}', 'clients: not a list of fingerprints'],
  ])('%s: %s', (line, error) => expect(readContactRow(line)).toEqual({ error }));
});
