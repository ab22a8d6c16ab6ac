import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { describe, expect, it } from '@jest/globals';
import { setUpMl } from '../../src/elastic/ml/ml-setup.ts';
import type { Engine, EngineRequest } from '../../src/elastic/engine.ts';
import { eventMapping } from '../../src/elastic/setup/mappings.ts';
import { startServer } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeWithEngine } from './engines/describe-with-engine.ts';

const asset = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../ingest/opensearch/ml-inference/${file}`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
const { actions } = asset('connector.json') as { actions: { url: string; request_body: string }[] };

/** The body that ml-commons makes: textual substitution of JSON-escaped values. */
const bodyOf = (parameters: Record<string, string>) =>
  actions[0]!.request_body.replace(/\$\{parameters\.(\w+)\}/g, (_, key: string) =>
    JSON.stringify(parameters[key])
      .slice(1, -1)
      .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`),
  );

const CALLS: Record<string, string>[] = [
  { name: 'www.example.com', at: '2026-11-20T12:00:00Z', id: 'e1', scope: 'default' },
  { name: 'münchen.de', at: '', id: '', scope: 'default' },
  { name: 'null-id.com', at: 'null', id: 'null', scope: 'default' },
  { name: 'epoch.com', at: '1793491200000', id: 'e4', scope: 'default' },
  { name: '10.0.0.1', at: '', id: '', scope: 'default' },
  { name: 'a..b', at: '', id: '', scope: 'default' },
  { name: 'printer.local', at: 'yesterday', id: '', scope: 'site-1' },
];

/** Every number as ml-commons hands it on: a double. */
const asDoubles = (text: string) => text.replace(/([:[,])(-?\d+)(?=[,}\]])/g, '$1$2.0');

async function answersOf(calls: readonly Record<string, string>[], query = ''): Promise<string[]> {
  const server = await startServer(['--data', temporaryFolder()]);
  const agent = new Agent({ connections: 30 });
  try {
    return await Promise.all(
      calls.map(async (call) => {
        const reply = await request(`${server.origin}/v1/domains${query}`, {
          method: 'POST',
          dispatcher: agent,
          headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
          body: bodyOf(call),
        });
        expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/json']);
        return reply.body.text();
      }),
    );
  } finally {
    await agent.close();
    await server.stop();
  }
}

describe('the call that the connector makes', () => {
  it('is answered with one object, whatever the name is', async () => {
    const many = Array.from({ length: 90 }, (_, i) => ({ ...CALLS[0]!, name: `n${i}.com`, id: `m${i}` }));
    for (const query of ['', '?full=true']) {
      const answers = (await answersOf([...CALLS, ...many], query)).map(
        (text) => JSON.parse(text) as Record<string, unknown>,
      );
      expect(answers.slice(0, 7).map(({ status }) => status)).toEqual([
        'ok',
        'ok',
        'ok',
        'ok',
        'ip',
        'invalid',
        'internal',
      ]);
      expect(answers[1]).toMatchObject({ name: 'xn--mnchen-3ya.de' });
      expect(answers[3]).toMatchObject({ first_seen: new Date(1793491200000).toISOString() });
      expect(new Set(answers.slice(7).map(({ first_contact: first }) => first))).toEqual(new Set([true]));
      // No epoch numbers: as doubles in exponent form no date would take them.
      const numbers = (value: unknown): number[] =>
        typeof value === 'number'
          ? [value]
          : typeof value === 'object' && value !== null
            ? Object.values(value).flatMap(numbers)
            : [];
      expect(Math.max(...answers.flatMap(numbers))).toBeLessThan(1e9);
    }
  }, 60_000);
});

describeWithEngine('opensearch', 'the pipeline around the call', (engine) => {
  it('prepares, falls back to pending and cleans; an answer fits the mapping', async () => {
    const { processors } = asset('pipeline.json') as { processors: Record<string, object>[] };
    const without = { processors: processors.filter((each) => !('ml_inference' in each)) };
    const docs = [
      { _source: { dns: { question: { name: 'a.com' } } } },
      { _source: { dns: { question: { name: ['a.com'] } } } },
      { _source: { dns: { question: { name: 'a.com' } }, domain_stats: { status: 'ok' } } },
      { _source: { a: 1 } },
    ];
    const { body } = await engine().ask('POST', '/_ingest/pipeline/_simulate', { pipeline: without, docs });
    const sources = (body as unknown as { docs: { doc: { _source: object } }[] }).docs.map(({ doc }) => doc._source);
    expect(sources).toEqual([
      { ...docs[0]!._source, domain_stats: { status: 'pending', pending: ['registration', 'contact'] } },
      ...docs.slice(1).map(({ _source }) => _source),
    ]);

    await engine().ask('PUT', '/answers', { mappings: eventMapping() });
    const answers = await answersOf(CALLS);
    const lines = answers.map((text) => `{"index":{}}\n{"domain_stats":${asDoubles(text)}}\n`).join('');
    expect((await engine().ask('POST', '/answers/_bulk', lines)).body['errors']).toBe(false);
  }, 60_000);
});

describe('setup --ml-inference', () => {
  it('keeps the trusted addresses, makes each part once and waits for the model', async () => {
    const made = new Map<string, string>();
    const seen: string[] = [];
    let states = 0;
    let trusted = ['^https://builtin/.*$'];
    const answer = ({ method, path, body = '{}' }: EngineRequest): object => {
      seen.push(`${method} ${path.split('?')[0]!}`);
      const sent = JSON.parse(body) as Record<string, never>;
      if (path.startsWith('/_cluster/settings')) {
        if (method === 'PUT') trusted = sent['persistent']!['plugins.ml_commons.trusted_connector_endpoints_regex'];
        return { persistent: {}, defaults: { 'plugins.ml_commons.trusted_connector_endpoints_regex': trusted } };
      }
      const kind = /_ml\/(\w+)\/_/.exec(path)?.[1] ?? '';
      if (path.endsWith('_search')) {
        const source = made.get(kind);
        return {
          hits: { hits: source === undefined ? [] : [{ _id: `${kind}-1`, _source: JSON.parse(source) as object }] },
        };
      }
      if (path.includes('_create') || path.includes('_register')) {
        made.set(kind, body);
        return { connector_id: `${kind}-1`, model_id: `${kind}-1` };
      }
      if (path.includes('/models/')) return { model_state: ++states > 1 ? 'DEPLOYED' : 'DEPLOYING' };
      made.set('pipeline', body);
      return { acknowledged: true };
    };
    const engine: Engine = {
      product: 'opensearch',
      version: [3, 4],
      send: (asked) => Promise.resolve({ status: 200, text: JSON.stringify(answer(asked)) }),
      close: () => Promise.resolve(),
    };
    const options = { name: 'domain-stats', service: 'http://10.0.0.5:5730', token: 'T' };
    expect((await setUpMl(engine, options)).join()).toMatch(
      /connector domain-stats: created,model domain-stats: created/,
    );
    expect(trusted).toEqual(['^https://builtin/.*$', '^http://10\\.0\\.0\\.5:5730/v1/.*$']);
    expect(JSON.parse(made.get('connectors')!)).toMatchObject({
      parameters: { endpoint: '10.0.0.5:5730' },
      credential: { token: 'T' },
      client_config: { read_timeout: 1, max_retry_times: 0 },
    });
    expect(made.get('pipeline')).toContain('"model_id":"models-1"');
    expect((await setUpMl(engine, options)).join()).toMatch(
      /unchanged,connector domain-stats: unchanged \(its token too\),model domain-stats: unchanged/,
    );
    for (const service of ['http://10.0.0.6:5730', 'https://10.0.0.5:5730']) {
      await expect(setUpMl(engine, { ...options, service })).rejects.toThrow(
        `calls http://10.0.0.5:5730, not ${service}`,
      );
    }
    expect(seen.filter((line) => /_create|_register|PUT \/_cluster/.test(line)).length).toBe(3);
    await expect(setUpMl({ ...engine, version: [2, 14] }, options)).rejects.toThrow(/2\.15/);
  }, 20_000);
});
