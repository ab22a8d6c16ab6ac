import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectProblem, NOW, openApp, type AppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;
beforeEach(async () => {
  app = await openApp({ zones: ['corp.example.org'], pageMax: 2 });
});
const order = { reason: 'our own mail', owner: 'soc' };
const put = (domain: string, body: unknown = order) =>
  app.send({
    method: 'PUT',
    url: `/v1/suppressions/${encodeURIComponent(domain)}`,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
const remove = (domain: string) => app.send({ method: 'DELETE', url: `/v1/suppressions/${domain}` });

describe('/v1/suppressions', () => {
  it('keeps, shows, replaces and removes a suppression', async () => {
    const given = await put('BÜCHER.de.', { ...order, expires: '2026-12-01T02:00:00+02:00' });
    expect([given.status, given.type]).toEqual([200, 'application/json']);
    const kept = {
      domain: 'xn--bcher-kva.de',
      ...order,
      created: new Date(NOW).toISOString(),
      expires: '2026-12-01T00:00:00.000Z',
      in_force: true,
    };
    expect(given.json).toEqual(kept);
    expect((await app.get('/v1/suppressions/xn--bcher-kva.de')).json).toEqual(kept);
    await put('xn--bcher-kva.de', { ...order, owner: 'me', expires: null });
    expect((await app.get('/v1/suppressions')).json).toEqual({
      suppressions: [{ domain: kept.domain, reason: order.reason, owner: 'me', created: kept.created, in_force: true }],
      next: null,
    });
    const removed = await remove('xn--bcher-kva.de');
    expect([removed.status, removed.text]).toEqual([204, '']);
    const none = /^There is no suppression of xn--bcher-kva\.de; GET \/v1\/suppressions lists/;
    expectProblem(await remove('xn--bcher-kva.de'), 404, 'not-suppressed', none);
    expectProblem(await app.get('/v1/suppressions/xn--bcher-kva.de'), 404, 'not-suppressed', none);
  });

  it('has effect at once, in every scope, and keeps the contact', async () => {
    await put('quiet.com');
    const { json } = await app.get('/v1/domains/www.quiet.com?scope=berlin');
    expect(json).toMatchObject({ status: 'suppressed', domain: 'quiet.com', registration: { status: 'skipped' } });
    for (const key of ['first_contact', 'alerts', 'risk', 'pending']) expect(json).not.toHaveProperty(key);
    await remove('quiet.com');
    expect((await app.get('/v1/domains/www.quiet.com?scope=berlin')).json).toMatchObject({ first_contact: false });
  });

  it('lists page by page', async () => {
    for (const domain of ['b.com', 'c.com', 'a.com']) await put(domain);
    const domains = ({ json }: { json: Record<string, unknown> }) =>
      (json['suppressions'] as { domain: string }[]).map(({ domain }) => domain);
    const first = await app.get('/v1/suppressions');
    expect(domains(first)).toEqual(['a.com', 'b.com']);
    const second = await app.get(`/v1/suppressions?limit=1&cursor=${String(first.json['next'])}`);
    expect([domains(second), second.json['next']]).toEqual([['c.com'], null]);
  });

  it.each([
    ['www.quiet.com', /^domain: "www\.quiet\.com" lies below the registered domain quiet\.com; give that\.$/],
    ['foo.bar.github.io', /lies below the registered domain bar\.github\.io/],
    ['co.uk', /^domain: "co\.uk" is a public suffix and nobody's domain; give a domain below it\.$/],
    ['192.0.2.1', /^domain: "192\.0\.2\.1" is an address, not a domain name\.$/],
    ['a..com', /^domain: "a\.\.com" is no domain name \(empty label\)\.$/],
    ['dc.corp.example.org', /^domain: "dc\.corp\.example\.org" is internal/],
  ])('refuses %s and says what to give', async (domain, detail) => {
    expectProblem(await put(domain), 400, 'bad-parameter', detail);
    expectProblem(await remove(domain), 400, 'bad-parameter', detail);
  });

  it('takes a bare private suffix, which has contacts of its own', async () => {
    expect((await put('github.io')).status).toBe(200);
  });

  it.each([
    [{ owner: 'soc' }, 'bad-item', /^reason: must be text of 1 to 1024 characters\.$/],
    [{ reason: 'x' }, 'bad-item', /^owner: must be text/],
    [{ reason: '', owner: 'soc' }, 'bad-item', /^reason: must be text/],
    [{ ...order, expires: 5 }, 'bad-item', /^expires: must be an ISO 8601 time/],
    [{ ...order, expires: 'tomorrow' }, 'bad-item', /^expires: must be an ISO 8601 time/],
    [
      { ...order, expires: '2026-11-22T12:00:00Z' },
      'bad-item',
      /^expires: must lie ahead of 2026-11-22T12:00:00\.000Z; it is /,
    ],
    [
      { ...order, expire: '2027-01-01' },
      'bad-item',
      /^expire: there is no such field; there are reason, owner, expires\.$/,
    ],
    ['5', 'bad-item', /^The body must be a JSON object such as/],
    ['[]', 'bad-body', /^The body must be one JSON object/],
    ['', 'bad-body', /^The body is empty/],
  ])('refuses the order %j', async (body, code, detail) => {
    expectProblem(await put('quiet.com', body), 400, code, detail);
    expect((await app.get('/v1/suppressions')).json['suppressions']).toEqual([]);
  });
});
