import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { run, startProgram, startServer } from '../../processes/program.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';
import { comparable, documentsOf, firstContacts } from '../answers.ts';
import type { Answered, EngineNode } from '../engines/node.ts';
import { manyEvents } from '../events.ts';
import { startRegistry } from '../registry.ts';

const PENDING = { status: 'pending', pending: ['registration', 'contact'] };

let registry: Awaited<ReturnType<typeof startRegistry>>;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const sweepArgs = (engine: EngineNode, pattern: string, data: string) => [
  'sweep',
  '--elasticsearch-url',
  engine.url,
  '--data',
  data,
  '--index',
  pattern,
];

async function sweep(engine: EngineNode, pattern: string, data: string, wait = '60s') {
  return run([...sweepArgs(engine, pattern, data), '--wait', wait], { environment: registry.environment });
}

async function bulk(engine: EngineNode, lines: readonly (object | string)[], query = ''): Promise<void> {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n') + '\n';
  const { body } = await engine.ask('POST', `/_bulk?refresh=true&${query}`, text);
  expect([body['errors'], body['errors'] === false ? '' : JSON.stringify(body).slice(0, 800)]).toEqual([false, '']);
}

/** How many documents have a field. */
async function countOf(engine: EngineNode, pattern: string, field: string): Promise<number> {
  await engine.ask('POST', `/${pattern}/_refresh`);
  const query = { exists: { field } };
  return (await engine.ask('POST', `/${pattern}/_count`, { query })).body['count'] as number;
}

/** How many events go through everything; the whole logs and as many made ones with 50000. */
const COUNT = Number(process.env['DOMAIN_STATS_EVENTS'] ?? 3000);
const WITHIN_MS = 120_000 + COUNT * 20;

const TEMPLATE = {
  index_patterns: ['swept-*'],
  data_stream: {},
  composed_of: ['domain-stats'],
  template: { mappings: { properties: { key: { type: 'keyword' } } } },
};

const holdsName = (event: Answered): boolean =>
  ['dns', 'tls', 'url.domain'].some((field) => event[field] !== undefined);

/** Tells how long each part took when it is asked how much was done. */
function stopwatch(): (what: string) => void {
  let since = performance.now();
  return (what) => {
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    if (process.env['DOMAIN_STATS_EVENTS'] !== undefined)
      process.stderr.write(`${String(COUNT)} ${what}: ${seconds} s\n`);
    since = performance.now();
  };
}

for (const name of ['opensearch', 'elasticsearch'] as const) {
  describeWithEngine(name, 'the sweep', (engine) => {
    beforeAll(async () => {
      const { code, stderr } = await run(['setup', '--elasticsearch-url', engine().url]);
      expect([code, stderr]).toEqual([0, '']);
      await engine().ask('PUT', '/_index_template/swept', TEMPLATE);
    }, 60_000);

    it(
      'completes data streams over crashes of engine and sweep, several at once, as enrich would have',
      async () => {
        const events = manyEvents(COUNT);
        const isPiped = name === 'opensearch';
        const lap = stopwatch();
        // A rollover in the middle: two backing indices.
        const halves = [events.slice(0, COUNT / 2), events.slice(COUNT / 2)];
        for (const half of halves) {
          for (let from = 0; from < half.length; from += 2000) {
            const lines = half.slice(from, from + 2000).flatMap((event) => {
              // A bare Elasticsearch has no pipeline; the event comes as one would leave it.
              const left = isPiped || !holdsName(event) ? event : { ...event, domain_stats: PENDING };
              return [{ create: { _index: 'swept-a' } }, left];
            });
            await bulk(engine(), lines, isPiped ? 'pipeline=domain-stats' : '');
          }
          if (half === halves[0]) await engine().ask('POST', '/swept-a/_rollover');
        }
        lap('indexed');

        const data = temporaryFolder();
        const victim = startProgram([...sweepArgs(engine(), 'swept-*', data), '--follow'], {
          ...registry.environment,
          DOMAIN_STATS_SWEEP_EVERY: '100ms',
        });
        const gone = once(victim, 'close');
        const wait = `${String(WITHIN_MS)}ms`;
        const both = [sweep(engine(), 'swept-*', data, wait), sweep(engine(), 'swept-a', data, wait)];
        while ((await countOf(engine(), 'swept-*', 'domain_stats.first_contact')) < COUNT / 10) await pause(50);
        expect(victim.exitCode).toBeNull();
        victim.kill('SIGKILL');
        await gone;
        expect(await countOf(engine(), 'swept-*', 'domain_stats.pending')).toBeGreaterThan(0);
        await engine().restart('SIGKILL');
        for (const { code, stderr } of await Promise.all(both)) expect([code, stderr]).toEqual([0, '']);
        lap('swept');
        const last = await sweep(engine(), 'swept-*', data);
        expect(last.stdout).toBe('0 writes; 0 wait for look-ups, 0 could not be written\n');

        const input = events.map((event) => JSON.stringify(event)).join('\n');
        const enriched = await run(['enrich', '--data', temporaryFolder(), '--wait', '60s'], {
          input,
          environment: registry.environment,
        });
        lap('enriched');
        const found = await documentsOf(engine(), 'swept-*');
        expect(found.size).toBe(COUNT);
        for (const line of enriched.stdout.trim().split('\n')) {
          const { domain_stats: wanted, ...event } = JSON.parse(line) as Answered;
          const { domain_stats: answer, ...left } = found.get(event['key'] as string)!;
          expect(left).toEqual(event);
          expect(answer === undefined).toBe(wanted === undefined);
          if (answer === undefined) continue;
          const [one, other] = [answer as Answered, wanted as Answered];
          expect(comparable(one, other)).toEqual(comparable(other, one));
          expect(one['pending']).toBeUndefined();
        }
        const firsts = firstContacts([...found.values()].map((each) => each['domain_stats'] as Answered | undefined));
        expect([...firsts].filter(([, times]) => times !== 1)).toEqual([]);
        expect(firsts.size).toBeGreaterThan(COUNT / 4);
        lap(`compared, ${String(firsts.size)} domains`);
      },
      WITHIN_MS,
    );

    it('writes to the letter what it does not understand, and nothing less than was there', async () => {
      const decidedFacts = {
        name: 'kept.com',
        domain: 'kept.com',
        first_contact: true,
        first_seen: '2026-01-01T00:00:00.000Z',
        mine: { note: 1 },
      };
      const decided = {
        ...decidedFacts,
        status: 'pending',
        pending: ['registration'],
      };
      const registered = {
        status: 'pending',
        pending: ['contact'],
        category: 'baby',
        category_source: 'registration',
        registration: { domain: 'other.com', status: 'found', created: '2026-10-30T00:00:00.000Z' },
      };
      await bulk(engine(), [
        { index: { _index: 'odd', _id: '1', routing: 'r' } },
        `{"key":"1","url":{"domain":"kept.com"},"big":9007199254740993,"one":1.0,"domain_stats":${JSON.stringify(decided)}}`,
        { index: { _index: 'odd', _id: '2' } },
        { key: '2', url: { domain: 'other.com' }, '@timestamp': '2026-11-01T00:00:00Z', domain_stats: registered },
        { index: { _index: 'odd', _id: '3' } },
        {
          key: '3',
          url: { domain: 'dotted.com' },
          'domain_stats.status': 'pending',
          'domain_stats.pending': ['contact'],
        },
        { index: { _index: 'odd', _id: '4' } },
        { key: '4', domain_stats: { name: 'elsewhere.com', source_field: 'query', ...PENDING } },
        { index: { _index: 'odd', _id: '5' } },
        {
          key: '5',
          url: { domain: 'done.com' },
          dns: { question: { name: 'open.com' } },
          domain_stats: { name: 'done.com', domain: 'done.com', status: 'ok', first_contact: false },
          domain_stats_all: [{ name: 'done.com' }, { name: 'open.com', ...PENDING }],
        },
      ]);
      const { code, stderr } = await sweep(engine(), 'odd', temporaryFolder());
      expect([code, stderr]).toEqual([0, '']);
      const first = await engine().ask('GET', '/odd/_doc/1?routing=r');
      expect(first.body['_source']).toMatchObject({
        domain_stats: { ...decidedFacts, status: 'ok', registration: { status: 'found' } },
      });
      expect((first.body['_source'] as Answered)['domain_stats']).not.toHaveProperty('pending');
      const text = await (await fetch(`${engine().url}/odd/_doc/1?routing=r`)).text();
      expect(text).toContain('"big":9007199254740993,"one":1.0');
      const sourceOf = async (id: string) => (await engine().ask('GET', `/odd/_doc/${id}`)).body['_source'];
      expect(await sourceOf('2')).toMatchObject({
        domain_stats: { status: 'ok', first_contact: true, category: 'baby', registration: registered.registration },
      });
      const dotted = (await sourceOf('3')) as Answered;
      expect(dotted).toMatchObject({ domain_stats: { first_contact: true, domain: 'dotted.com', status: 'ok' } });
      expect(Object.keys(dotted).sort()).toEqual(['domain_stats', 'key', 'url']);
      expect(await sourceOf('4')).toMatchObject({ domain_stats: { domain: 'elsewhere.com', source_field: 'query' } });
      // A name of the document that is not its first one may be the one that waits.
      const { domain_stats: main, domain_stats_all: all } = (await sourceOf('5')) as Record<string, Answered[]>;
      expect(main).toMatchObject({ name: 'done.com', first_contact: false });
      expect(all).toHaveLength(2);
      expect(all).toContainEqual(expect.objectContaining({ name: 'open.com', status: 'ok', first_contact: true }));
    }, 60_000);

    it('passes over closed indices, names read-only ones with the remedy, and completes the rest', async () => {
      const document = { key: '1', url: { domain: 'shut.com' }, domain_stats: PENDING };
      for (const index of ['shut-closed', 'shut-blocked', 'shut-open']) {
        await bulk(engine(), [{ index: { _index: index, _id: '1' } }, document]);
      }
      await engine().ask('POST', '/shut-closed/_close');
      await engine().ask('PUT', '/shut-blocked/_settings', { 'index.blocks.write': true });
      await engine().ask('POST', '/_aliases', { actions: [{ add: { index: 'shut-open', alias: 'shut-alias' } }] });
      const { code, stderr } = await sweep(engine(), 'shut-*', temporaryFolder());
      expect(code).toBe(1);
      expect(stderr).toMatch(/shut-blocked: .*The index is read-only/);
      const { body } = await engine().ask('GET', '/shut-alias/_doc/1');
      expect(body['_source']).toMatchObject({ domain_stats: { status: 'ok' } });
    }, 60_000);

    it('runs inside the server, and stops with it', async () => {
      const args = ['--data', temporaryFolder(), '--elasticsearch-url', engine().url];
      const server = await startServer(
        [...args, '--sweep-index', 'served*', '--sweep-every', '100ms'],
        registry.environment,
      );
      await bulk(engine(), [
        { index: { _index: 'served', _id: '1' } },
        { url: { domain: 'served.com' }, domain_stats: PENDING },
      ]);
      let answer: Answered = {};
      for (let tries = 0; tries < 100 && answer['status'] !== 'ok'; tries++) {
        await pause(100);
        const { body } = await engine().ask('GET', '/served/_doc/1');
        answer = (body['_source'] as Answered)['domain_stats'] as Answered;
      }
      expect(answer).toMatchObject({ status: 'ok', first_contact: true, registration: { status: 'found' } });
      // Twice when the contact was decided before the registration was there.
      const counted = /^domain_stats_sweep_documents_total\{outcome="completed"\} [12]$/m;
      let metrics = '';
      for (let tries = 0; tries < 100 && !counted.test(metrics); tries++) {
        await pause(50);
        metrics = await (await fetch(`${server.origin}/metrics`)).text();
      }
      expect(metrics).toMatch(counted);
      expect(await server.stop()).toBe(0);
    }, 60_000);
  });
}
