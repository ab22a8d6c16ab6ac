import { connect, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildApp } from '../../src/http/app.ts';
import { openLog } from '../../src/http/log.ts';
import { createService } from '../../src/service.ts';
import { snapshot } from '../core/embedded-data.ts';
import { expectProblem, openApp, type AppUnderTest } from '../http/app-under-test.ts';
import { temporaryFolder } from '../temporary-folder.ts';

jest.setTimeout(60_000);

let app: AppUnderTest;
let port: number;
beforeAll(async () => {
  app = await openApp({ requestTimeout: 1000, bodyLimit: 100_000 });
  await app.app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.app.server.address() as AddressInfo).port;
});

/** Sends bytes as they are; resolves with all that came back when the other side closes. */
const sendRaw = (bytes: string | Buffer, drip?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const dripping = drip === undefined ? undefined : setInterval(() => socket.write(drip), 50);
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    socket.on('close', () => {
      clearInterval(dripping);
      resolve(received);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close while we still write.
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
  });
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
const head = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${more}\r\n`;

describe('slow-loris', () => {
  it('a head that drips is cut off', async () => {
    expect(statusOf(await sendRaw('GET /healthz HTTP/1.1\r\n', 'x-a: b\r\n'))).toBe(408);
  });

  it('a body that drips is cut off', async () => {
    const request = 'POST /v1/domains HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n\r\n{"name":"';
    expect(statusOf(await sendRaw(request, 'a'))).toBe(408);
  });

  it('others are answered meanwhile', async () => {
    const slow = Array.from({ length: 100 }, () => sendRaw('GET /healthz HTTP/1.1\r\n', 'x-a: b\r\n'));
    expect(statusOf(await sendRaw(head('/healthz')))).toBe(200);
    expect((await Promise.all(slow)).map(statusOf).filter((status) => status !== 408)).toEqual([]);
  });
});

describe('heads', () => {
  it('larger than 16 kB are refused', async () => {
    expect(statusOf(await sendRaw(head('/healthz', `x-large: ${'a'.repeat(20_000)}\r\n`)))).toBe(431);
    expect(statusOf(await sendRaw(head(`/v1/domains/${'a'.repeat(20_000)}`)))).toBe(431);
  });

  it.each([
    ['two lengths', 'POST /v1/domains HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    [
      'length and chunks',
      'POST /v1/domains HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['chunks in disguise', 'POST /v1/domains HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a bare line feed in a field', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: b\nx-c: d\r\n\r\n'],
    ['a NUL', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n'],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00'],
  ])('with %s are refused, and nothing behind them is read', async (_, bytes) => {
    const answer = await sendRaw(`${bytes}${head('/healthz')}`);
    expect(statusOf(answer)).toBe(400);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('bodies', () => {
  it('larger than allowed are refused, told or not told', async () => {
    const told = `POST /v1/domains HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 200000\r\n\r\n${'a'.repeat(200_000)}`;
    expect(statusOf(await sendRaw(told))).toBe(413);
    const chunk = `1000\r\n${'a'.repeat(4096)}\r\n`.repeat(50);
    const untold = `POST /v1/domains HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
    expect(statusOf(await sendRaw(untold))).toBe(413);
  });

  it('that are compressed are not inflated', async () => {
    const response = await app.send({
      method: 'POST',
      url: '/v1/domains',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      payload: Buffer.from('1f8b0800000000000003', 'hex'),
    });
    expectProblem(response, 400, 'bad-body', /./);
  });

  it.each(['/v1/domains', '/v1/events', '/v1/events?format=zeek'])(
    'nested ever deeper are answered by %s',
    async (url) => {
      const depth = 40_000;
      const bodies = [
        '['.repeat(depth) + ']'.repeat(depth),
        `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
        `{"name":"a.com","dns":${'{"question":'.repeat(7000)}1${'}'.repeat(7000)}}`,
      ];
      for (const body of bodies) expect((await app.post(url, body)).status).toBeLessThan(500);
    },
  );

  it('of many tiny lines are counted before anything is answered', async () => {
    for (const url of ['/v1/domains', '/v1/events'])
      expectProblem(await app.post(url, '{}\n'.repeat(30_000)), 413, 'batch-too-large', /30000 .*batch_max/);
  });

  it('change no prototype', async () => {
    const body = '{"name":"a.com","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    expect((await app.post('/v1/domains', body)).status).toBe(200);
    expect((await app.post('/v1/events', `[${body}]`)).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('paths', () => {
  it.each([
    '/docs/static/../../package.json',
    '/docs/static/..%2f..%2fpackage.json',
    '/docs/static/%2e%2e/%2e%2e/package.json',
    '/docs/static/....//package.json',
    '/docs/static/%00',
    '//etc/passwd',
    '/v1/../../etc/passwd',
    '/v1/domains/..%2f..%2fetc%2fpasswd?contact=false',
    'http://other.example/v1/domains?name=a.com&contact=false',
    '/%',
    '/%c0%ae%c0%ae/',
  ])('%s reads no file', async (path) => {
    const answer = await sendRaw(head(path));
    expect(statusOf(answer)).toBeLessThan(500);
    expect(answer).not.toMatch(/root:|"dependencies"/);
  });
});

describe('a page of another site', () => {
  const from = (site: string, mode = 'cors') => ({ 'sec-fetch-site': site, 'sec-fetch-mode': mode });

  it.each(['cross-site', 'same-site'])('(%s) can ask for nothing, with any method', async (site) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE'] as const) {
      for (const url of ['/v1/domains/asked-by-another.com', '/v1/contacts', '/', '/asked-by-another.com']) {
        const response = await app.send({ method, url, headers: from(site, 'no-cors') });
        expectProblem(response, 403, 'cross-site', /page of another site/);
      }
    }
    // Nor by a link or a form to what leaves a contact.
    const link = await app.get('/v1/domains/asked-by-another.com', from(site, 'navigate'));
    expectProblem(link, 403, 'cross-site', /./);
    expect((await app.get('/v1/contacts?domain=asked-by-another.com')).json['contacts']).toEqual([]);
  });

  it('can link to the pages for people', async () => {
    for (const url of ['/?name=a.com', '/docs']) {
      const headers = { ...from('cross-site', 'navigate'), accept: 'text/html' };
      expect([url, (await app.get(url, headers)).status]).toEqual([url, 200]);
    }
  });

  it('is no shipper, and not our own page', async () => {
    expect((await app.get('/v1/domains/a.com')).status).toBe(200);
    for (const site of ['same-origin', 'none'])
      expect((await app.get('/v1/domains/a.com', from(site))).status).toBe(200);
  });
});

describe('the log', () => {
  it.each(['a.com%0d%0a{"level":60}', 'a.com%1b[2J', '%E2%80%A8x.com', '%22%7d%0a.com'])(
    'has one line for a request for %s',
    async (name) => {
      const lines: string[] = [];
      const output = new PassThrough().on('data', (text) => lines.push(String(text)));
      const service = createService({ data: temporaryFolder(), lookups: false }, { snapshot });
      const logged = await buildApp(service, openLog('debug', output));
      await logged.inject({
        url: `/v1/domains/${name}`,
        headers: { 'x-request-id': 'a\nb', authorization: 'Bearer secret' },
      });
      await logged.close();
      await service.close();
      const text = lines.join('');
      const requests = text.split('\n').filter((line) => line.includes('"request"'));
      expect(requests).toHaveLength(1);
      for (const line of text.trimEnd().split('\n'))
        expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]|secret/);
    },
  );
});

it('no text makes an expression run for ever', async () => {
  // What backtracks would meet the time limit of the test.
  const long = (piece: string) => piece.repeat(Math.ceil(90_000 / piece.length));
  const texts = [
    'a',
    'a.',
    '-',
    '.',
    '1.',
    '[',
    ':',
    'xn--',
    'xn--a-',
    '%',
    '*',
    ' ',
    '\t',
    '_',
    'ß',
    '。',
    '0x',
    'a-',
  ].map(long);
  for (const text of texts) {
    for (const item of [
      { name: text },
      { name: `${text}!` },
      { name: 'a.com', at: text },
      { name: 'a.com', scope: text, id: text },
    ])
      expect((await app.post('/v1/domains', item)).status).toBeLessThan(500);
    const event = { '@timestamp': text, dns: { question: { name: text } }, url: { domain: `${text}/` } };
    expect((await app.post('/v1/events', event)).status).toBeLessThan(500);
    for (const query of ['wait', 'contact', 'scope', 'at'])
      expect(
        (await app.get(`/v1/domains?name=a.com&${query}=${encodeURIComponent(text).slice(0, 60_000)}`)).status,
      ).toBeLessThan(500);
    for (const header of ['authorization', 'x-request-id', 'accept', 'content-type'])
      expect((await app.get('/', { [header]: encodeURIComponent(text).slice(0, 60_000) })).status).toBeLessThan(500);
  }
});
