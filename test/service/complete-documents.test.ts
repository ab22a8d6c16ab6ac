import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EventObject } from '../../src/core/event-field.ts';
import { createService, type Service } from '../../src/service.ts';
import { completeDocuments } from '../../src/service/complete-documents.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A sweeping instance that knows nothing: no registrations, no contacts, no rank list, no community. */
let service: Service;
beforeAll(() => {
  service = createService({ data: temporaryFolder(), lookups: false }, { clock: () => Date.UTC(2026, 10, 22) });
});
afterAll(() => service.close());

const FIELDS = ['url.domain', 'dns.question.name'];
let documents = 0;

/** A document after the sweep; undefined when it is not written. */
async function completed(source: EventObject): Promise<Record<string, unknown> | undefined> {
  const complete = completeDocuments(service.ask, service.finishedName, FIELDS);
  const [text] = await complete([{ id: String(++documents), source, text: JSON.stringify(source) }]);
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
}

const AT = '2026-11-20T10:00:00Z';
const FOUND = { domain: 'b.com', status: 'found', created: '2026-11-19T00:00:00.000Z' };
/** What another instance knew of the second name. */
const OTHER = {
  name: 'b.com',
  domain: 'b.com',
  status: 'ok',
  first_contact: false,
  first_seen: '2026-01-01T00:00:00.000Z',
  category: 'baby',
  category_source: 'registration',
  registration: FOUND,
  mine: { note: 1 },
};

it.each([['registration'], ['contact']])(
  'keeps what other names have while the first waits for its %s',
  async (part) => {
    const gone = { name: 'gone.com', domain: 'gone.com', first_contact: true, mine: 2 };
    const source = {
      '@timestamp': AT,
      url: { domain: 'a.com' },
      dns: { question: { name: 'b.com' } },
      domain_stats: { name: 'a.com', domain: 'a.com', status: 'pending', pending: [part] },
      domain_stats_all: [{ name: 'a.com', status: 'pending', pending: [part] }, OTHER, gone],
    };
    const { domain_stats_all: all } = (await completed(source)) as { domain_stats_all: EventObject[] };
    expect(all.map(({ name }) => name)).toEqual(['a.com', 'b.com', 'gone.com']);
    expect(all[0]).not.toHaveProperty('pending');
    expect(all[1]).toMatchObject(OTHER);
    expect(all[2]).toEqual(gone);
  },
);

it('completes another name when it is the only one that waits', async () => {
  const main = { name: 'main.com', domain: 'main.com', status: 'ok', first_contact: true };
  const source = {
    '@timestamp': AT,
    url: { domain: 'main.com' },
    dns: { question: { name: 'second.com' } },
    domain_stats: main,
    domain_stats_all: [main, { name: 'second.com', status: 'pending', pending: ['contact'] }],
  };
  const done = await completed(source);
  expect(done).toMatchObject({ domain_stats: main, domain_stats_all: [main, { name: 'second.com', status: 'ok' }] });
  expect(done?.['domain_stats_all']).toMatchObject([{}, { first_contact: true }]);
});

it('keeps the name that a document was answered for where another one stands first in our fields', async () => {
  const former = { name: 'former.com', domain: 'former.com', source_field: 'dns.question.name', first_contact: false };
  const waiting = { name: 'ahead.com', status: 'pending', pending: ['contact'] };
  const source = { '@timestamp': AT, url: { domain: 'ahead.com' }, dns: { question: { name: 'Former.com.' } } };
  const done = await completed({ ...source, domain_stats: former, domain_stats_all: [former, waiting] });
  expect(done).toMatchObject({ domain_stats: former });
  expect(done?.['domain_stats']).not.toHaveProperty('source_fields');
  expect(done?.['domain_stats_all']).toMatchObject([former, { name: 'ahead.com', status: 'ok', first_contact: true }]);
  const alone = await completed({
    ...source,
    domain_stats: { ...former, status: 'pending', pending: ['registration'] },
  });
  expect(alone).toMatchObject({ domain_stats: former });
});

it('keeps rank and community of the same domain, and of no other', async () => {
  const known = {
    status: 'pending',
    pending: ['contact'],
    rank: { value: 17, band: '1k' },
    community: { status: 'known' },
    category: 'baby',
    category_source: 'community',
    alerts: ['BABY-DOMAIN'],
    alert_reasons: ['young'],
    risk: 'low',
    risk_reasons: ['baby'],
  };
  const of = (domain: string) => ({
    '@timestamp': AT,
    url: { domain: 'kept.com' },
    domain_stats: { ...known, domain },
  });
  const { rank, community, category, category_source } = known;
  const same = (await completed(of('kept.com')))?.['domain_stats'];
  expect(same).toMatchObject({ domain: 'kept.com', rank, community, category, category_source });
  expect(same).toMatchObject({ risk: 'low', risk_reasons: ['baby'] });
  expect(same).toHaveProperty('alerts', expect.arrayContaining(['BABY-DOMAIN', 'FIRST-CONTACT']));
  const other = (await completed(of('other.com')))?.['domain_stats'];
  expect(other).toMatchObject({ domain: 'kept.com', category: 'unknown' });
  expect(other).not.toHaveProperty('rank');
  expect(other).not.toHaveProperty('community');
});

it('keeps facts of the contact that stand under dotted keys', async () => {
  const done = await completed({
    '@timestamp': AT,
    'url.domain': 'dotted.com',
    'domain_stats.status': 'pending',
    'domain_stats.pending': ['registration'],
    'domain_stats.first_contact': false,
    'domain_stats.first_seen': '2026-02-03T00:00:00.000Z',
  });
  expect(done).toEqual({ '@timestamp': AT, 'url.domain': 'dotted.com', domain_stats: expect.anything() });
  expect(done?.['domain_stats']).toMatchObject({ first_contact: false, first_seen: '2026-02-03T00:00:00.000Z' });
});

it('keeps a registration that it cannot look up, be it for alerts that are still to be made', async () => {
  for (const pending of [['contact'], ['registration', 'contact']]) {
    const { name, domain, category, category_source, registration } = OTHER;
    const former = { name, domain, category, category_source, registration, status: 'pending', pending };
    const done = await completed({ '@timestamp': AT, url: { domain: 'b.com' }, domain_stats: former });
    expect(done).toMatchObject({ domain_stats: { status: 'ok', category: 'baby', registration: FOUND } });
  }
});

it('keeps facts of a registration when its own look-up brought none', async () => {
  const { records, environment } = service.registrations;
  await environment.write(() => records.put('failed.com', { status: 'error', details: {} }));
  const registration = { ...FOUND, domain: 'failed.com' };
  const former = { ...OTHER, name: 'failed.com', domain: 'failed.com', registration };
  const waiting = { ...former, status: 'pending', pending: ['registration'] };
  const done = await completed({ '@timestamp': AT, url: { domain: 'failed.com' }, domain_stats: waiting });
  expect(done).toMatchObject({ domain_stats: { status: 'ok', category: 'baby', registration } });
});
