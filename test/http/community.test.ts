import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readPage } from '../../src/community/established-page.ts';
import { makeToken } from '../../src/http/credentials.ts';
import { makePackKey } from '../../src/datasets/pack-key.ts';
import type { Settings } from '../../src/settings/table.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { expectProblem, NOW, openApp, type AppUnderTest } from './app-under-test.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const TODAY = new Date(NOW).toISOString();

async function openServer(settings: Partial<Settings> = {}, clock = () => NOW) {
  const under = await openApp({ communityServer: true, lookups: false, ...settings }, { clock });
  const server = under.service.communityServer!;
  const post = (path: string, token: string, body: object) =>
    under.send({
      method: 'POST',
      url: path,
      headers: { authorization: `Bearer ${token}` },
      payload: JSON.stringify({ protocol: 1, client: '0.1.0', ...body }),
    });
  return {
    ...under,
    server,
    tokenOf: (organisation: string, quota?: number) => server.tokens.add(organisation, NOW, quota),
    asks: (token: string, asks: readonly object[]) => post('/v1/community/asks', token, { asks }),
    prefixes: (token: string, prefixes: readonly string[]) => post('/v1/community/prefixes', token, { prefixes }),
    read: (url: string, token: string, headers = {}) =>
      under.get(url, { authorization: `Bearer ${token}`, ...headers }),
    post,
  };
}

const answersOf = ({ json }: Awaited<ReturnType<AppUnderTest['get']>>) => json['answers'] as Record<string, unknown>[];
const ID = '0123456789ab';
const OTHER_ID = 'ba9876543210';

describe('the community server', () => {
  it('tells the first organisation so, also when it repeats its ask, and everyone else the date', async () => {
    let now = NOW;
    const { tokenOf, asks } = await openServer({}, () => now);
    const [a, a2, b] = [await tokenOf('a'), await tokenOf('a'), await tokenOf('b')];
    const ask = { domain: 'quiet-harbour.com', id: ID };
    expect(answersOf(await asks(a, [ask]))).toEqual([{ status: 'first_contact', organisations: 1, ttl_hours: 24 }]);
    now += 60_000;
    expect(answersOf(await asks(a, [ask]))).toEqual([{ status: 'first_contact', organisations: 1, ttl_hours: 24 }]);
    const seen = (organisations: number) => ({ status: 'seen', first_seen: TODAY, organisations, ttl_hours: 168 });
    // Another token of the same organisation, another ask: it counts once.
    expect(answersOf(await asks(a2, [{ ...ask, id: OTHER_ID }]))).toEqual([seen(1)]);
    expect(answersOf(await asks(b, [ask]))).toEqual([seen(2)]);
    expect(answersOf(await asks(b, [ask, { hash: sha256('quiet-harbour.com'), id: OTHER_ID }]))).toEqual([
      seen(2),
      seen(2),
    ]);
  });

  it('has established domains and remarks from the lists of its operator, and never calls those first', async () => {
    const { server, tokenOf, asks } = await openServer();
    await server.lists.putEstablished([{ domain: 'old-oak.com', created: Date.parse('2001-02-03T00:00:00Z') }]);
    await server.lists.putNotes('cert', [
      { domain: 'old-oak.com', text: 'phishing' },
      { domain: 'bad-apple.com', text: '' },
    ]);
    const a = await tokenOf('a');
    const both = [
      { domain: 'old-oak.com', id: ID },
      { domain: 'bad-apple.com', id: ID },
    ];
    expect(answersOf(await asks(a, both))).toEqual([
      {
        status: 'established',
        seen_by_web: '2001-02-03T00:00:00.000Z',
        notes: ['cert: phishing'],
        organisations: 1,
        ttl_hours: 720,
      },
      { status: 'first_contact', notes: ['cert'], organisations: 1, ttl_hours: 24 },
    ]);
    await server.lists.putNotes('cert', []);
    expect(answersOf(await asks(a, both)).map(({ notes }) => notes)).toEqual([undefined, undefined]);
  });

  it('answers a prefix with every hash below it, and counts nobody for it', async () => {
    const { server, tokenOf, asks, prefixes } = await openServer();
    const [a, b] = [await tokenOf('a'), await tokenOf('b')];
    await asks(a, [{ domain: 'quiet-harbour.com', id: ID }]);
    await server.lists.putNotes('cert', [{ domain: 'bad-apple.com', text: '' }]);
    const hash = sha256('quiet-harbour.com');
    const noted = sha256('bad-apple.com');
    const { json } = await prefixes(b, [hash.slice(0, 5), noted.slice(0, 5), 'fffff']);
    expect(json['buckets']).toEqual([
      [{ hash, status: 'seen', first_seen: TODAY, organisations: 1, ttl_hours: 168 }],
      [{ hash: noted, notes: ['cert'], organisations: 0, ttl_hours: 24 }],
      [],
    ]);
    expect(server.totals()).toMatchObject({ domains: 1, noted: 1, organisations: 2 });
  });

  it('refuses who may not ask, and says why', async () => {
    const { server, tokenOf, asks, read, get, post } = await openServer({
      communityDeny: ['expelled'],
      communityProhibited: ['Example.'],
    });
    const one = [{ domain: 'quiet-harbour.com', id: ID }];
    expectProblem(await asks('unknown', one), 401, 'unauthorized', /not known/);
    expectProblem(await get('/v1/community/config'), 401, 'unauthorized', /Bearer/);
    expectProblem(await asks(await tokenOf('expelled'), one), 403, 'denied', /operator/);
    const a = await tokenOf('a');
    expectProblem(
      await post('/v1/community/asks', a, { client: '0.0.9', asks: one }),
      403,
      'client-too-old',
      /0\.1\.0 or newer/,
    );
    expectProblem(await post('/v1/community/asks', a, { protocol: 2, asks: one }), 400, 'bad-item', /version 1/);
    expectProblem(await post('/v1/community/asks', a, { asks: [] }), 400, 'bad-item', /asks/);
    // A hash beside a name would pass unchecked, and the key of a row is what prefixes are looked for in.
    expectProblem(await asks(a, [{ ...one[0], hash: 'a94a80' }]), 400, 'bad-item', /asks/);
    expectProblem(await asks(a, [{ hash: 'a94a80', id: ID }]), 400, 'bad-item', /asks/);
    expect(server.totals().domains).toBe(0);
    expect(
      answersOf(
        await asks(a, [
          { domain: 'a.example', id: ID },
          { domain: 'single', id: ID },
        ]),
      ),
    ).toEqual([{ refused: 'prohibited' }, { refused: 'no_domain' }]);
    expect((await read('/v1/community/config', a)).json).toMatchObject({
      protocol: 1,
      prohibited_suffixes: ['example'],
    });
    expect(await server.tokens.revoke('a', NOW)).toBe(1);
    expectProblem(await asks(a, one), 401, 'unauthorized', /revoked/);
  });

  it('keeps to rate and quota by token', async () => {
    let now = NOW;
    const { tokenOf, asks, read } = await openServer({ communityRate: 60, communityQuota: 100 }, () => now);
    const batchOf = async (token: string) => (await read('/v1/community/config', token)).json['batch_max'];
    const [a, b] = [await tokenOf('a'), await tokenOf('b', 10)];
    const some = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ domain: `name-${String(index)}.com`, id: ID }));
    expect([await batchOf(a), await batchOf(b)]).toEqual([60, 10]);
    expect((await asks(a, some(60))).status).toBe(200);
    expect(await batchOf(a)).toBe(40);
    const refused = await asks(a, some(30));
    expectProblem(refused, 429, 'too-many-asks', /60 times a minute/);
    expect(refused.headers['retry-after']).toBe('30');
    now += 30_000;
    expect((await asks(a, some(30))).status).toBe(200);
    now += 60_000;
    const tooMany = await asks(a, some(11));
    expectProblem(tooMany, 429, 'too-many-asks', /100 asks of this day \(UTC\) 10 are left/);
    expect([tooMany.headers['retry-after'], await batchOf(a)]).toEqual(['1', 10]);
    expect((await asks(a, some(10))).status).toBe(200);
    const used = await asks(a, some(1));
    expectProblem(used, 429, 'too-many-asks', /100 asks of this day \(UTC\) 0 are left/);
    // 12:01:30; until midnight. A whole day's worth goes then.
    expect([used.headers['retry-after'], await batchOf(a)]).toEqual([String(43_200 - 90), 60]);
    expectProblem(await asks(b, some(11)), 429, 'too-many-asks', /10 asks/);
    now += 86_400_000;
    expect((await asks(b, some(10))).status).toBe(200);
  });

  it('gives the established list signed, in pages that go on where the last one ended', async () => {
    const file = join(temporaryFolder(), 'key.pem');
    const { privatePem, publicText } = makePackKey();
    writeFileSync(file, privatePem);
    const { server, tokenOf, app } = await openServer({ communitySignKey: file });
    const token = await tokenOf('a');
    const created = Date.parse('2001-02-03T00:00:00Z');
    const rows = Array.from({ length: 10_050 }, (_, index) => ({ domain: `old-${String(index)}.com`, created }));
    expect(await server.lists.putEstablished(rows)).toBe(10_050);
    expect(await server.lists.putEstablished(rows)).toBe(0);
    const pull = async (since: number) => {
      const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
      const { rawPayload, headers: answered } = await app.inject({
        url: `/v1/community/established?since=${String(since)}`,
        headers,
      });
      expect(answered['content-encoding']).toBe('gzip');
      return gunzipSync(rawPayload).toString('utf8');
    };
    const pages = [];
    for (let since = 0, more = true; more;) {
      const page = readPage(await pull(since), [publicText], since);
      if (typeof page === 'string') throw new Error(page);
      pages.push(page);
      ({ to: since, more } = page.head);
    }
    expect(pages.map(({ rows }) => rows.length)).toEqual([10_000, 50]);
    const names = pages.flatMap((page) => page.rows.map(({ domain }) => domain));
    expect(names).toEqual(rows.map(({ domain }) => domain));

    // A change is the only row of the next page.
    await server.lists.putEstablished([{ domain: 'old-7.com' }]);
    const next = await pull(10_050);
    expect(readPage(next, [publicText], 10_050)).toMatchObject({
      head: { to: 10_051 },
      rows: [{ domain: 'old-7.com' }],
    });
    expect(readPage(next, [makePackKey().publicText], 10_050)).toMatch(/not signed/);
    expect(readPage(next.replace('old-7', 'old-8'), [publicText], 10_050)).toMatch(/rows are not/);
    expect(readPage(next, [publicText], 3)).toMatch(/begins after/);
    expect(readPage(next.slice(0, 40), [publicText], 10_050)).toMatch(/cut off/);
  });

  it('shows totals to its operator alone, and to operators nothing else', async () => {
    const authFile = join(temporaryFolder(), 'credentials');
    const operator = makeToken('operator');
    writeFileSync(authFile, operator.line + '\n');
    const { tokenOf, read } = await openServer({ authFile });
    const member = await tokenOf('a');
    expectProblem(await read('/v1/community/totals', member), 401, 'unauthorized', /./);
    expect((await read('/v1/community/totals', operator.token)).json).toMatchObject({ organisations: 1 });
    expectProblem(await read('/v1/community/config', operator.token), 401, 'unauthorized', /not known/);
    expect((await read('/v1/community/config', member)).status).toBe(200);
  });

  it('serves nothing of a site, and describes its routes', async () => {
    const { get, read, tokenOf } = await openServer();
    expect((await get('/v1/domains/example.com')).status).toBe(404);
    expect((await get('/example.com')).status).toBe(404);
    const { paths } = (await get('/openapi.json')).json as { paths: Record<string, unknown> };
    expect(Object.keys(paths).filter((path) => path.includes('community'))).toEqual([
      '/v1/community/config',
      '/v1/community/asks',
      '/v1/community/prefixes',
      '/v1/community/established',
      '/v1/community/totals',
    ]);
    expectProblem(
      await read('/v1/community/established', await tokenOf('a')),
      404,
      'no-established-list',
      /community_sign_key/,
    );
  });
});
