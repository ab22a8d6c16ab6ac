import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { conformanceRows, describeWithConformance } from '../../conformance/files.ts';
import { run } from '../../processes/program.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { comparable, documentsOf, firstContacts } from '../answers.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';
import type { Answered } from '../engines/node.ts';
import { manyEvents } from '../events.ts';
import { startRegistry } from '../registry.ts';
import { launchProxy, shipAll, type RunningProxy } from './running-proxy.ts';

/** 50,000 show the same, and take longer. */
const COUNT = Number(process.env['DOMAIN_STATS_EVENTS'] ?? 2000);
const WITHIN_MS = 120_000 + COUNT * 20;
const BATCH = COUNT / 20;

const answerOf = (document: Answered) => document['domain_stats'] as Answered | undefined;
/** The same, but for which event was decided first. */
function expectSameFacts(answer: Answered | undefined, wanted: Answered | undefined): void {
  expect(answer === undefined).toBe(wanted === undefined);
  if (answer !== undefined && wanted !== undefined) {
    expect(comparable(answer, wanted)).toEqual(comparable(wanted, answer));
  }
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A way to the engine on which everything can be held up: who is asked then hangs, without a word. */
async function startWay(engine: string) {
  const { hostname, port } = new URL(engine);
  const ends: Socket[] = [];
  let isHeld = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      ends.push(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.on('data', (bytes) => to.write(bytes));
      if (isHeld) from.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    ends.forEach((end) => end.destroy());
  });
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    hold(held: boolean) {
      isHeld = held;
      ends.forEach((end) => (held ? end.pause() : end.resume()));
    },
  };
}

describeWithEngine('opensearch', 'the bulk proxy and the sweep', (engine) => {
  beforeAll(async () => {
    const { code, stderr } = await run(['setup', '--elasticsearch-url', engine().url]);
    expect([code, stderr]).toEqual([0, '']);
    await engine().ask('PUT', '/_index_template/shipped', {
      index_patterns: ['shipped-*'],
      composed_of: ['domain-stats'],
      template: { mappings: { dynamic: false, properties: { key: { type: 'keyword' } } } },
    });
  }, 60_000);

  it(
    'bring the facts of enrich together, when enrichment is late and killed in the middle',
    async () => {
      const registry = await startRegistry();
      closers.push(() => registry.stop());
      const way = await startWay(engine().url);
      const environment = { ...registry.environment, DOMAIN_STATS_CONTACTS: `opensearch://${way.host}` };
      const data = temporaryFolder();
      const args = ['--bulk-deadline', '1s', '--contacts-wait', '30s'];
      let proxy: RunningProxy = await launchProxy(engine().url, data, { args, environment });
      closers.push(() => proxy.stop());
      const port = Number(new URL(proxy.url).port);

      const events = manyEvents(COUNT);
      const shipping = shipAll(() => proxy, events, 'shipped-late', BATCH);
      await shipping.reached(COUNT / 4);
      way.hold(true);
      await shipping.reached(COUNT / 2);
      await proxy.stop('SIGKILL');
      proxy = await launchProxy(engine().url, data, { port, args, environment });
      await shipping.reached((COUNT * 3) / 4);
      way.hold(false);
      await shipping.all;

      const shipped = await documentsOf(engine(), 'shipped-late');
      expect(shipped.size).toBe(COUNT);
      const answers = [...shipped.values()].map(answerOf).filter((answer) => answer !== undefined);
      const undecided = answers.filter(({ pending }) => Array.isArray(pending) && pending.includes('contact'));
      // Both ways: with their facts, and marked as late.
      expect(answers.length - undecided.length).toBeGreaterThan(0);
      expect(undecided.filter(({ domain }) => domain === undefined).length).toBeGreaterThan(COUNT / 10);

      const engineUrl = ['--elasticsearch-url', engine().url];
      const wait = `${String(WITHIN_MS)}ms`;
      const sweep = await run(['sweep', ...engineUrl, '--data', data, '--index', 'shipped-late', '--wait', wait], {
        environment,
      });
      expect([sweep.code, sweep.stderr]).toEqual([0, '']);

      const found = await documentsOf(engine(), 'shipped-late');
      expect(found.size).toBe(COUNT);
      const enriched = await run(['enrich', '--data', temporaryFolder(), '--wait', '60s'], {
        input: events.map((event) => JSON.stringify(event)).join('\n'),
        environment: registry.environment,
      });
      for (const line of enriched.stdout.trim().split('\n')) {
        const { domain_stats: wanted, ...event } = JSON.parse(line) as Answered;
        const { domain_stats: answer, ...left } = found.get(event['key'] as string)!;
        expect(left).toEqual(event);
        expectSameFacts(answer as Answered | undefined, wanted as Answered | undefined);
        if (answer !== undefined) expect(answer).not.toHaveProperty('pending');
      }
      const firsts = firstContacts([...found.values()].map(answerOf));
      expect([...firsts].filter(([, times]) => times !== 1)).toEqual([]);
      expect(firsts.size).toBeGreaterThan(COUNT / 4);
    },
    WITHIN_MS,
  );

  describeWithConformance('real Zeek logs', () => {
    it.each(['dns', 'ssl'])(
      '%s: the rows, sent as bulk documents, get the facts of enrich',
      async (kind) => {
        const rows = conformanceRows<Answered>(`logs/zeek-${kind}.ndjson.gz`)
          .slice(0, COUNT)
          .map((row, i) => ({ key: String(i).padStart(6, '0'), '@timestamp': row['ts'], ...row }));
        const index = `shipped-zeek-${kind}`;
        const environment = { DOMAIN_STATS_FIELDS: 'query,server_name,host', DOMAIN_STATS_BULK_DEADLINE: '1m' };
        const proxy = await launchProxy(engine().url, temporaryFolder(), { environment });
        closers.push(() => proxy.stop());
        await shipAll(() => proxy, rows, index, BATCH).all;
        const { stdout, code, stderr } = await run(['enrich', '--zeek', '--data', temporaryFolder()], {
          input: rows.map((row) => JSON.stringify(row)).join('\n'),
        });
        expect([code, stderr]).toEqual([0, '']);
        const lines = stdout.trim().split('\n');
        const found = await documentsOf(engine(), index);
        expect([found.size, lines.length]).toEqual([rows.length, rows.length]);
        for (const line of lines) {
          const { domain_stats: wanted, ...row } = JSON.parse(line) as Answered;
          const { domain_stats: answer, ...left } = found.get(row['key'] as string)!;
          expect(left).toEqual(row);
          expectSameFacts(answer as Answered | undefined, wanted as Answered | undefined);
        }
        const firsts = firstContacts([...found.values()].map(answerOf));
        expect(firsts.size).toBeGreaterThan(30);
        expect([...firsts].filter(([, times]) => times !== 1)).toEqual([]);
      },
      WITHIN_MS,
    );
  });
});
