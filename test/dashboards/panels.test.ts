import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithEngine } from '../elastic/engines/describe-with-engine.ts';
import { run } from '../processes/program.ts';
import { at } from './linter/shape.ts';
import { queryOf, readObjects, type ImportedObject, type Row } from './queries.ts';

const FILES = ['domain-stats.kibana.ndjson', 'domain-stats.opensearch-dashboards.ndjson'] as const;
const objectsOf = (file: string) => readObjects(readFileSync(new URL(`../../kibana/${file}`, import.meta.url), 'utf8'));
const isPanel = ({ type }: ImportedObject) => type === 'lens' || type === 'visualization' || type === 'search';

/** Groups of each panel, as docs/dashboards.md has them. */
const table: string[] = [];

describeWithEngine('opensearch', 'the panels on the demo', (engine) => {
  beforeAll(async () => {
    const { code, stderr } = await run(['demo', '--elasticsearch', engine().url]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^\d+ events in logstash-domain-stats-demo, \d+ domains/),
    ]);
  }, 120_000);

  const search = async (panel: ImportedObject, all: readonly ImportedObject[]): Promise<Row[]> => {
    const { index, body, rows } = queryOf(panel, all);
    const { status, body: answer } = await engine().ask('POST', `/${index}/_search`, body);
    expect([panel.id, status, status === 200 ? at(answer, '_shards', 'failed') : answer]).toEqual([panel.id, 200, 0]);
    return rows(answer);
  };

  describe.each(FILES)('%s', (file) => {
    const all = objectsOf(file);
    it.each(all.filter(isPanel).map((panel) => [panel.id, panel] as const))('%s has a value', async (id, panel) => {
      const rows = await search(panel, all);
      expect(rows.length).toBeGreaterThan(0);
      // Every figure is there for at least one group.
      const width = rows[0]!.length;
      for (let column = 0; column < width; column++) {
        const some = rows.some((row) => row[column] !== null && row[column] !== 0);
        expect([id, panel.type === 'search' || some, column]).toEqual([id, true, column]);
      }
      table.push(`${file} ${id} ${String(rows.length)}`);
    });
  });

  it('both files show the same figures', async () => {
    const [kibana, legacy] = FILES.map(objectsOf);
    const shared = kibana!.filter((panel) => panel.type === 'lens');
    for (const panel of shared) {
      const twin = legacy!.find(({ id }) => id === panel.id)!;
      expect([panel.id, await search(twin, legacy!)]).toEqual([panel.id, await search(panel, kibana!)]);
    }
  }, 60_000);

  it('show what the demo has in it', async () => {
    const all = objectsOf(FILES[0]);
    const rowsOf = (id: string) =>
      search(
        all.find((object) => object.id === `domain-stats-${id}`)!,
        all,
      );
    const events = (await run(['demo'])).stdout
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { source: { ip: string }; domain_stats: { domain?: string; category?: string } },
      );
    const baby = events.filter(({ domain_stats }) => domain_stats.category === 'baby');
    expect(await rowsOf('baby-count')).toEqual([[new Set(baby.map((event) => event.domain_stats.domain)).size]]);
    expect(await rowsOf('baby-clients')).toEqual([[new Set(baby.map(({ source }) => source.ip)).size]]);
    const lookalikes = (await rowsOf('lookalikes')).map(([domain, of]) => `${String(domain)} ${String(of)}`);
    expect(lookalikes).toContain('w00dgrovebank.com woodgrovebank.com');
    expect((await rowsOf('reregistered')).map(([domain]) => domain)).toContain('harborsupply.net');
    const [delivery, tunnel] = await rowsOf('subdomains');
    expect([delivery, tunnel].map((row) => row![0])).toEqual(['northdelivery.net', 'sync-relay.net']);
    // A tunnel has one client, a delivery network many.
    expect([Number(delivery![2]) > 10, tunnel![2]]).toEqual([true, 1]);
  }, 60_000);

  it('prints the table', () => {
    if (process.argv.includes('--generate')) process.stdout.write(table.join('\n') + '\n');
    expect(table.length).toBeGreaterThan(60);
  });
});
