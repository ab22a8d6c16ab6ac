import { gzipSync } from 'node:zlib';
import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import { afterEach, expect, it } from '@jest/globals';
import { request } from 'undici';
import { run } from '../../processes/program.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { firstContacts } from '../answers.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';
import type { EngineNode } from '../engines/node.ts';
import { launchProxy, shipAll, type RunningProxy } from './running-proxy.ts';

/** 50,000 show the same, and take longer. */
const EVENTS = Number(process.env['BULK_PROXY_EVENTS'] ?? 4000);

const proxies: RunningProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

async function startProxy(engine: string, data: string, port = 0): Promise<RunningProxy> {
  const proxy = await launchProxy(engine, data, { port });
  proxies.push(proxy);
  return proxy;
}

interface Event {
  readonly '@timestamp': string;
  readonly event: { readonly id: string };
  readonly dns: { readonly question: { readonly name: string } };
}

const event = (i: number, name: string): Event => ({
  '@timestamp': new Date(Date.UTC(2026, 10, 1) + i * 1000).toISOString(),
  event: { id: `e${i}` },
  dns: { question: { name } },
});

interface Stored {
  readonly _id: string;
  readonly _source: Event & { readonly domain_stats?: Record<string, unknown> };
}

/** Every document of an index. */
async function stored(engine: EngineNode, index: string): Promise<Stored[]> {
  await engine.ask('POST', `/${index}/_refresh`);
  const found: Stored[] = [];
  for (let after: unknown; ;) {
    const { body } = await engine.ask('POST', `/${index}/_search`, {
      size: 5000,
      sort: [{ '@timestamp': 'asc' }, { 'event.id.keyword': 'asc' }],
      ...(after === undefined ? {} : { search_after: after }),
    });
    const { hits } = (body as unknown as { hits: { hits: (Stored & { sort: unknown })[] } }).hits;
    found.push(...hits);
    if (hits.length < 5000) return found;
    after = hits.at(-1)?.sort;
  }
}

const answersOf = (documents: readonly Stored[]) => documents.map(({ _source: source }) => source.domain_stats);

const CONNECTION_HEADERS = ['connection', 'keep-alive'];
const OF_THE_CONTACT = [
  ...['first_contact', 'first_seen', 'last_seen', 'days_since_first_seen'],
  ...['alerts', 'alert_reasons', 'risk', 'risk_reasons'],
];
const without = (value: object, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));

for (const name of ['opensearch', 'elasticsearch'] as const) {
  describeWithEngine(name, 'the bulk proxy', (engine) => {
    it('gives the official clients what the engine gives them', async () => {
      const { url } = await startProxy(engine().url, temporaryFolder());
      const events = Array.from({ length: 1200 }, (_, i) => event(i, `host${i % 7}.client${i % 300}.com`));
      const datasource = [...events, { no: 'name' }, { dns: { question: { name: 'x.com' } }, broken: {} }];
      const index = `clients-${name}`;
      await engine().ask('PUT', `/${index}`, { mappings: { properties: { broken: { type: 'long' } } } });
      let dropped = 0;
      const helper = {
        datasource,
        flushBytes: 20_000,
        concurrency: 3,
        onDocument: () => ({ index: { _index: index } }),
        onDrop: () => {
          dropped++;
        },
      };
      if (name === 'elasticsearch') {
        const client = new ElasticsearchClient({ node: url, compression: true });
        expect(await client.helpers.bulk(helper)).toMatchObject({ total: 1202, successful: 1201, failed: 1 });
        expect((await client.info()).version.number).toBe('9.5.3');
        expect(await client.ping()).toBe(true);
        await client.index({ index, id: 'single', document: event(5000, 'single.com') });
        await client.update({ index, id: 'single', doc: event(5001, 'single2.com') });
        await expect(client.get({ index: 'absent', id: '1' })).rejects.toThrow(/index_not_found/);
        await client.close();
      } else {
        const client = new OpenSearchClient({ node: url, compression: 'gzip' });
        expect(await client.helpers.bulk(helper)).toMatchObject({ total: 1202, successful: 1201, failed: 1 });
        expect((await client.info()).body.version.number).toBe('3.8.0');
        await client.index({ index, id: 'single', body: event(5000, 'single.com') });
        await client.update({ index, id: 'single', body: { doc: event(5001, 'single2.com') } });
        await expect(client.get({ index: 'absent', id: '1' })).rejects.toThrow(/index_not_found/);
        await client.close();
      }
      expect(dropped).toBe(1);
      const documents = await stored(engine(), index);
      expect(documents.length).toBe(1202);
      const single = documents.find(({ _id: id }) => id === 'single');
      expect(single?._source.domain_stats).toMatchObject({ domain: 'single2.com', first_contact: true });
      expect(documents.filter(({ _source: source }) => source.domain_stats === undefined).length).toBe(1);
      const firsts = firstContacts(answersOf(documents.filter(({ _id: id }) => id !== 'single')));
      expect(firsts.size).toBe(300);
      expect([...firsts.values()].every((count) => count === 1)).toBe(true);
    }, 60_000);

    // What the shippers send on their start, by their documentation and sources; each answer is compared with the engine's own.
    it('answers the first requests of shippers as the engine does', async () => {
      const { url } = await startProxy(engine().url, temporaryFolder());
      const json = { 'content-type': 'application/json' };
      const template = JSON.stringify({ index_patterns: ['shipped-*'], template: { mappings: { properties: {} } } });
      const starts: [
        shipper: string,
        method: 'GET' | 'HEAD' | 'PUT' | 'POST',
        path: string,
        headers?: object,
        body?: string,
      ][] = [
        ['logstash', 'HEAD', '/', { 'user-agent': 'logstash/9.1.0', connection: 'Keep-Alive' }],
        ['logstash', 'GET', '/', { 'x-elastic-product-origin': 'logstash-output-elasticsearch' }],
        ['logstash', 'GET', '/_license'],
        ['logstash', 'HEAD', '/_index_template/ecs-logstash'],
        ['logstash', 'PUT', '/_index_template/ecs-logstash', json, template],
        ['logstash-opensearch', 'GET', '/_template/logstash'],
        ['beats', 'GET', '/', { accept: 'application/json', 'accept-encoding': 'gzip' }],
        ['beats', 'GET', '/_license?human=false'],
        ['beats', 'GET', '/_xpack'],
        ['beats', 'GET', '/_ilm/policy/filebeat'],
        ['beats', 'GET', '/_index_template/filebeat-9.1.0'],
        ['beats', 'PUT', '/_index_template/filebeat-9.1.0', json, template.replace('shipped', 'beats')],
        ['beats', 'PUT', '/_data_stream/filebeat-9.1.0'],
        ['vector', 'GET', '/'],
        ['vector', 'GET', '/_cluster/health'],
        ['vector', 'GET', '/_cluster/health?filter_path=cluster_name'],
        ['fluent-bit', 'POST', '/_bulk', json, '\n'],
        ['curl', 'GET', '/_search?size=0&filter_path=hits', json, '{"query":{"match_none":{}}}'],
      ];
      for (const [shipper, method, path, headers = {}, body] of starts) {
        const [ours, theirs] = await Promise.all(
          [url, engine().url].map(async (origin) => {
            const reply = await request(origin + path, {
              method,
              headers: headers as Record<string, string>,
              ...(body === undefined ? {} : { body }),
            });
            const { statusCode } = reply;
            const text = Buffer.from(await reply.body.arrayBuffer()).toString('latin1');
            return { shipper, path, statusCode, headers: without(reply.headers, CONNECTION_HEADERS), text };
          }),
        );
        if (method === 'PUT') {
          // Made twice: the second one may be told that it is there.
          expect([200, 400, 405]).toContain(ours?.statusCode);
        } else {
          expect(ours).toEqual(theirs);
        }
      }
    }, 60_000);

    it('takes what shippers send: data streams, pipelines, packed bodies, every kind of operation', async () => {
      const { url } = await startProxy(engine().url, temporaryFolder());
      const stream = `logs-ship-${name}`;
      await engine().ask('PUT', `/_index_template/${stream}`, {
        index_patterns: [stream],
        data_stream: {},
        priority: 500,
      });
      const bulk = async (body: string, path = '/_bulk', headers: Record<string, string> = {}) => {
        const packed = gzipSync(body);
        const reply = await request(url + path, {
          method: 'POST',
          body: packed,
          headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip', ...headers },
        });
        return (await reply.body.json()) as {
          errors: boolean;
          items: Record<string, { _id: string; status: number }>[];
        };
      };
      const body = `{"create":{}}\n${JSON.stringify(event(1, 'a.stream.com'))}\n`;
      const first = await bulk(body, `/${stream}/_bulk`);
      expect(first).toMatchObject({ errors: false, items: [{ create: { status: 201 } }] });
      // Sent again after an answer that was lost: nothing is doubled.
      expect(await bulk(body, `/${stream}/_bulk`)).toMatchObject({
        errors: true,
        items: [{ create: { status: 409 } }],
      });
      expect(
        (await stored(engine(), stream)).map(({ _source: source }) => source.domain_stats?.['first_contact']),
      ).toEqual([true]);

      const index = `ops-${name}`;
      const mixed = await bulk(
        [
          { index: { _index: index, _id: '1' } },
          event(1, 'one.com'),
          { create: { _index: index, _id: '2' } },
          event(2, 'two.com'),
          { update: { _index: index, _id: '2' } },
          { doc: event(2, 'two.changed.com'), doc_as_upsert: true },
          { update: { _index: index, _id: '3' } },
          { doc: { a: 1 }, upsert: event(3, 'three.com') },
          { delete: { _index: index, _id: '1' } },
          { update: { _index: index, _id: 'absent' } },
          { doc: { a: 1 } },
        ]
          .map((line) => JSON.stringify(line) + '\n')
          .join(''),
        '/_bulk?refresh=true',
      );
      expect(mixed.items.map((item) => Object.values(item)[0]?.status)).toEqual([201, 201, 200, 201, 200, 404]);
      const answers = new Map((await stored(engine(), index)).map((each) => [each._id, each._source.domain_stats]));
      expect([...answers.keys()].sort()).toEqual(['2', '3']);
      expect(answers.get('2')).toMatchObject({ domain: 'changed.com', first_contact: true });
      expect(answers.get('3')).toMatchObject({ domain: 'three.com', first_contact: true });

      await engine().ask('PUT', '/_ingest/pipeline/dropping', { processors: [{ drop: {} }] });
      expect(await bulk(body, `/${index}/_bulk?pipeline=dropping`)).toMatchObject({
        items: [{ create: { _id: expect.any(String) } }],
      });
      expect((await stored(engine(), index)).length).toBe(2);
    }, 60_000);
  });
}

describeWithEngine('opensearch', 'events through the bulk proxy', (engine) => {
  it('are all stored with one first contact a domain, whoever dies in the middle', async () => {
    const index = 'flow';
    const data = temporaryFolder();
    let proxy = await startProxy(engine().url, data);
    const port = Number(new URL(proxy.url).port);
    const [batches, size] = [40, EVENTS / 40];
    const all = Array.from({ length: batches * size }, (_, i) => event(i, `h${i % 5}.site${(i * 7919) % 1000}.com`));
    const shipping = shipAll(() => proxy, all, index, size);
    await shipping.reached(10 * size);
    proxies.splice(0);
    await proxy.stop('SIGKILL');
    proxy = await startProxy(engine().url, data, port);
    await shipping.reached(20 * size);
    await engine().restart('SIGKILL');
    await shipping.all;

    const documents = await stored(engine(), index);
    expect(documents.length).toBe(all.length);
    const firsts = firstContacts(answersOf(documents));
    expect(firsts.size).toBe(1000);
    expect([...firsts].filter(([, count]) => count !== 1)).toEqual([]);

    // The same facts as `enrich`, but for who was first and what the first contact tells.
    const { stdout } = await run(['enrich', '--data', temporaryFolder(), '--contact', 'false'], {
      input: all.map((each) => JSON.stringify(each)).join('\n'),
    });
    const withoutContact = ({ domain_stats: answer }: Stored['_source']) => without(answer ?? {}, OF_THE_CONTACT);
    const expected = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Stored['_source'])
      .map((source) => [source.event.id, withoutContact(source)] as const);
    const found = new Map(documents.map(({ _source: source }) => [source.event.id, withoutContact(source)]));
    for (const [id, facts] of expected) expect(found.get(id)).toEqual(facts);
  }, 240_000);
});
