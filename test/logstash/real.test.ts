import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from './config/event.ts';
import { startDriver, type Driver } from './driver.ts';
import { engines, inCi, runRuby } from './ruby.ts';
import { PROGRAM, startServer, type RunningServer } from './server.ts';

/** The plugin and the real program: what only a process of its own can show. */
const dns = (name: string, id: string, time = '10:00:00'): JsonObject => ({
  '@timestamp': `2026-11-22T${time}.000Z`,
  event: { id },
  dns: { question: { name } },
});

type Facts = Readonly<Record<string, unknown>>;
const factsOf = (events: readonly JsonObject[]): Facts[] => events.map((event) => event['domain_stats'] as Facts);
const firstsOf = (events: readonly JsonObject[]) => factsOf(events).map((facts) => facts['first_contact']);

/** Short enough to wait for, long enough for a busy machine. */
const DEADLINE_MS = 1500;

describe.each(engines())('the filter plugin on $name and the real server', (engine) => {
  if (engine.command === undefined && !inCi()) {
    test.skip('not installed: scripts/install-test-tools.sh', () => undefined);
    return;
  }
  let driver: Driver;
  let folder: string;
  let server: RunningServer | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'domain-stats-plugin-'));
    driver = startDriver(engine);
    const { code, output } = await runRuby(engine, 'make_certificates.rb', folder);
    expect([code, output]).toEqual([0, '']);
  }, 60_000);
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  afterAll(async () => {
    await driver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = (url: string, more: Facts = {}) => ({ url, deadline: '20s', ...more });
  const pass = async (given: Facts, events: readonly JsonObject[]) => {
    const begin = performance.now();
    const { batches, metrics } = await driver.run({ settings: given, batches: [events], keep: true });
    return { events: batches[0]!, metrics, tookMs: performance.now() - begin };
  };

  test('kill -9 and a new start: events pass meanwhile, and a batch sent again gets the same first contact', async () => {
    server = await startServer({ folder: join(folder, 'killed') });
    const given = settings(server.url, { breaker_after: 1, breaker_seconds: 0.3 });
    const batch = [dns('a.kept-parts.com', 'k1', '10:00:01'), dns('kept-parts.com', 'k2'), dns('kept-parts.com', 'k3')];
    const before = await pass(given, batch);
    expect(firstsOf(before.events)).toEqual([false, true, false]);

    const { port } = new URL(server.url);
    await server.kill();
    const down = await pass(given, [dns('kept-parts.com', 'k4')]);
    expect(factsOf(down.events)).toMatchObject([{ status: 'pending', pending: ['registration', 'contact'] }]);
    expect(down.events[0]!['tags']).toEqual(['_domain_stats_failure']);
    expect(down.metrics.breaker).toBe('open');

    server = await startServer({ folder: join(folder, 'killed'), flags: ['--port', port] });
    await new Promise((resolve) => setTimeout(resolve, 350));
    const after = await pass(given, batch);
    expect(after.metrics.breaker).toBe('closed');
    expect(firstsOf(after.events)).toEqual([false, true, false]);
  }, 60_000);

  test('a stopped process hangs no batch for longer than the deadline, and is found again', async () => {
    server = await startServer();
    const given = settings(server.url, {
      deadline: `${String(DEADLINE_MS)}ms`,
      breaker_after: 2,
      breaker_seconds: 0.3,
    });
    expect(firstsOf((await pass(given, [dns('hung-parts.com', 'h1')])).events)).toEqual([true]);
    server.signal('SIGSTOP');
    for (let i = 0; i < 6; i++) {
      const { events, tookMs } = await pass(given, [dns('hung-parts.com', `h${String(2 + i)}`)]);
      expect(factsOf(events)).toMatchObject([{ pending: ['registration', 'contact'] }]);
      expect(tookMs).toBeLessThan(DEADLINE_MS + 3000);
    }
    server.signal('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 350));
    const { events, metrics } = await pass(given, [dns('hung-parts.com', 'h9')]);
    expect([firstsOf(events), metrics.breaker]).toEqual([[false], 'closed']);
    expect(metrics['requests']).toBeLessThanOrEqual(8);
  }, 60_000);

  test('TLS: an authority of one’s own is trusted, another is not', async () => {
    const file = (name: string) => join(folder, name);
    server = await startServer({ flags: ['--tls-cert', file('server.pem'), '--tls-key', file('server.key')] });
    const trust = (name: string) => settings(server!.url, { ssl_certificate_authorities: [file(name)] });
    expect(firstsOf((await pass(trust('authority.pem'), [dns('tls-parts.com', 't1')])).events)).toEqual([true]);
    expect(factsOf((await pass(trust('other.pem'), [dns('tls-parts.com', 't2')])).events)).toMatchObject([
      { status: 'pending' },
    ]);
  }, 60_000);

  test('a token lets in, none does not', async () => {
    const authFile = join(folder, 'credentials');
    const auth = [PROGRAM, 'auth', 'token', 'logstash', '--auth-file', authFile];
    const token = execFileSync(process.execPath, auth, { encoding: 'utf8' }).trim();
    server = await startServer({ flags: ['--auth-file', authFile] });
    expect(firstsOf((await pass(settings(server.url, { token }), [dns('auth-parts.com', 'a1')])).events)).toEqual([
      true,
    ]);
    const refused = await pass(settings(server.url), [dns('auth-parts.com', 'a2')]);
    expect(factsOf(refused.events)).toMatchObject([{ status: 'pending' }]);
  }, 60_000);

  test('8 workers at once: one first contact a domain', async () => {
    server = await startServer();
    const batches = Array.from({ length: 80 }, (_, batch) =>
      Array.from({ length: 50 }, (_, i) =>
        dns(`h${String(i)}.crowd-parts-${String((batch * 7 + i) % 40)}.com`, `w${String(batch)}-${String(i)}`),
      ),
    );
    const given = settings(server.url, { deadline: '20s' });
    const { batches: out, warnings } = await driver.run({ settings: given, batches, threads: 8 });
    const firsts = firstsOf(out.flat());
    expect(warnings).toEqual([]);
    expect(firsts.filter((first) => first === true)).toHaveLength(40);
    expect(firsts.filter((first) => first === false)).toHaveLength(80 * 50 - 40);
  }, 120_000);
});
