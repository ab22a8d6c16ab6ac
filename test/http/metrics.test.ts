import { beforeAll, describe, expect, it } from '@jest/globals';
import { exposition } from '../../src/http/exposition.ts';
import { openApp, type AppUnderTest, type Response } from './app-under-test.ts';

/** Values by name and labels, as a scraper reads them. */
function scraped({ text }: Response): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('#')) expect(line).toMatch(/^# (HELP|TYPE) domain_stats_\w+ \S/);
    else {
      const [, key, value] = /^(domain_stats_\w+(?:\{.*\})?) (-?[\d.e+-]+)$/.exec(line) ?? [];
      expect([line, key]).toEqual([line, expect.any(String)]);
      values.set(key!, Number(value));
    }
  }
  return values;
}

let app: AppUnderTest;
beforeAll(async () => {
  // The predecessors' routes take every path that no other does.
  app = await openApp({ legacy: 'off' });
});
const scrape = async () => scraped(await app.get('/metrics'));

describe('/metrics', () => {
  it('is in the text format of Prometheus', async () => {
    const response = await app.get('/metrics');
    expect([response.status, response.type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(scraped(response).get(`domain_stats_build_info{version="0.1.0"}`)).toBe(1);
  });

  it('counts requests by route pattern and status, also those that no route takes', async () => {
    await app.get('/v1/domains/secret-name.com');
    await app.get('/v1/domains/secret-name.com?full=perhaps');
    await app.post('/v1/domains', [{ name: 'secret-name.com' }]);
    await app.get('/nowhere');
    await app.get('/v1/domains/%zz');
    const values = await scrape();
    const total = (labels: string) => values.get(`domain_stats_http_requests_total{${labels}}`);
    expect(total('method="GET",route="/v1/domains/:name",status="200"')).toBe(1);
    expect(total('method="GET",route="/v1/domains/:name",status="400"')).toBe(1);
    expect(total('method="POST",route="/v1/domains",status="200"')).toBe(1);
    expect(total('method="any",route="none",status="404"')).toBe(1);
    expect(total('method="any",route="none",status="400"')).toBe(1);
    const route = 'method="GET",route="/v1/domains/:name"';
    expect(values.get(`domain_stats_http_request_duration_seconds_count{${route}}`)).toBe(2);
    expect(values.get(`domain_stats_http_request_duration_seconds_bucket{${route},le="+Inf"}`)).toBe(2);
    expect(values.get(`domain_stats_http_request_duration_seconds_sum{${route}}`)).toBeGreaterThan(0);
  });

  it('counts contacts by decision and names by status', async () => {
    const before = await scrape();
    await app.post('/v1/domains', [{ name: 'x.com' }, { name: 'y.com' }, { name: '..' }, { name: '192.0.2.1' }]);
    await app.post('/v1/domains', [{ name: 'x.com' }, { name: 'co.uk' }]);
    const after = await scrape();
    const grown = (key: string) => after.get(key)! - before.get(key)!;
    expect(
      ['first', 'known', 'undecided'].map((word) => grown(`domain_stats_contacts_total{decision="${word}"}`)),
    ).toEqual([2, 1, 0]);
    expect(
      ['pending', 'invalid', 'ip', 'suffix'].map((word) => grown(`domain_stats_names_total{status="${word}"}`)),
    ).toEqual([3, 1, 1, 1]);
  });

  it('shows stores, ages, look-ups and the process', async () => {
    const values = await scrape();
    expect(values.get('domain_stats_store_entries{store="contacts"}')).toBeGreaterThan(0);
    expect(values.get('domain_stats_store_bytes{store="contacts"}')).toBeGreaterThan(4096);
    expect(values.get('domain_stats_store_entries{store="suppressions"}')).toBe(0);
    // The clock of the test stands a month after the embedded list.
    expect(values.get('domain_stats_data_age_seconds{data="suffixes"}')).toBeGreaterThan(86_400);
    expect(values.get('domain_stats_lookup_owner')).toBe(0);
    expect(values.get('domain_stats_process_memory_bytes{kind="resident"}')).toBeGreaterThan(1e6);
    expect(values.get('domain_stats_event_loop_lag_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);
  });

  it('names no domain and no client', async () => {
    await app.get('/v1/domains/secret-name.com?client=10.9.8.7');
    const { text } = await app.get('/metrics');
    expect(text).not.toMatch(/secret-name|10\.9\.8\.7/);
  });
});

describe('the text format', () => {
  it('escapes labels and leaves out what has no value', () => {
    const family = { name: 'x', type: 'gauge', help: 'X.' } as const;
    expect(exposition([{ ...family, samples: [] }])).toBe('');
    expect(exposition([{ ...family, samples: [{ labels: { a: 'q"\\\n' }, value: 1.5 }] }])).toBe(
      '# HELP domain_stats_x X.\n# TYPE domain_stats_x gauge\ndomain_stats_x{a="q\\"\\\\\\n"} 1.5\n',
    );
  });
});
