import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { startBulkProxy, type BulkProxy, type BulkProxyOptions } from '../../../src/elastic/proxy/bulk-proxy.ts';
import type { EnrichDocuments } from '../../../src/elastic/proxy/enrich-in-time.ts';
import { pendingText } from '../../../src/elastic/proxy/enrich-in-time.ts';

/** A request as it came to the stand-in of an engine. */
interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const FIELDS = ['dns.question.name'];
let got: Got[];
let answer: RequestListener;
let url: string;
let faults: string[];
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  [got, faults, closing] = [[], [], []];
  answer = (_, response) => response.setHeader('content-type', 'application/json').end('{"errors":false}');
  const engine = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      got.push({ method, url: path, headers, body: Buffer.concat(chunks).toString() });
      answer(incoming, response);
    });
  });
  engine.listen(0, '127.0.0.1');
  await once(engine, 'listening');
  url = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
  closing.push(() => {
    engine.closeAllConnections();
    engine.close();
    return once(engine, 'close');
  });
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

const marked: EnrichDocuments = (documents) =>
  Promise.resolve(documents.map(({ text, id }) => `${text.slice(0, -1)},"seen":${JSON.stringify(id ?? null)}}`));

async function start(options: Partial<BulkProxyOptions> = {}): Promise<BulkProxy> {
  const proxy = await startBulkProxy({
    url,
    host: '127.0.0.1',
    port: 0,
    limit: 1 << 20,
    ids: 'content',
    headTimeoutMs: 10_000,
    deadlineMs: 10_000,
    enrich: marked,
    fields: FIELDS,
    counts: { enriched: 0, pending: 0 },
    onFault: (error) => faults.push(String(error)),
    ...options,
  });
  closing.push(() => proxy.close());
  return proxy;
}

const send = (proxy: BulkProxy, path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  request(proxy.origin + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-ndjson', ...headers },
  });
const doc = (name: string, more = '') => `{"dns":{"question":{"name":"${name}"}}${more}}`;
const bulkOf = (...names: string[]) => names.map((name) => `{"index":{"_id":"i-${name}"}}\n${doc(name)}\n`).join('');

/** Sends bytes as they stand and resolves with all that comes back until the connection ends. */
async function sendRaw(proxy: BulkProxy, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(proxy.origin).port), '127.0.0.1');
  let reply = '';
  socket.setEncoding('latin1').on('data', (text: string) => (reply += text));
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return reply;
}

describe('what passes', () => {
  it('comes to the engine as it was sent, and its answer to the client', async () => {
    const proxy = await start();
    const page = Buffer.from([0x7b, 0x00, 0xff, 0x7d]);
    answer = (_, response) =>
      response
        .writeHead(418, 'Teapot', ['X-Elastic-Product', 'Elasticsearch', 'Warning', '299 "a"', 'Warning', '299 "b"'])
        .end(page);
    const path = '/%2Fodd//path?q=a%20b&filter_path=*';
    const reply = await request(proxy.origin + path, {
      method: 'PUT',
      body: '{"dns":{"question":{"name":"a.example"}}}',
      headers: { 'content-type': 'application/json', authorization: 'ApiKey c2VjcmV0', 'x-opaque-id': '7' },
      responseHeaders: 'raw',
    });
    expect(Buffer.from(await reply.body.arrayBuffer())).toEqual(page);
    expect(reply.statusCode).toBe(418);
    expect(reply.headers).toEqual(expect.arrayContaining(['X-Elastic-Product', 'Warning', '299 "a"', '299 "b"']));
    expect(got[0]).toMatchObject({ method: 'PUT', url: path, body: '{"dns":{"question":{"name":"a.example"}}}' });
    expect(got[0]?.headers).toMatchObject({
      authorization: 'ApiKey c2VjcmV0',
      'x-opaque-id': '7',
      host: new URL(url).host,
    });
  });

  it('streams both ways', async () => {
    const proxy = await start();
    answer = (_, response) => {
      response.write('first');
      setImmediate(() => response.write('|'));
    };
    const sent = 'x'.repeat(3 << 20);
    const reply = await request(`${proxy.origin}/_search`, { method: 'POST', body: sent });
    // The engine never ends its answer: what is there has come through all the same.
    for await (const chunk of reply.body) if (String(chunk).includes('|')) break;
    expect(got[0]?.body.length).toBe(sent.length);
  });

  it('keeps HEAD, and requests with a body that have none usually', async () => {
    const proxy = await start();
    answer = (incoming, response) =>
      response.setHeader('content-length', '17').end(incoming.method === 'HEAD' ? '' : '{"some":"answer"}');
    const head = await request(`${proxy.origin}/_index_template/logs`, { method: 'HEAD' });
    expect([head.statusCode, head.headers['content-length']]).toEqual([200, '17']);
    await (await request(`${proxy.origin}/_search`, { method: 'GET', body: '{"size":0}' })).body.text();
    expect(got[1]).toMatchObject({ method: 'GET', body: '{"size":0}' });
  });
});

describe('bulk bodies', () => {
  it('are enriched, whatever their size, with ids where there are none', async () => {
    const proxy = await start();
    const count = 2000;
    const body = Array.from(
      { length: count },
      (_, i) => `{"create":{}}\n${doc(`n${i}.example`, ',"big":9007199254740993')}\n`,
    );
    const reply = await send(proxy, '/logs/_bulk?pipeline=p&refresh=true', body.join(''));
    expect(await reply.body.text()).toBe('{"errors":false}');
    const lines = got[0]!.body.trimEnd().split('\n');
    expect(got[0]!.url).toBe('/logs/_bulk?pipeline=p&refresh=true');
    expect(lines.length).toBe(2 * count);
    const ids = new Set<string>();
    for (let i = 0; i < count; i++) {
      const { create } = JSON.parse(lines[2 * i]!) as { create: { _id: string } };
      ids.add(create._id);
      expect(lines[2 * i + 1]).toBe(doc(`n${i}.example`, `,"big":9007199254740993,"seen":"${create._id}"`));
    }
    expect(ids.size).toBe(count);
  });

  it('leave documents without a name as they are', async () => {
    const proxy = await start();
    const body = '{"index":{}}\n{"a" : 1.0}\n{"delete":{"_id":"1"}}\n{"create":{}}\nno json\n';
    await (await send(proxy, '/_bulk', body)).body.text();
    expect(got[0]?.body).toBe(body);
  });

  it('may be packed, and are unpacked on the way', async () => {
    const proxy = await start();
    const packed = gzipSync(bulkOf('a.example'));
    await (await send(proxy, '/_bulk', packed, { 'content-encoding': 'gzip' })).body.text();
    expect(got[0]?.body).toBe(`{"index":{"_id":"i-a.example"}}\n${doc('a.example', ',"seen":"i-a.example"')}\n`);
    expect(got[0]?.headers['content-encoding']).toBeUndefined();
    const broken = Buffer.concat([packed.subarray(0, 12), Buffer.from('broken')]);
    const reply = await send(proxy, '/_bulk', broken, { 'content-encoding': 'gzip' });
    expect([reply.statusCode, await reply.body.json()]).toMatchObject([
      400,
      { error: { reason: /gzip/ }, status: 400 },
    ]);
  });

  it('pass whole when they are not JSON or packed in another way', async () => {
    const proxy = await start();
    await (await send(proxy, '/_bulk', bulkOf('a.example'), { 'content-type': 'application/smile' })).body.text();
    await (await send(proxy, '/_bulk', bulkOf('a.example'), { 'content-encoding': 'br' })).body.text();
    expect(got.map(({ body }) => body)).toEqual([bulkOf('a.example'), bulkOf('a.example')]);
    expect(got[1]?.headers['content-encoding']).toBe('br');
  });

  it('are limited, also unpacked', async () => {
    const proxy = await start({ limit: 10_000 });
    for (const [body, headers] of [
      [bulkOf('a.example').repeat(1000), {}],
      [gzipSync(bulkOf('a.example').repeat(100_000)), { 'content-encoding': 'gzip' }],
      [`{"index":{}}\n{"a":"${'x'.repeat(20_000)}"}\n`, {}],
    ] as const) {
      const reply = await send(proxy, '/_bulk', body, headers);
      expect([reply.statusCode, await reply.body.json()]).toMatchObject([413, { error: { reason: /bulk_limit/ } }]);
    }
    expect(got).toEqual([]);
    const reply = await request(`${proxy.origin}/logs/_doc/1`, {
      method: 'PUT',
      body: `{"a":"${'x'.repeat(20_000)}"}`,
    });
    expect([reply.statusCode, (await reply.body.text()).includes('bulk_limit')]).toEqual([413, true]);
  });

  it('are answered early when the engine does not want them', async () => {
    answer = () => undefined;
    const refusing = createServer((_, response) =>
      response.writeHead(401, ['www-authenticate', 'Basic']).end('{"status":401}'),
    );
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    closing.push(() => (refusing.closeAllConnections(), refusing.close(), once(refusing, 'close')));
    const proxy = await start({ url: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`, limit: 1 << 28 });
    const reply = await send(proxy, '/_bulk', bulkOf('a.example').repeat(50_000));
    expect([reply.statusCode, reply.headers['www-authenticate'], await reply.body.text()]).toEqual([
      401,
      'Basic',
      '{"status":401}',
    ]);
  });

  it('are held back as long as the engine does not read', async () => {
    const slow = createServer(() => undefined);
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const stalled = once(slow, 'request') as Promise<[IncomingMessage]>;
    closing.push(() => (slow.closeAllConnections(), slow.close(), once(slow, 'close')));
    let enriched = 0;
    const proxy = await start({
      url: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
      limit: 1 << 30,
      enrich: (documents) => ((enriched += documents.length), marked(documents)),
    });
    const socket = connect(Number(new URL(proxy.origin).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'POST /_bulk HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const block = bulkOf('a.example').repeat(10_000);
    const total = 100 * 10_000;
    for (let i = 0; i < 100; i++) socket.write(`${block.length.toString(16)}\r\n${block}\r\n`);
    // Nothing moves any more: the buffers on the whole way are full.
    for (let before = -1; enriched !== before;) {
      before = enriched;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(enriched).toBeGreaterThan(0);
    expect(enriched).toBeLessThan(total / 2);
    const [incoming] = await stalled;
    expect(incoming.readableLength).toBeLessThan(1 << 20);
    socket.destroy();
    slow.closeAllConnections();
  });
});

describe('single documents', () => {
  it('are enriched: index, create, update', async () => {
    const proxy = await start();
    const put = async (path: string, body: string) => {
      await (
        await request(proxy.origin + path, { method: 'PUT', body, headers: { 'content-type': 'application/json' } })
      ).body.text();
      return got.at(-1)!.body;
    };
    expect(await put('/logs/_doc/7', doc('a.example'))).toBe(doc('a.example', ',"seen":"7"'));
    expect(await put('/logs/_create/a%2Fb', doc('a.example'))).toBe(doc('a.example', ',"seen":"a/b"'));
    expect(await put('/logs/_doc', doc('a.example'))).toBe(doc('a.example', ',"seen":null'));
    expect(await put('/logs/_update/7', `{"doc":${doc('a.example')}}`)).toBe(
      `{"doc":${doc('a.example', ',"seen":"7"')}}`,
    );
    expect(await put('/logs/_doc/7', '{"a": 1.0 }')).toBe('{"a": 1.0 }');
    expect(await put('/logs/_doc/7', '')).toBe('');
  });
});

describe('enrichment', () => {
  const pending =
    '{"name":"a.example","source_field":"dns.question.name","status":"pending","pending":["registration","contact"]}';
  const marking = `{"index":{"_id":"i-a.example"}}\n${doc('a.example', `,"domain_stats":${pending}`)}\n`;

  it('that fails or is late costs no document', async () => {
    const counts = { enriched: 0, pending: 0 };
    let release: () => void = () => undefined;
    const ways: EnrichDocuments[] = [
      () => Promise.reject(new Error('store closed')),
      () => new Promise((resolve) => (release = () => resolve([]))),
    ];
    for (const enrich of ways) {
      const proxy = await start({ enrich, deadlineMs: 50, counts });
      expect((await send(proxy, '/_bulk', bulkOf('a.example'))).statusCode).toBe(200);
      expect(got.at(-1)?.body).toBe(marking);
    }
    release();
    expect([counts, faults]).toEqual([{ enriched: 0, pending: 2 }, ['Error: store closed']]);
  });

  it('is waited for within one budget a request', async () => {
    let asked = 0;
    const proxy = await start({ enrich: () => (asked++, new Promise(() => undefined)), deadlineMs: 50 });
    await (await send(proxy, '/_bulk', bulkOf('a.example').repeat(2000))).body.text();
    expect([asked, got[0]?.body === marking.repeat(2000)]).toEqual([1, true]);
  });

  it('leaves an answer that stands in a document', () => {
    for (const text of [
      doc('a.example', ',"domain_stats":{"status":"ok"}'),
      doc('a.example', ',"domain_stats.status":"ok"'),
    ]) {
      expect(pendingText({ text, source: JSON.parse(text) as object as Record<string, unknown> }, FIELDS)).toBe(text);
    }
  });
});

describe('a document that only brings its scope', () => {
  it.each([',"domain_stats":{"scope":"site-1"}', ',"domain_stats.scope":"site-1"'])('%s: is pending in it', (scope) => {
    const text = doc('a.example', scope);
    const source = JSON.parse(text) as Record<string, unknown>;
    expect(JSON.parse(pendingText({ text, source }, FIELDS))).toEqual({
      dns: { question: { name: 'a.example' } },
      domain_stats: {
        name: 'a.example',
        source_field: 'dns.question.name',
        scope: 'site-1',
        status: 'pending',
        pending: ['registration', 'contact'],
      },
    });
  });
});

describe('an engine that is away', () => {
  it('is told of in its own form, without a word of the request', async () => {
    const proxy = await start({ url: 'http://127.0.0.1:1' });
    const reply = await send(proxy, '/secret-index/_bulk', bulkOf('a.example'), { authorization: 'Basic c2VjcmV0' });
    expect([reply.statusCode, await reply.body.json()]).toMatchObject([
      502,
      { status: 502, error: { type: expect.any(String) } },
    ]);
    expect(faults).toEqual([expect.stringContaining('cannot be reached')]);
    expect(faults.join()).not.toMatch(/secret|c2Vj|a\.example/);
  });

  it('in the middle of an answer ends the connection', async () => {
    const proxy = await start();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => response.destroy());
    };
    await expect((await request(`${proxy.origin}/`)).body.text()).rejects.toThrow();
    expect(faults).toEqual([]);
  });

  it('is spared when the client has gone', async () => {
    const proxy = await start();
    const reached = new Promise<IncomingMessage>((resolve) => (answer = (incoming) => resolve(incoming)));
    const controller = new AbortController();
    const asking = request(`${proxy.origin}/_search`, { signal: controller.signal });
    const incoming = await reached;
    const closed = once(incoming.socket, 'close');
    controller.abort();
    await expect(asking).rejects.toThrow();
    await closed;
  });
});

describe('smuggling', () => {
  const hidden = 'DELETE /victim HTTP/1.1\r\nhost: x\r\n\r\n';
  const head = 'POST /logs/_search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const attempts: Record<string, string> = {
    'content-length and transfer-encoding': `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    'transfer-encoding and content-length': `${head}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n${hidden}`,
    'two lengths': `${head}content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
    'a list of lengths': `${head}content-length: 0, ${hidden.length}\r\n\r\n${hidden}`,
    'a length with a sign': `${head}content-length: +2\r\n\r\n{}${hidden}`,
    'a chunk size that is none': `${head}transfer-encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n${hidden}`,
    'a chunk without its end': `${head}transfer-encoding: chunked\r\n\r\n2\r\n{}X\r\n0\r\n\r\n${hidden}`,
    'an unknown transfer coding': `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
    'chunked that is not last': `${head}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
    'a bare line feed before a header': `${head}x: y\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n${hidden}`,
    'a space before the colon': `${head}content-length : 0\r\n\r\n${hidden}`,
    'a folded header': `${head}transfer-encoding:\r\n chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n${hidden}`,
  };
  it.each(Object.keys(attempts))('by %s is refused, and the engine sees none of it', async (name) => {
    const proxy = await start();
    expect(await sendRaw(proxy, attempts[name]!)).toMatch(/^HTTP\/1\.1 400 /);
    expect(got.filter(({ url: path }) => path.includes('victim'))).toEqual([]);
  });

  it('by a path or an upgrade is refused or without effect', async () => {
    const proxy = await start();
    expect(await sendRaw(proxy, 'GET http://other/ HTTP/1.1\r\nhost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sendRaw(proxy, 'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sendRaw(proxy, 'CONNECT other:80 HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
    expect(got).toEqual([]);
    const upgrade =
      'GET /up HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close, x-hop\r\nupgrade: h2c\r\nx-hop: 1\r\n\r\n';
    expect(await sendRaw(proxy, upgrade)).toMatch(/^HTTP\/1\.1 200 /);
    expect(got[0]?.headers.upgrade).toBeUndefined();
    expect(got[0]?.headers['x-hop']).toBeUndefined();
  });
});
