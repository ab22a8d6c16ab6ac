import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem, openApp, type AppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;
beforeAll(async () => {
  app = await openApp({ batchMax: 5 });
});

interface Enriched extends Record<string, unknown> {
  readonly domain_stats?: Record<string, unknown>;
}
const dns = (name: string, rest: object = {}) => ({
  '@timestamp': '2026-11-22T10:00:00Z',
  'dns.question.name': name,
  ...rest,
});
const domains = (list: Enriched[]) => list.map(({ domain_stats: stats }) => stats?.['domain']);

describe('/v1/events', () => {
  it('answers one event with one, an array with an array, NDJSON with NDJSON', async () => {
    const one = await app.post('/v1/events', dns('one.com'));
    expect([one.status, one.type]).toEqual([200, 'application/json']);
    expect(one.json).toMatchObject({ ...dns('one.com'), domain_stats: { domain: 'one.com', first_contact: true } });
    const array = await app.post('/v1/events', [dns('b.com'), { message: 'none' }, dns('a.com')]);
    expect([array.type, domains(array.list)]).toEqual(['application/json', ['b.com', undefined, 'a.com']]);
    expect(array.list[1]).toEqual({ message: 'none' });
    const lines = await app.post(
      '/v1/events',
      `${JSON.stringify(dns('b.com'))}\n\n${JSON.stringify(dns('a.com'))}\r\n`,
    );
    expect([lines.type, domains(lines.list)]).toEqual(['application/x-ndjson', ['b.com', 'a.com']]);
    const none = await app.post('/v1/events', '[]');
    expect([none.type, none.text]).toEqual(['application/json', '[]']);
  });

  it('keeps an event to the letter in every form', async () => {
    const text = '{ "id": 12345678901234567890, "x": 1.0, "url": {"domain": "letter.com"}, "\\u0061": "\\/" }';
    const begin = text.slice(0, -1);
    expect((await app.post('/v1/events', text)).text.startsWith(begin)).toBe(true);
    expect((await app.post('/v1/events', `[ ${text} ]`)).text.startsWith(`[${begin}`)).toBe(true);
    expect((await app.post('/v1/events', text, 'application/x-ndjson')).text.startsWith(begin)).toBe(true);
  });

  it('replaces an older answer in whatever form it stands, and nothing else', async () => {
    const text =
      '{"id":12345678901234567890,"domain_stats":{"first_contact":true},"domain_stats.scope":"x","domain_stats_all":[],"url.domain":"again.com"}';
    const { text: answer, json } = await app.post('/v1/events', text);
    expect(answer.startsWith('{"id":12345678901234567890,"url.domain":"again.com","domain_stats":{')).toBe(true);
    expect(json['domain_stats']).toMatchObject({ domain: 'again.com', first_contact: true });
    expect(Object.keys(json)).toEqual(['id', 'url.domain', 'domain_stats']);
  });

  it('puts a problem in the place of an item that is no event', async () => {
    const { status, list } = await app.post('/v1/events', [dns('a.com'), 5, null, ['x'], dns('b.com')]);
    expect(status).toBe(200);
    expect(list.map((item) => item['status'])).toEqual([undefined, 400, 400, 400, undefined]);
    expect(list[1]!['detail']).toMatch(/^An event must be a JSON object such as /);
    const lines = await app.post('/v1/events', `${JSON.stringify(dns('a.com'))}\nnonsense\n"text"\n`);
    expect(lines.list.slice(1).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^line 2 is not JSON: /),
      expect.stringMatching(/^An event must be a JSON object/),
    ]);
  });

  it('reads Zeek, chosen fields, all names and a scope as its parameters say', async () => {
    const zeek = await app.post('/v1/events?format=zeek', {
      ts: 1521911720.5,
      query: 'zeek.com',
      'id.orig_h': '10.0.0.5',
    });
    expect(zeek.json['domain_stats']).toMatchObject({ source_field: 'query', first_seen: '2018-03-24T17:15:20.500Z' });
    const event = dns('main.com', { url: { domain: 'other.com' }, proxy: { host: 'proxy.com' } });
    const own = await app.post('/v1/events?fields=proxy.host,url.domain&all=true&scope=berlin', event);
    expect(own.json['domain_stats']).toMatchObject({ name: 'proxy.com', source_field: 'proxy.host', scope: 'berlin' });
    expect(own.json['domain_stats_all']).toMatchObject([{ name: 'proxy.com' }, { name: 'other.com' }]);
    const zeekFields = await app.post('/v1/events?format=zeek&fields=host_name', {
      ts: 1,
      host_name: 'x.com',
      query: 'y.com',
    });
    expect(zeekFields.json['domain_stats']).toMatchObject({ name: 'x.com', first_seen: '1970-01-01T00:00:01.000Z' });
  });

  it('leaves no contact with contact=false', async () => {
    const { json } = await app.post('/v1/events?contact=false', dns('silent.com'));
    expect(json['domain_stats']).not.toHaveProperty('first_contact');
    expect((await app.get('/v1/domains/silent.com')).json['first_contact']).toBe(true);
  });

  it('takes the id of the event, and time, name and client when it has none that is one', async () => {
    const first = async (event: object) =>
      ((await app.post('/v1/events', event)).json as Enriched).domain_stats?.['first_contact'];
    const event = dns('retry.com', { source: { ip: '10.0.0.5' } });
    expect(await first({ ...event, event: { id: 'null' } })).toBe(true);
    expect(await first({ ...event, event: { id: '' } })).toBe(true);
    expect(await first({ ...event, event: { id: 'e2' } })).toBe(false);
    expect(await first({ ...event, source: { ip: '10.0.0.6' } })).toBe(false);
  });

  it.each([
    ['format=cef', /^format: must be ecs or zeek; it is "cef"\.$/],
    ['fields=', /^fields: must be 1 to 64 field names/],
    ['fields=a,,b', /^fields: must be 1 to 64 field names/],
    ['fields=a&fields=b', /^fields: given 2 times/],
    ['scope=Berlin', /^scope: must match/],
    ['all=perhaps', /^all: must be true or false/],
    ['wait=soon', /^wait: must be a time/],
    ['full=true', /^full: there is no such query parameter; there are fields, format, all, scope, contact, wait\.$/],
  ])('refuses ?%s and says what would be right', async (query, detail) => {
    expectProblem(await app.post(`/v1/events?${query}`, dns('a.com')), 400, 'bad-parameter', detail);
  });

  it('refuses a body that is none, and too many events', async () => {
    expectProblem(await app.post('/v1/events', ''), 400, 'bad-body', /^The body is empty/);
    expectProblem(await app.send({ method: 'POST', url: '/v1/events' }), 400, 'bad-body', /^The body is empty/);
    expectProblem(await app.post('/v1/events', '5'), 400, 'bad-item', /^An event must be a JSON object/);
    const many = Array.from({ length: 6 }, () => dns('a.com'));
    expectProblem(await app.post('/v1/events', many), 413, 'batch-too-large', /^6 events; at most 5 in one request/);
  });
});
