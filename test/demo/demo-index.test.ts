import { expect, it } from '@jest/globals';
import { fillDemo } from '../../src/elastic/demo-index.ts';
import type { Engine } from '../../src/elastic/engine.ts';

/** An engine that has no index yet and takes everything; keeps the bodies of bulk requests by path. */
function engineThatTakes(bulks: Map<string, string>): Engine {
  return {
    product: 'opensearch',
    version: [3, 0],
    send({ method, path, body = '' }) {
      if (path.endsWith('/_bulk')) bulks.set(path, body);
      return Promise.resolve({ status: method === 'GET' ? 404 : 200, text: '{}' });
    },
    close: () => Promise.resolve(),
  };
}

const registration = (domain: string) => ({
  ...{ domain, status: 'found', created: '2010-01-02T00:00:00.000Z', registrar: 'Example' },
  retrieved: '2026-11-23T00:00:00.000Z',
});
const eventOf = (id: number, answer: object) => JSON.stringify({ event: { id: `demo-${id}` }, domain_stats: answer });

it('the facts of the demo: the earliest contact of a domain, none of a platform from its tenants', async () => {
  const bulks = new Map<string, string>();
  const [early, late] = ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'];
  const site = { domain: 'example.com', rank: { value: 7 }, registration: registration('example.com') };
  const tenant = { domain: 'notes.github.io', first_seen: early, registration: registration('github.io') };
  async function* lines() {
    yield eventOf(1, { ...site, first_seen: late });
    yield eventOf(2, { ...site, first_seen: early });
    yield eventOf(3, tenant);
    yield await Promise.resolve(eventOf(4, { domain: 'unasked.com', first_seen: late, pending: ['registration'] }));
  }
  const counted = await fillDemo(engineThatTakes(bulks), { events: 'events', facts: 'facts' }, lines());
  expect(counted).toEqual({ events: 4, facts: 3 });
  const rows = bulks.get('/facts/_bulk')!.trim().split('\n');
  const documents = rows.filter((_, i) => i % 2 === 1).map((row) => JSON.parse(row) as object);
  const beside = { created: '2010-01-02T00:00:00.000Z', registrar: 'Example' };
  expect(documents).toEqual([
    { domain: 'example.com', first_seen: early, rank: 7, ...beside, facts: { ...site, first_seen: early } },
    { domain: 'github.io', ...beside, facts: { category: 'hosted', registration: registration('github.io') } },
    { domain: 'notes.github.io', first_seen: early, ...beside, facts: { ...tenant, category: 'hosted' } },
  ]);
});
