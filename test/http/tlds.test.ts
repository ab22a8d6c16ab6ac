import { describe, expect, it } from '@jest/globals';
import { openApp } from './app-under-test.ts';

describe('/v1/tlds', () => {
  it('tells IANA’s facts of one, in any spelling', async () => {
    const { get } = await openApp();
    // Types and delegation dates as IANA's root zone database has them.
    expect((await get('/v1/tlds/DE')).json).toMatchObject({
      tld: 'de',
      type: 'country-code',
      created: '1986-11-05',
      delegated: true,
    });
    expect((await get(`/v1/tlds/${encodeURIComponent('рф')}`)).json).toMatchObject({ tld: 'xn--p1ai', unicode: 'рф' });
    expect((await get('/v1/tlds/arpa')).json).toMatchObject({ type: 'infrastructure' });
  });

  it('filters by type, manager and delegation', async () => {
    const { get } = await openApp();
    const restricted = (await get('/v1/tlds?type=generic-restricted')).json as { tlds: { tld: string }[] };
    expect(restricted.tlds.map(({ tld }) => tld).sort()).toEqual(['biz', 'name', 'pro']);
    const all = (await get('/v1/tlds')).json as { count: number };
    const live = (await get('/v1/tlds?delegated=true')).json as { count: number };
    expect(live.count).toBeLessThan(all.count);
    expect((await get('/v1/tlds?registry=no-such-manager')).json).toMatchObject({ count: 0, tlds: [] });
  });

  it.each([
    ['/v1/tlds/notatld', 404, 'unknown-tld'],
    ['/v1/tlds?type=generik', 400, 'bad-parameter'],
    ['/v1/tlds?kind=generic', 400, 'bad-parameter'],
    ['/v1/tlds?delegated=maybe', 400, 'bad-parameter'],
  ])('%s is refused: %d %s', async (path, status, code) => {
    const { get } = await openApp();
    const response = await get(path);
    expect([response.status, response.json['type']]).toEqual([status, `urn:domain-stats:${code}`]);
  });
});
