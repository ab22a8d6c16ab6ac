import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem, openApp, type AppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;
beforeAll(async () => {
  app = await openApp({ batchMax: 3, bodyLimit: 2048 });
});

describe('a request that cannot be taken', () => {
  it.each([
    ['/v1/domains', /^name: missing; ask for \?name=/],
    ['/v1/domains?name=a.com&name=b.com', /^name: given 2 times; give it once\.$/],
    ['/v1/domains?name=a.com&full=perhaps', /^full: must be true or false; it is "perhaps"\.$/],
    ['/v1/domains?name=a.com&contact=no', /^contact: must be true or false/],
    ['/v1/domains?name=a.com&wait=soon', /^wait: must be a time such as 250ms or 2s; it is "soon"\.$/],
    ['/v1/domains?name=a.com&contcat=false', /^contcat: there is no such query parameter; there are name, at, /],
    ['/v1/domains/a.com?name=b.com', /^name: there is no such query parameter/],
    ['/v1/names/a.com?at=1', /^at: there is no such query parameter/],
  ])('%s: the parameter is named', async (url, detail) => {
    expectProblem(await app.get(url), 400, 'bad-parameter', detail);
  });

  it.each([
    ['/v1/domains?name=a.com&scope=Berlin', /^scope: must match \^\[a-z0-9\._-\]\{1,64\}\$; it is "Berlin"\.$/],
    [`/v1/domains?name=a.com&id=${'i'.repeat(4097)}`, /^id: must be text of at most 4096 characters; it is "i+…\.$/],
    [`/v1/domains?name=a.com&client=${'c'.repeat(4097)}`, /^client: must be text of at most 4096/],
  ])('%s: the field of the item is named', async (url, detail) => {
    expectProblem(await app.get(url), 400, 'bad-item', detail);
  });

  it.each([
    ['', /^The body is empty; send a JSON object, a JSON array or NDJSON\.$/],
    ['   \n', /^The body is empty/],
    ['name=a.com', /^The body is neither JSON nor NDJSON: /],
    ['{"name":"a.com"', /^The body is neither JSON nor NDJSON: /],
    ['not\njson\n', /^The body is neither JSON nor NDJSON: /],
  ])('the body %j is none', async (body, detail) => {
    expectProblem(await app.post('/v1/domains', body), 400, 'bad-body', detail);
  });

  it('there is no body at all', async () => {
    const response = await app.send({ method: 'POST', url: '/v1/domains' });
    expectProblem(response, 400, 'bad-body', /^The body is empty/);
  });

  it.each(['5', 'null', '"a.com"', 'true'])('the body %s is no item', async (body) => {
    expectProblem(await app.post('/v1/domains', body), 400, 'bad-item', /^An item must be a JSON object/);
  });

  it('with too many names says how many may be', async () => {
    const items = Array.from({ length: 4 }, () => ({ name: 'a.com' }));
    const detail = /^4 names; at most 3 in one request \(batch_max\)\.$/;
    expectProblem(await app.post('/v1/domains', items), 413, 'batch-too-large', detail);
    expect((await app.post('/v1/domains', items.slice(1))).status).toBe(200);
  });

  it('with too large a body names the setting', async () => {
    const body = JSON.stringify({ name: 'a'.repeat(2100) });
    expectProblem(await app.post('/v1/domains', body), 413, 'body-too-large', /body_limit/);
  });

  it('with a name that percent-encodes nothing readable', async () => {
    expectProblem(await app.get('/v1/domains/%zz.com'), 400, 'bad-request', /./);
    expectProblem(await app.get('/v1/domains/%ff.com'), 400, 'bad-request', /./);
  });

  it('with a name that no request could hold', async () => {
    const response = await app.get(`/v1/domains/${'a'.repeat(9000)}`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect([response.type, typeof response.json['detail']]).toEqual(['application/problem+json', 'string']);
  });
});

describe('a route that there is not', () => {
  it.each([
    ['GET', '/v2/domains/a.com'],
    ['GET', '/v1/domains/a/b'],
    ['DELETE', '/v1/domains/a.com'],
    ['PUT', '/v1/domains'],
    ['HEAD', '/v1/domains/a.com'],
    ['OPTIONS', '/v1/domains'],
    ['POST', '/healthz'],
  ] as const)('%s %s is answered 404 with where to look', async (method, url) => {
    const response = await app.send({ method, url });
    if (method === 'HEAD') expect([response.status, response.type]).toEqual([404, 'application/problem+json']);
    else
      expectProblem(response, 404, 'not-found', /\/docs lists those there are\. Names go to \/v1\/domains\/\{name\}/);
  });
});
