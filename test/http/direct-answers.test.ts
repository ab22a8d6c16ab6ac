import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { makeToken } from '../../src/http/credentials.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { openApp, type AppUnderTest } from './app-under-test.ts';

let opened: AppUnderTest;
let origin: string;

async function listening(app: AppUnderTest['app']): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${String((app.server.address() as AddressInfo).port)}`;
}

beforeAll(async () => {
  opened = await openApp({ lookups: false });
  origin = await listening(opened.app);
});

async function get(path: string, headers: Record<string, string> = {}) {
  const reply = await request(origin + path, { headers });
  const text = await reply.body.text();
  const { date, 'x-request-id': id, ...head } = reply.headers;
  expect([typeof date, typeof id]).toEqual(['string', 'string']);
  return { status: reply.statusCode, head, id, text };
}

describe('a plain name over a socket', () => {
  it.each([
    'www.example.com',
    'WWW.Example.COM.',
    'xn--bcher-kva.example',
    'co.uk',
    '_dmarc.example.org',
    'a..b',
    '.',
    '192.0.2.1',
    'printer',
    `${'a'.repeat(64)}.com`,
    'b.'.repeat(126) + 'c',
  ])('%s is answered as the route answers it', async (name) => {
    // The first contact is told once; a query without parameters is left to the route.
    await get(`/v1/domains/${name}`);
    const direct = await get(`/v1/domains/${name}`);
    const routed = await get(`/v1/domains/${name}?`);
    expect({ ...direct, id: '' }).toEqual({ ...routed, id: '' });
    expect(direct.status).toBe(200);
  });

  it('tells a first contact once', async () => {
    expect(JSON.parse((await get('/v1/domains/first.example.net')).text)).toMatchObject({ first_contact: true });
    expect(JSON.parse((await get('/v1/domains/first.example.net')).text)).toMatchObject({ first_contact: false });
  });

  it('takes over a well-formed id and no other', async () => {
    expect((await get('/v1/domains/example.com', { 'x-request-id': 'trace-1' })).id).toBe('trace-1');
    expect((await get('/v1/domains/example.com', { 'x-request-id': 'a b' })).id).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  });

  it('is counted as a request of the route', async () => {
    const counted = async () => {
      const { text } = await get('/metrics');
      return Number(
        /^\S*http_requests_total\{method="GET",route="\/v1\/domains\/:name",status="200"\} (\d+)$/m.exec(text)?.[1],
      );
    };
    const before = await counted();
    for (let i = 0; i < 3; i++) await get('/v1/domains/example.com');
    await get('/v1/domains/example.com?contact=false');
    expect((await counted()) - before).toBe(4);
  });

  it('is refused to a page of another site', async () => {
    expect(await get('/v1/domains/example.com', { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
  });
});

it('a plain name needs credentials where there are any', async () => {
  const authFile = join(temporaryFolder(), 'credentials');
  writeFileSync(authFile, `${makeToken('logstash').line}\n`);
  const { app } = await openApp({ authFile, lookups: false });
  const reply = await request(`${await listening(app)}/v1/domains/example.com`);
  expect(reply.statusCode).toBe(401);
  await reply.body.dump();
});

it.each([
  [
    'thrown',
    () => {
      throw new Error('a fault');
    },
  ],
  ['in the promise of an answer', () => Promise.reject(new Error('a fault'))],
])('a fault %s is answered, and ends no server', async (_, ask) => {
  const { app, service } = await openApp({ lookups: false });
  const url = `${await listening(app)}/v1/domains/example.com`;
  const { ask: asIs } = service;
  Object.assign(service, { ask });
  const failed = await request(url);
  expect([failed.statusCode, await failed.body.json()]).toMatchObject([
    500,
    { type: 'urn:domain-stats:internal-error' },
  ]);
  Object.assign(service, { ask: asIs });
  const next = await request(url);
  expect([next.statusCode, await next.body.json()]).toMatchObject([200, { first_contact: true }]);
});
