import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createRdapClient, redirectTarget, type RdapClient } from '../../src/lookup/rdap-client.ts';
import type { Resolve } from '../../src/lookup/address-policy.ts';
import type { LookupSettings } from '../../src/lookup/settings.ts';
import { closeStubs, deadHost, httpStub, rdapBody, testSettings } from './stubs.ts';

const NOW = Date.UTC(2026, 10, 20);
const clients: RdapClient[] = [];
const never = new AbortController().signal;

function client(settings: Partial<LookupSettings> = {}, resolve?: Resolve): RdapClient {
  const made = createRdapClient(testSettings(settings), () => NOW, resolve);
  clients.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((made) => made.close()));
});
afterAll(closeStubs);

const json = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/rdap+json', ...headers }).end(body);

/** Asks a stub that gives one answer to everything. */
async function ask(
  status: number,
  body: string,
  headers: Record<string, string> = {},
  settings: Partial<LookupSettings> = {},
) {
  const stub = await httpStub((_, response) => json(response, status, body, headers));
  return client(settings).lookUp('example.com', stub.base, never);
}

describe('a plain answer', () => {
  it('found, asked with the right headers and path', async () => {
    const stub = await httpStub((_, response) => json(response, 200, rdapBody('example.com')));
    const result = await client().lookUp('example.com', stub.base, never);
    expect(result).toMatchObject({ kind: 'found', server: stub.host, facts: { created: '2001-02-03T04:05:06.000Z' } });
    expect(stub.asked).toEqual(['/domain/example.com']);
    expect(stub.requests[0]!.headers).toMatchObject({
      accept: 'application/rdap+json, application/json',
      'accept-encoding': 'identity',
      'user-agent': 'domain-stats-test (ops@example.com)',
    });
  });

  it.each(['text/html', 'text/plain', 'application/json; charset=utf-8'])(
    'JSON of a domain counts under %s',
    async (type) => {
      expect(await ask(200, rdapBody('example.com'), { 'content-type': type })).toMatchObject({ kind: 'found' });
    },
  );

  it('a byte order mark is passed over', async () => {
    expect(await ask(200, `\uFEFF${rdapBody('example.com')}`)).toMatchObject({ kind: 'found' });
  });
});

describe('answers that are none', () => {
  it.each([
    ['broken JSON', '{"objectClassName":'],
    ['an HTML page', '<html></html>'],
    ['a JSON array', '[]'],
    ['an empty body', ''],
    ['an error code with status 200', '{"errorCode":404,"objectClassName":"domain"}'],
    ['another class of object', '{"objectClassName":"entity"}'],
    ['another domain', rdapBody('example.org')],
    ['no name', '{"objectClassName":"domain"}'],
  ])('200 with %s', async (_, body) => expect(await ask(200, body)).toMatchObject({ kind: 'failed' }));

  it('nesting 1,000 deep', async () => {
    const deep = '['.repeat(1000) + ']'.repeat(1000);
    const body = `{"objectClassName":"domain","ldhName":"example.com","x":${deep}}`;
    expect(await ask(200, body)).toMatchObject({ kind: 'found' });
  });

  it('__proto__ keys change nothing', async () => {
    const body = '{"objectClassName":"domain","ldhName":"example.com","__proto__":{"polluted":true}}';
    expect(await ask(200, body)).toMatchObject({ kind: 'found' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('10,000 entities', async () => {
    const entities = Array.from({ length: 10_000 }, () => ({ roles: ['technical'] }));
    expect(await ask(200, rdapBody('example.com', { entities }))).toMatchObject({ kind: 'found' });
  });
});

describe('status codes', () => {
  it.each([
    ['JSON', '{"errorCode":404}'],
    ['nothing', ''],
  ])('404 with %s is "not registered"', async (_, body) =>
    expect(await ask(404, body)).toMatchObject({ kind: 'not_found' }),
  );

  it('404 with an HTML page is a failure', async () => {
    expect(await ask(404, '<html>blocked</html>', { 'content-type': 'text/html' })).toMatchObject({ kind: 'failed' });
  });

  it('404 of a server that another one redirected to is a failure', async () => {
    const other = await httpStub((_, response) => json(response, 404, '{"errorCode":404}'));
    expect(await ask(302, '', { location: other.base })).toMatchObject({ kind: 'failed' });
  });

  it('400 is final and not "not registered"', async () => {
    expect(await ask(400, '{"errorCode":400}')).toMatchObject({ kind: 'failed', final: true });
  });

  it.each([500, 501, 502, 504, 204, 418])('%s is a failure', async (status) => {
    expect(await ask(status, '')).toMatchObject({ kind: 'failed' });
  });

  it.each([
    ['seconds', '120', 120_000],
    ['a date', new Date(NOW + 600_000).toUTCString(), 600_000],
    ['no header', undefined, 60_000],
    ['an absurd number', '1000000000', 3_600_000],
    ['a negative number', '-5', 60_000],
    ['a date that is over', new Date(NOW - 1000).toUTCString(), 60_000],
    ['words', 'soon', 60_000],
  ])('429 with %s', async (_, header, retryAfterMs) => {
    const headers = header === undefined ? undefined : { 'retry-after': header };
    expect(await ask(429, '', headers)).toMatchObject({ kind: 'refused', retryAfterMs });
  });

  it('403 is a refusal too', async () => expect(await ask(403, '')).toMatchObject({ kind: 'refused' }));
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%s, relative', async (status) => {
    const stub = await httpStub((request, response) =>
      request.url === '/moved'
        ? json(response, 200, rdapBody('example.com'))
        : json(response, status, '', { location: '/moved' }),
    );
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({ kind: 'found' });
  });

  it('to another host', async () => {
    const other = await httpStub((_, response) => json(response, 200, rdapBody('example.com')));
    expect(await ask(302, '', { location: `${other.base}domain/example.com` })).toMatchObject({ kind: 'found' });
  });

  it('in a circle', async () => {
    const stub = await httpStub((request, response) =>
      json(response, 302, '', { location: request.url === '/a' ? '/b' : '/a' }),
    );
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({
      kind: 'failed',
      reason: 'redirects in a circle',
    });
    expect(stub.asked).toHaveLength(3);
  });

  it('from https to http is refused', () => {
    expect(redirectTarget(new URL('https://a.example/'), 'http://a.example/')).toEqual({
      refusal: 'a redirect from https to http',
    });
    expect(redirectTarget(new URL('http://a.example/x'), 'https://b.example/')).toEqual({
      url: new URL('https://b.example/'),
    });
  });

  it('without end', async () => {
    let hop = 0;
    const stub = await httpStub((_, response) => json(response, 302, '', { location: `/${hop++}` }));
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({
      kind: 'failed',
      reason: 'too many redirects',
    });
    expect(stub.asked).toHaveLength(6);
  });

  it.each(['', 'http://[', 'ftp://example.com/', 'file:///etc/passwd', 'http://user:pw@127.0.0.1/'])(
    'to %j',
    async (location) => {
      expect(await ask(302, '', { location })).toMatchObject({ kind: 'failed' });
    },
  );
});

describe('addresses', () => {
  const refused = { kind: 'failed', reason: expect.stringContaining('no public address') };
  const publicOnly = { allowPrivateAddresses: false };

  it.each([
    ...[
      'http://127.0.0.1/',
      'http://169.254.169.254/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://10.0.0.1/',
    ],
    ...[
      'http://2130706433/',
      'http://0x7f.1/',
      'http://[fe80::1]/',
      'http://[fd00::1]/',
      'http://0.0.0.0/',
      'http://[::ffff:7f00:1]/',
    ],
  ])('%s is refused before any connection', async (base) => {
    expect(await client(publicOnly).lookUp('example.com', base, never)).toMatchObject(refused);
  });

  it.each(['http://127.0.0.2/', 'http://169.254.169.254/latest/', 'http://[::1]/', 'http://[::ffff:127.0.0.2]/'])(
    'a redirect to %s is refused',
    async (location) => {
      expect(await ask(302, '', { location }, { allowPrivateAddresses: ['127.0.0.1'] })).toMatchObject(refused);
    },
  );

  it('a name that resolves to a private address is refused (DNS rebinding)', async () => {
    const stub = await httpStub((_, response) => json(response, 200, rdapBody('example.com')));
    const port = stub.host.split(':')[1]!;
    const answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '::1', family: 6 }]];
    const resolve: Resolve = () => Promise.resolve(answers.shift() ?? []);
    const rdap = client(publicOnly, resolve);
    expect(await rdap.lookUp('example.com', `http://rdap.example:${port}/`, never)).toMatchObject({
      kind: 'failed',
      reason: 'ADDRESS_REFUSED',
    });
    expect(await rdap.lookUp('example.com', `http://rdap.example:${port}/`, never)).toMatchObject({
      kind: 'failed',
      reason: 'ADDRESS_REFUSED',
    });
    expect(stub.asked).toEqual([]);
  });

  it('what is connected to is the address that was resolved', async () => {
    const stub = await httpStub((_, response) => json(response, 200, rdapBody('example.com')));
    const resolve: Resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const base = `http://rdap.example:${stub.host.split(':')[1]!}/`;
    expect(await client({}, resolve).lookUp('example.com', base, never)).toMatchObject({ kind: 'found' });
  });
});

describe('time and size', () => {
  it('a body that drips ends at the deadline', async () => {
    const stub = await httpStub((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  it('headers that drip end at the deadline', async () => {
    const stub = await httpStub((_, response) => {
      const timer = setInterval(() => response.socket?.write('HTTP/1.1 200 OK\r\n'.charAt(0)), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({ kind: 'failed' });
  });

  it('a silent server ends at the deadline', async () => {
    const stub = await httpStub(() => undefined);
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  it('5 MB are not read', async () => {
    expect(await ask(200, ' '.repeat(5_000_000))).toMatchObject({
      kind: 'failed',
      reason: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
    });
  });

  it('an endless body is not read', async () => {
    const stub = await httpStub((_, response) => {
      response.writeHead(200);
      const pump = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pump);
      pump();
    });
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({ kind: 'failed' });
  });

  it('a gzip bomb is not inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 32));
    const stub = await httpStub((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(await client().lookUp('example.com', stub.base, never)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('compressed'),
    });
  });

  it('a dead server', async () => {
    expect(await client().lookUp('example.com', `http://${await deadHost()}/`, never)).toMatchObject({
      kind: 'failed',
      reason: 'ECONNREFUSED',
    });
  });

  it('our own stop is no failure of the server', async () => {
    const stop = new AbortController();
    const stub = await httpStub(() => stop.abort());
    expect(await client().lookUp('example.com', stub.base, stop.signal)).toEqual({ kind: 'stopped' });
  });
});

describe('names', () => {
  it.each([
    'com',
    'example.com.',
    'EXAMPLE.com',
    'bücher.example',
    'a_b.example',
    `${'a'.repeat(64)}.example`,
    'a..example',
    '',
    'a.example/../x',
    'a.example\r\nx',
  ])('%j is not sent', async (name) => {
    const stub = await httpStub((_, response) => json(response, 200, '{}'));
    expect(await client().lookUp(name, stub.base, never)).toMatchObject({ kind: 'failed', final: true });
    expect(stub.asked).toEqual([]);
  });

  it('number-like names are names', async () => {
    const stub = await httpStub((_, response) => json(response, 200, rdapBody('123.example')));
    expect(await client().lookUp('123.example', stub.base, never)).toMatchObject({ kind: 'found' });
  });
});

describe("the registrar's record", () => {
  const links = (href: string) => ({ links: [{ rel: 'related', type: 'application/rdap+json', href }] });

  it('is not asked for by default', async () => {
    const registrar = await httpStub((_, response) => json(response, 200, rdapBody('example.com')));
    expect(await ask(200, rdapBody('example.com', links(registrar.base)))).toMatchObject({ kind: 'found' });
    expect(registrar.asked).toEqual([]);
  });

  it('fills gaps when the setting is on, and replaces nothing', async () => {
    const registrar = await httpStub((_, response) =>
      json(
        response,
        200,
        rdapBody('example.com', {
          events: [{ eventAction: 'registration', eventDate: '2020-01-01T00:00:00Z' }],
          port43: 'whois.example.net',
        }),
      ),
    );
    const result = await ask(
      200,
      rdapBody('example.com', links(`${registrar.base}domain/example.com`)),
      {},
      { followRegistrar: true },
    );
    expect(result).toMatchObject({
      kind: 'found',
      facts: { created: '2001-02-03T04:05:06.000Z', whois_server: 'whois.example.net' },
    });
    expect(registrar.asked).toEqual(['/domain/example.com']);
  });
});
