import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { run, startServer, type RunningServer } from '../../processes/program.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';
import type { Answered, EngineNode } from '../engines/node.ts';
import { startRegistry } from '../registry.ts';

let registry: Awaited<ReturnType<typeof startRegistry>>;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const serve = (engine: EngineNode, prefix: string, data = temporaryFolder()): Promise<RunningServer> =>
  startServer(
    ['--data', data, '--elasticsearch-url', engine.url, '--share-facts', '--prefix', prefix],
    registry.environment,
  );

async function answer({ origin }: RunningServer, name: string, query = ''): Promise<Answered> {
  return (await (await fetch(`${origin}/v1/domains/${name}?${query}`)).json()) as Answered;
}

/** A document of the facts index as soon as it is there and `isThere`. */
async function factsOf(
  engine: EngineNode,
  prefix: string,
  key: string,
  isThere: (source: Answered) => boolean = () => true,
): Promise<Answered> {
  for (let tries = 0; tries < 200; tries++) {
    const { status, body } = await engine.ask('GET', `/${prefix}-facts/_doc/${key}`);
    if (status === 200 && isThere(body['_source'] as Answered)) return body['_source'] as Answered;
    await pause(50);
  }
  throw new Error(`${key} did not come into the facts index`);
}

const setUp = async (engine: EngineNode, prefix: string) => {
  const { code, stderr } = await run(['setup', '--elasticsearch-url', engine.url, '--prefix', prefix]);
  expect([code, stderr]).toEqual([0, '']);
};

for (const name of ['opensearch', 'elasticsearch'] as const) {
  describeWithEngine(name, 'shared facts', (engine) => {
    it('come into the index under our key and the engine’s, and spare other instances the look-up', async () => {
      await setUp(engine(), 'fleet');
      const first = await serve(engine(), 'fleet');
      await answer(first, 'www.fleet-one.com', 'at=2026-03-01T00:00:00Z');
      await answer(first, 'tenant.github.io', 'at=2026-03-02T00:00:00Z');
      const one = await factsOf(engine(), 'fleet', 'fleet-one.com');
      const registration = { domain: 'fleet-one.com', status: 'found', source: 'rdap' };
      expect(one).toMatchObject({
        domain: 'fleet-one.com',
        first_seen: '2026-03-01T00:00:00.000Z',
        facts: { domain: 'fleet-one.com', public_suffix: 'com', suffix: { tld: 'com' }, registration },
      });
      const tenant = await factsOf(engine(), 'fleet', 'tenant.github.io');
      expect(tenant['facts']).toMatchObject({
        domain: 'tenant.github.io',
        first_seen: '2026-03-02T00:00:00.000Z',
        category: 'hosted',
        registration: { domain: 'github.io', status: 'found' },
      });
      // An engine whose split ends at the owner learns nothing from it that could be taken for the tenant's.
      const owner = await factsOf(engine(), 'fleet', 'github.io');
      expect(Object.keys(owner['facts'] as object).sort()).toEqual(['category', 'registration']);
      expect(await first.stop()).toBe(0);

      const before = registry.asked.length;
      const second = await serve(engine(), 'fleet');
      const known = await answer(second, 'cdn.fleet-one.com', 'wait=2s&at=2026-01-01T00:00:00Z');
      expect(known).toMatchObject({ status: 'ok', first_contact: true });
      expect(known['registration']).toMatchObject((one['facts'] as Answered)['registration'] as Answered);
      expect(registry.asked.slice(before)).toEqual([]);
      // Seen earlier here: the earlier time is what counts for all.
      await factsOf(engine(), 'fleet', 'fleet-one.com', (facts) => facts['first_seen'] === '2026-01-01T00:00:00.000Z');
      expect(await second.stop()).toBe(0);
    }, 60_000);

    it('wait while the engine is away, and are not lost when it comes back; requests do not wait', async () => {
      await setUp(engine(), 'away');
      const data = temporaryFolder();
      const server = await serve(engine(), 'away', data);
      await engine().halt();
      expect(await answer(server, 'while-away.com', 'wait=2s')).toMatchObject({ registration: { status: 'found' } });
      let metrics = '';
      for (let tries = 0; tries < 100 && !metrics.includes('facts_waiting 1\n'); tries++) {
        metrics = await (await fetch(`${server.origin}/metrics`)).text();
        await pause(50);
      }
      expect(metrics).toMatch(/facts_waiting 1\n/);
      expect(metrics).toMatch(/facts_stale_seconds \d*\.?\d+\n/);
      await engine().restart();
      await factsOf(engine(), 'away', 'while-away.com');
      expect(await server.stop()).toBe(0);
      expect(JSON.parse(readFileSync(join(data, 'facts.json'), 'utf8'))).toMatchObject({ waiting: 0, dropped: 0 });
      const status = await run(['status', '--data', data, '--json']);
      expect(JSON.parse(status.stdout)).toMatchObject({ facts: { waiting: 0, dropped: 0 } });
    }, 120_000);

    it('are brought at once by `facts`, which changes nothing a second time', async () => {
      await setUp(engine(), 'filled');
      const data = temporaryFolder();
      const input =
        '{"domain":"filled-1.com","created":"2001-02-03"}\n{"domain":"filled-2.com","status":"not_found"}\n';
      expect((await run(['import', 'registrations', '-', '--data', data], { input })).code).toBe(0);
      const fill = async () => {
        const args = ['facts', '--data', data, '--elasticsearch-url', engine().url, '--prefix', 'filled'];
        const { code, stdout, stderr } = await run(args);
        return { code, stdout, stderr };
      };
      const isBare = name === 'elasticsearch';
      const filled = await fill();
      // A bare Elasticsearch cannot execute a policy; the facts are there all the same.
      if (!isBare) expect(filled).toEqual({ code: 0, stdout: '2 written, 0 refused\n', stderr: '' });
      expect(await factsOf(engine(), 'filled', 'filled-1.com')).toMatchObject({ created: '2001-02-03T00:00:00.000Z' });
      expect(await fill()).toEqual({ code: 0, stdout: '0 written, 0 refused\n', stderr: '' });
    }, 60_000);

    it('are refused where setup has not run, with what to do', async () => {
      const data = temporaryFolder();
      await run(['import', 'registrations', '-', '--data', data], {
        input: '{"domain":"a.com","status":"not_found"}\n',
      });
      const { code, stderr } = await run([
        ...['facts', '--data', data, '--elasticsearch-url', engine().url, '--prefix', 'nowhere'],
      ]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/nowhere-facts cannot be read: no such index.*domain-stats setup/);
      expect((await engine().ask('GET', '/nowhere-facts')).status).toBe(404);
    }, 60_000);
  });
}
