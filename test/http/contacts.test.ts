import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem, openApp, type AppUnderTest } from './app-under-test.ts';

interface Page {
  readonly contacts: readonly { readonly domain: string; readonly scope: string }[];
  readonly next: string | null;
}

let app: AppUnderTest;
const page = async (query: string) => (await app.get(`/v1/contacts${query}`)).json as unknown as Page;
const domains = ({ contacts }: Page) => contacts.map(({ domain }) => domain);

beforeAll(async () => {
  app = await openApp({ clients: true, pageMax: 50 });
  for (let i = 1; i <= 9; i++) {
    await app.post('/v1/domains', {
      name: `www.d${i}.com`,
      at: `2026-10-0${i}T00:00:00Z`,
      client: '10.0.0.5',
      scope: i % 3 === 0 ? 'berlin' : 'default',
    });
  }
  await app.post('/v1/domains', { name: 'd9.com', at: '2026-10-09T01:00:00Z', client: '10.0.0.6', scope: 'berlin' });
  await app.post('/v1/domains', { name: 'bücher.d1.de', at: '2026-09-01T00:00:00Z' });
  await app.service.flush();
});

describe('/v1/contacts', () => {
  it('gives the newest first, with what is known of each', async () => {
    const response = await app.get('/v1/contacts?limit=1');
    expect([response.status, response.type]).toEqual([200, 'application/json']);
    expect(response.json).toEqual({
      contacts: [
        {
          scope: 'berlin',
          domain: 'd9.com',
          first_seen: '2026-10-09T00:00:00.000Z',
          last_seen: '2026-10-09T01:00:00.000Z',
          count: 2,
          clients: 2,
          first_client: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
      next: expect.stringMatching(/^[\w-]+$/),
    });
  });

  it('goes on where a page ended, until next is null', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 20; pages++) {
      const { contacts, next } = await page(`?limit=4${cursor}`);
      seen.push(...contacts.map(({ domain }) => domain));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(seen).toEqual([
      'd9.com',
      'd8.com',
      'd7.com',
      'd6.com',
      'd5.com',
      'd4.com',
      'd3.com',
      'd2.com',
      'd1.com',
      'd1.de',
    ]);
  });

  it('filters by scope, domain in any spelling, and time', async () => {
    expect(domains(await page('?scope=berlin'))).toEqual(['d9.com', 'd6.com', 'd3.com']);
    expect(domains(await page('?domain=D3.com.'))).toEqual(['d3.com']);
    expect(await page('?domain=d3.com&scope=default')).toEqual({ contacts: [], next: null });
    expect(domains(await page('?since=2026-10-03&until=2026-10-05T00:00:00Z'))).toEqual(['d4.com', 'd3.com']);
  });

  it.each([
    ['?scope=Berlin', /^scope: must match/],
    ['?since=once', /^since: must be an ISO 8601 time; it is "once"\.$/],
    ['?until=', /^until: must be an ISO 8601 time/],
    ['?limit=51', /^limit: must be a whole number, 1 to 50 \(page_max\); it is "51"\.$/],
    ['?limit=0', /^limit: /],
    ['?cursor=AAAA', /^cursor: must be the `next` of the page before, unchanged; begin again without it\.$/],
    [`?cursor=${'A'.repeat(5000)}`, /^cursor: /],
    ['?from=1', /^from: there is no such query parameter; there are scope, domain, since, until, limit, cursor\.$/],
  ])('refuses %s', async (query, detail) => {
    expectProblem(await app.get(`/v1/contacts${query}`), 400, 'bad-parameter', detail);
  });
});
