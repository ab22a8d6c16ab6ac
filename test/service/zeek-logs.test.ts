import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { conformancePath, conformanceRows, describeWithConformance } from '../conformance/files.ts';
import { openApp } from '../http/app-under-test.ts';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

type Row = Record<string, unknown> & { readonly domain_stats?: Record<string, unknown> };

const BATCH = 500;
const CLOCK_FACTS = new Set(['last_seen']);

/** Without what the order of requests or the server's clock decides. */
const comparable = (rows: readonly Row[]) =>
  rows.map(({ domain_stats: stats, ...row }) => ({
    ...row,
    domain_stats: stats && Object.fromEntries(Object.entries(stats).filter(([key]) => !CLOCK_FACTS.has(key))),
  }));

describeWithConformance('the real Zeek logs', () => {
  it.each(['dns', 'ssl'])(
    '%s: the same facts through /v1/events and through enrich',
    async (kind) => {
      const file = conformancePath(`logs/zeek-${kind}.ndjson.gz`);
      const events = conformanceRows<Row>(`logs/zeek-${kind}.ndjson.gz`);
      const { stdout, code, stderr } = await run(['enrich', '--zeek', '--data', temporaryFolder(), file]);
      expect([code, stderr]).toEqual([0, '']);
      const enriched = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
      expect(enriched).toHaveLength(events.length);

      const { post } = await openApp({}, { clock: Date.now });
      const answered: Row[] = [];
      for (let start = 0; start < events.length; start += BATCH) {
        answered.push(...((await post('/v1/events?format=zeek', events.slice(start, start + BATCH))).list as Row[]));
      }
      expect(comparable(answered)).toEqual(comparable(enriched));

      const first = answered.filter(({ domain_stats: stats }) => stats?.['first_contact'] === true);
      const domains = new Set(answered.flatMap(({ domain_stats: stats }) => stats?.['domain'] ?? []));
      expect(new Set(first.map(({ domain_stats: stats }) => stats?.['domain']))).toEqual(domains);
      const statuses = new Set(answered.map(({ domain_stats: stats }) => stats?.['status']));
      expect([...statuses]).toEqual(expect.arrayContaining(['pending']));
    },
    60_000,
  );

  it('come through with everything else to the letter', async () => {
    const input = join(temporaryFolder(), 'dns.ndjson');
    const lines = conformanceRows<Row>('logs/zeek-dns.ndjson.gz').slice(0, 500);
    writeFileSync(input, lines.map((line) => JSON.stringify(line)).join('\n'));
    const { stdout } = await run(['enrich', '--zeek', '--data', temporaryFolder(), input]);
    stdout
      .trimEnd()
      .split('\n')
      .forEach((line, i) => expect(line.startsWith(JSON.stringify(lines[i]).slice(0, -1))).toBe(true));
  });
});
