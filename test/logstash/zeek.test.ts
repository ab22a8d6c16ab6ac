import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { conformanceText, describeWithConformance } from '../conformance/files.ts';
import type { JsonObject } from './config/event.ts';
import { startDriver } from './driver.ts';
import { engines, inCi } from './ruby.ts';
import { OFFLINE, startServer } from './server.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));
const EVENTS = 10_000;
const BATCH = 125;
const WORKERS = 4;

type Facts = Readonly<Record<string, unknown>>;

/** What `domain-stats enrich --zeek` says of the same rows. */
async function enrich(lines: readonly string[]): Promise<(Facts | undefined)[]> {
  const data = mkdtempSync(join(tmpdir(), 'domain-stats-'));
  const child = spawn(process.execPath, [PROGRAM, 'enrich', '--zeek', '--data', data], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: OFFLINE,
  });
  child.stdin.end(lines.join('\n') + '\n');
  const output = await text(child.stdout);
  rmSync(data, { recursive: true, force: true });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { domain_stats?: Facts }).domain_stats);
}

/** Depends on which of several events was decided first, or on how many had been seen by then. */
const BY_ORDER = ['first_contact', 'first_seen', 'last_seen', 'days_since_first_seen', 'risk', 'risk_reasons'];

function comparable(facts: Facts | undefined): Facts | undefined {
  if (facts === undefined) return undefined;
  const alerts = ((facts['alerts'] ?? []) as string[]).filter((alert) => alert !== 'FIRST-CONTACT');
  const rest = Object.entries(facts).filter(([key]) => !BY_ORDER.includes(key) && !key.startsWith('alert'));
  return { ...Object.fromEntries(rest), alerts };
}

const zeekEvent = (row: JsonObject): JsonObject => ({
  ...row,
  '@timestamp': row['ts']!,
  source: { ip: row['id.orig_h']! },
});

describeWithConformance('10,000 events of a real Zeek log', () => {
  const lines = conformanceText('logs/zeek-dns.ndjson.gz').split('\n').slice(0, EVENTS);
  const events = lines.map((line) => zeekEvent(JSON.parse(line) as JsonObject));
  const batches = Array.from({ length: EVENTS / BATCH }, (_, i) => events.slice(i * BATCH, (i + 1) * BATCH));
  const uniqueNames = batches.reduce((sum, batch) => sum + new Set(batch.map((event) => event['query'])).size, 0);
  let enriched: ReturnType<typeof enrich> | undefined;

  describe.each(engines())('through the filter plugin on $name', (engine) => {
    const run = engine.command !== undefined || inCi() ? test : test.skip;

    run(
      'one request a batch, the facts of enrich, one first contact a domain',
      async () => {
        const wanted = await (enriched ??= enrich(lines));
        const server = await startServer();
        const driver = startDriver(engine);
        const settings = { url: server.url, source: ['query'], deadline: '30s' };
        const begin = performance.now();
        const { batches: out, metrics, warnings } = await driver.run({ settings, batches, threads: WORKERS });
        const took = performance.now() - begin;
        await driver.stop();
        await server.stop();

        const answers = out.flat().map((event) => event['domain_stats'] as Facts | undefined);
        expect(answers).toHaveLength(EVENTS);
        expect(answers.map(comparable)).toEqual(wanted.map(comparable));

        const firsts = new Map<unknown, number>();
        for (const facts of answers) {
          if (facts?.['domain'] === undefined) continue;
          expect(typeof facts['first_contact']).toBe('boolean');
          const count = firsts.get(facts['domain']) ?? 0;
          firsts.set(facts['domain'], count + (facts['first_contact'] === true ? 1 : 0));
        }
        expect([...firsts].filter(([, count]) => count !== 1)).toEqual([]);
        expect(firsts.size).toBeGreaterThan(100);

        console.log(
          `${engine.name}: ${String(EVENTS)} events in ${String(batches.length)} batches: ` +
            `${String(metrics['requests'])} requests with ${String(metrics['items'])} items ` +
            `(${String(uniqueNames)} distinct names over the batches), ${String(firsts.size)} domains, ` +
            `${(took / 1000).toFixed(1)} s with ${String(WORKERS)} workers`,
        );
        expect(warnings).toEqual([]);
        // Few batches need the second, smaller request.
        expect(metrics['requests']).toBeGreaterThanOrEqual(batches.length);
        expect(metrics['requests']).toBeLessThanOrEqual(batches.length * 1.5);
        expect(metrics['items']).toBeLessThanOrEqual(uniqueNames * 1.1);
      },
      180_000,
    );
  });
});
