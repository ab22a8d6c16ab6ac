import { afterEach, describe, expect, it } from '@jest/globals';
import { listContacts, pageOfContacts, type ContactFilter } from '../../src/stores/contact-list.ts';
import { openContactTables, type ContactTables } from '../../src/stores/contact-tables.ts';
import { exportContacts, importContacts } from '../../src/stores/contact-transfer.ts';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import type { Environment } from '../../src/stores/table.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const kinds: [string, () => Environment][] = [
  ['LMDB', () => openLmdbEnvironment(temporaryFolder())],
  ['memory', openMemoryEnvironment],
];

const SCOPES = ['a', 'a-b', 'a.b', 'ab', 'default'];
const LIMITS = { rows: 4, lookedAt: 1000 };
const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();

describe.each(kinds)('contacts in %s', (_, openEnvironment) => {
  let tables: ContactTables;
  afterEach(() => tables.environment.close());

  async function fill() {
    tables = openContactTables(openEnvironment());
    const rows = Array.from({ length: 30 }, (_row, i) => ({
      scope: SCOPES[i % 5]!,
      domain: `d${i % 6}.com`,
      first_seen: day(i + 1),
      last_seen: day(i + 2),
      count: i + 1,
      list: 1,
    }));
    await importContacts(tables, rows);
    return rows.reverse();
  }
  const all = (filter?: ContactFilter) => [...listContacts(tables, filter)];

  it('are all listed and exported, however long the domain', async () => {
    tables = openContactTables(openEnvironment());
    const rows = [3, 40, 50, 56, 57, 63, 200].map((length, i) => ({
      scope: SCOPES[i % 5]!,
      domain: `${'x'.repeat(length)}.com`,
      first_seen: day(i + 1),
      last_seen: day(i + 1),
      count: 1,
      list: 1,
    }));
    await importContacts(tables, rows);
    expect([...exportContacts(tables)]).toHaveLength(rows.length);
    for (const { domain } of rows) expect(all({ domain })).toHaveLength(1);
    expect(all()).toEqual(rows.reverse());
  });

  it('are listed newest first, by any filter', async () => {
    const rows = await fill();
    expect(all()).toEqual(rows);
    expect(all({ scope: 'a' })).toEqual(rows.filter(({ scope }) => scope === 'a'));
    expect(all({ domain: 'd2.com' })).toEqual(rows.filter(({ domain }) => domain === 'd2.com'));
    expect(all({ domain: 'd2.com' })).toHaveLength(5);
    expect(all({ domain: 'd2.com', scope: 'a.b' })).toEqual(
      rows.filter((row) => row.domain === 'd2.com' && row.scope === 'a.b'),
    );
    expect(all({ domain: 'd2.com', scope: 'nobody' })).toEqual([]);
    const [since, until] = [day(10), day(20)];
    const within = rows.filter(({ first_seen: first }) => first >= since && first < until);
    const times = { since: Date.parse(since), until: Date.parse(until) };
    expect(all(times)).toEqual(within);
    expect(all({ ...times, domain: 'd3.com' })).toEqual(within.filter(({ domain }) => domain === 'd3.com'));
  });

  it('come page by page, each once', async () => {
    const rows = await fill();
    for (const filter of [
      {},
      { scope: 'ab' },
      { domain: 'd1.com' },
      { since: Date.parse(day(5)), until: Date.parse(day(25)) },
    ]) {
      const paged = [];
      let after: string | undefined;
      do {
        const page = pageOfContacts(tables, filter, LIMITS, after);
        expect(page.rows.length).toBeLessThanOrEqual(LIMITS.rows);
        paged.push(...page.rows);
        after = page.next;
      } while (after !== undefined);
      expect(paged).toEqual(all(filter));
    }
    expect(rows).toHaveLength(30);
  });

  it('end a page early when too many had to be passed over', async () => {
    await fill();
    const first = pageOfContacts(tables, { scope: 'a' }, { rows: 100, lookedAt: 7 });
    expect(first.rows).toHaveLength(1);
    const second = pageOfContacts(tables, { scope: 'a' }, { rows: 100, lookedAt: 100 }, first.next);
    expect([...first.rows, ...second.rows]).toEqual(all({ scope: 'a' }));
    expect(second).not.toHaveProperty('next');
  });

  it('that come while pages are read do not disturb them', async () => {
    const rows = await fill();
    const first = pageOfContacts(tables, {}, LIMITS);
    await importContacts(tables, [{ ...rows[0]!, domain: 'later.com', first_seen: day(100), last_seen: day(100) }]);
    expect(pageOfContacts(tables, {}, LIMITS, first.next).rows).toEqual(rows.slice(4, 8));
  });
});

describe('contacts of an older version', () => {
  it('are brought over with their index and clients, and counted once', async () => {
    const environment = openLmdbEnvironment(temporaryFolder());
    const domains = ['a.com', `${'long-'.repeat(20)}name.com`];
    const codec = (encode: () => Buffer) => ({ version: 1, encode, decode: () => null });
    const contact = Buffer.alloc(30);
    contact.writeDoubleLE(Date.parse(day(1)), 0);
    contact.writeDoubleLE(Date.parse(day(2)), 8);
    contact.writeUInt32LE(3, 16);
    const first = (name: string, value: Buffer) =>
      environment.table(
        name,
        codec(() => value),
      );
    await environment.write(() => {
      for (const domain of domains) {
        first('contacts', contact).put(`default\0${domain}`, null);
        first('contacts_by_first', Buffer.alloc(0)).put(`${Date.parse(day(1))}\0default\0${domain}`, null);
        first('contact_clients', Buffer.alloc(8, 7)).put(`default\0${domain}`, null);
      }
    });
    const tables = openContactTables(environment);
    expect([...listContacts(tables)]).toEqual(
      domains
        .toSorted()
        .reverse()
        .map((domain) => ({
          scope: 'default',
          domain,
          first_seen: day(1),
          last_seen: day(2),
          count: 3,
          list: 0,
          clients: ['07'.repeat(8)],
        })),
    );
    expect(first('contacts', contact).count()).toBe(0);
    await environment.close();
  });
});
