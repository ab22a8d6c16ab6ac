import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectEngine } from '../../../src/elastic/connect.ts';
import { ask, type Engine } from '../../../src/elastic/engine.ts';
import { resolveSettings } from '../../../src/settings/resolve.ts';
import { defaultSettings } from '../../../src/settings/keys.ts';
import type { Settings } from '../../../src/settings/table.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';

const engines: Engine[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  for (const server of servers.splice(0)) server.close();
});

async function connect(settings: Partial<Settings>, retryMs = 0): Promise<Engine> {
  const engine = await connectEngine({ ...defaultSettings(), ...settings }, { retryMs });
  engines.push(engine);
  return engine;
}

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const standIn = (answer: RequestListener) => listen(createServer(answer));
const ROOT = JSON.stringify({ version: { number: '3.8.0', distribution: 'opensearch' } });

for (const name of ['opensearch', 'elasticsearch'] as const) {
  describeWithEngine(name, 'connecting', (node) => {
    it('tells which engine it is and passes requests and answers through', async () => {
      const engine = await connect({ elasticsearchUrl: [`${node().url}/`] });
      expect(engine.product).toBe(name);
      const body = '{"index":{"_index":"passed","_id":"1"}}\n{"big":9007199254740993}\n';
      await ask(engine, { method: 'POST', path: '/_bulk?refresh=true', body, isBulk: true });
      const { text } = await engine.send({ method: 'GET', path: '/passed/_doc/1' });
      expect(text).toContain('9007199254740993');
    });

    it('names the index, the reason and what to do', async () => {
      const engine = await connect({ elasticsearchUrl: [node().url] });
      await expect(ask(engine, { method: 'GET', path: '/absent/_search' })).rejects.toThrow(
        /GET \/absent\/_search was answered 404: no such index \[absent\]\. Name an index/,
      );
    });

    it('waits for an engine that starts again, and passes over a host that is away', async () => {
      const closed = await standIn(() => undefined);
      servers.splice(0).forEach((server) => server.close());
      const engine = await connect({ elasticsearchUrl: [`http://127.0.0.1:${closed}`, node().url] }, 60_000);
      const back = node().restart();
      await Promise.all([back, ask(engine, { method: 'GET', path: '/_cluster/health' })]);
    }, 120_000);
  });
}

describe('connecting', () => {
  it('says that an engine cannot be reached, and how to name another', async () => {
    const port = await standIn(() => undefined);
    servers.splice(0).forEach((server) => server.close());
    await expect(connect({ elasticsearchUrl: [`http://127.0.0.1:${port}`] })).rejects.toThrow(
      /cannot be reached: .* Check elasticsearch_url/,
    );
  });

  it('refuses what is no search engine', async () => {
    const port = await standIn((_, response) => response.end('<html>'));
    await expect(connect({ elasticsearchUrl: [`http://127.0.0.1:${port}`] })).rejects.toThrow(/is neither/);
  });

  it('sends user and password, or an API key from a file, and says which are missing', async () => {
    const seen: (string | undefined)[] = [];
    const port = await standIn((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === undefined) response.writeHead(401).end('Unauthorized');
      else response.setHeader('content-type', 'application/json').end(ROOT);
    });
    const elasticsearchUrl = [`http://127.0.0.1:${port}`];
    await expect(connect({ elasticsearchUrl })).rejects.toThrow(/401: Unauthorized\. Give elasticsearch_user/);
    await connect({ elasticsearchUrl, elasticsearchUser: 'ada', elasticsearchPassword: 'pass word' });
    const file = join(temporaryFolder(), 'key');
    writeFileSync(file, 'aWQ6a2V5\n');
    await connect({ elasticsearchUrl, elasticsearchApiKeyFile: file });
    expect(seen).toEqual([undefined, `Basic ${Buffer.from('ada:pass word').toString('base64')}`, 'ApiKey aWQ6a2V5']);
  });

  it.each([
    ['opensearch', ROOT],
    ['elasticsearch', JSON.stringify({ version: { number: '8.19.0' } })],
  ])('names plain media types, which every version of %s takes', async (product, root) => {
    const seen: (string | undefined)[][] = [];
    const port = await standIn((request, response) => {
      const { accept, 'content-type': type } = request.headers;
      seen.push([accept, type]);
      response.setHeader('x-elastic-product', 'Elasticsearch').setHeader('content-type', 'application/json').end(root);
    });
    const engine = await connect({ elasticsearchUrl: [`http://127.0.0.1:${port}`] });
    expect(engine.product).toBe(product);
    seen.length = 0;
    await engine.send({ method: 'POST', path: '/_bulk', body: '{"index":{}}\n{}\n', isBulk: true });
    await engine.send({ method: 'POST', path: '/_search', body: '{}' });
    await engine.send({ method: 'GET', path: '/_cluster/health' });
    const json = 'application/json';
    expect(seen).toEqual([
      [json, 'application/x-ndjson'],
      [json, json],
      [json, json],
    ]);
  });

  it('tries a busy engine again', async () => {
    let requests = 0;
    const port = await standIn((_, response) => {
      if (++requests < 3) response.writeHead(429).end('{}');
      else response.setHeader('content-type', 'application/json').end(ROOT);
    });
    expect((await connect({ elasticsearchUrl: [`http://127.0.0.1:${port}`] }, 10_000)).version).toEqual([3, 8]);
    expect(requests).toBe(3);
  });

  it('trusts a certificate by file or fingerprint and no other', async () => {
    const folder = temporaryFolder();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1'];
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
    const tls = { key: readFileSync(key), cert: readFileSync(cert) };
    const server = createTlsServer(tls, (_, response) =>
      response.setHeader('content-type', 'application/json').end(ROOT),
    );
    const elasticsearchUrl = [`https://127.0.0.1:${await listen(server)}`];
    await expect(connect({ elasticsearchUrl })).rejects.toThrow(/cannot be reached: .*certificate/);
    await connect({ elasticsearchUrl, elasticsearchCa: cert });
    const { fingerprint256 } = new X509Certificate(tls.cert);
    await connect({ elasticsearchUrl, elasticsearchFingerprint: fingerprint256 });
    const other = fingerprint256.replace(/^../, (hex) => (hex === '00' ? '01' : '00'));
    await expect(connect({ elasticsearchUrl, elasticsearchFingerprint: other })).rejects.toThrow(/no certificate of/);
  });

  it('says that a fingerprint is another when the server sends its own certificate alone', async () => {
    const folder = temporaryFolder();
    const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
    const key = ['-newkey', 'rsa:2048', '-nodes'];
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '1', '-subj', '/CN=authority');
    openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=localhost');
    writeFileSync(join(folder, 'leaf.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n');
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'leaf.ext'];
    openssl('x509', '-req', '-in', 'leaf.csr', ...signed, '-out', 'leaf.pem');
    const read = (file: string) => readFileSync(join(folder, file));
    const authority = new X509Certificate(read('ca.pem')).fingerprint256;
    const serve = (cert: Buffer) => {
      const asked: string[] = [];
      const SNICallback: TlsOptions['SNICallback'] = (servername, done) => {
        asked.push(servername);
        done(null);
      };
      const server = createTlsServer({ key: read('leaf.key'), cert, SNICallback }, (_, response) =>
        response.setHeader('content-type', 'application/json').end(ROOT),
      );
      return { server, asked };
    };
    const alone = serve(read('leaf.pem'));
    const elasticsearchUrl = [`https://localhost:${await listen(alone.server)}`];
    await expect(connect({ elasticsearchUrl, elasticsearchFingerprint: authority })).rejects.toThrow(
      /no certificate of its chain/,
    );
    expect(alone.asked).toEqual(['localhost']);
    const whole = serve(Buffer.concat([read('leaf.pem'), read('ca.pem')]));
    const port = await listen(whole.server, '::1');
    await connect({ elasticsearchUrl: [`https://[::1]:${port}`], elasticsearchFingerprint: authority });
  });

  it('keeps credentials out of URLs and out of messages', () => {
    const { problems } = resolveSettings({
      environment: { DOMAIN_STATS_ELASTICSEARCH_URL: 'http://a:secret@es:9200' },
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/must hold no credentials/);
    expect(problems[0]).not.toMatch(/secret/);
  });
});
