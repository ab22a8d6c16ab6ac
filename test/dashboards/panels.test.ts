import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { kqlOf } from '../../src/dashboards/conditions.ts';
import { panelsOf, type Panel } from '../../src/dashboards/panel.ts';
import { DASHBOARDS } from '../../src/dashboards/panels/index.ts';
import { describeWithEngine } from '../elastic/engines/describe-with-engine.ts';
import { run } from '../processes/program.ts';
import { at } from './linter/shape.ts';
import { queryOf, readObjects, type ImportedObject, type Row } from './queries.ts';

const FILES = ['domain-stats.kibana.ndjson', 'domain-stats.opensearch-dashboards.ndjson'] as const;
const objectsOf = (file: string) => readObjects(readFileSync(new URL(`../../kibana/${file}`, import.meta.url), 'utf8'));
const isPanel = ({ type }: ImportedObject) => type === 'lens' || type === 'visualization' || type === 'search';

/** Groups that each panel of each file got. */
const groups = new Map<string, Map<string, number>>();
const DOCUMENT = new URL('../../docs/dashboards.md', import.meta.url);

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
      groups.set(id, new Map([...(groups.get(id) ?? []), [file, rows.length]]));
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

  it('the demo fills its indices anew, removes them, and leaves others of their names alone', async () => {
    const url = engine().url;
    const demo = (...args: readonly string[]) => run(['demo', '--elasticsearch', url, ...args]);
    const exists = async (index: string) => (await engine().ask('GET', `/${index}/_count`)).status === 200;
    const before = await engine().ask('GET', '/logstash-domain-stats-demo/_count');
    await demo();
    const after = await engine().ask('GET', '/logstash-domain-stats-demo/_count');
    // The same week, but for what lies between the two moments.
    expect(Math.abs(Number(after.body['count']) - Number(before.body['count']))).toBeLessThan(200);
    await engine().ask('PUT', '/logstash-mine-demo/_doc/1?refresh=true', { kept: true });
    const refused = await demo('--prefix', 'mine');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('that the demo has not made') });
    expect(await demo('--prefix', 'mine', '--remove')).toMatchObject({ code: 1 });
    expect(await exists('logstash-mine-demo')).toBe(true);
    expect(await demo('--remove')).toMatchObject({ code: 0 });
    expect([await exists('logstash-domain-stats-demo'), await exists('domain-stats-demo-facts')]).toEqual([
      false,
      false,
    ]);
  }, 60_000);

  it('every panel of the list is in a file, and with GENERATE=true docs/dashboards.md gets the table', () => {
    const panels = DASHBOARDS.flatMap((dashboard) => [
      ...new Set([...panelsOf(dashboard, 'kibana'), ...panelsOf(dashboard, 'legacy')]),
    ]);
    expect([...groups.keys()].sort()).toEqual(panels.map(({ id }) => `domain-stats-${id}`).sort());
    if (process.env['GENERATE'] !== 'true') return;
    const rows = panels.map((panel) => {
      const [kibana = '–', legacy = '–'] = FILES.map((file) => groups.get(`domain-stats-${panel.id}`)?.get(file));
      return `| ${panel.title} | ${asked(panel)} | ${kibana} | ${legacy} |`;
    });
    const table = ['| panel | asks for | Kibana | OpenSearch Dashboards |', '| --- | --- | --- | --- |', ...rows];
    const [before = '', after = ''] = readFileSync(DOCUMENT, 'utf8').split(
      /(?<=<!-- panels -->\n)[^]*(?=<!-- \/panels -->)/,
    );
    writeFileSync(DOCUMENT, `${before}\n${table.join('\n')}\n\n${after}`);
  });
});

/** What a panel searches for, in short. */
function asked(panel: Panel): string {
  if (panel.view === 'vega') return 'aggregations of its own, drawn by Vega';
  const by =
    panel.view === 'events'
      ? []
      : panel.buckets.map((bucket) => (bucket.kind === 'terms' ? bucket.field.name : bucket.label));
  const where = kqlOf(panel.where).replaceAll('domain_stats.', '').replaceAll('|', '\\|');
  const source = panel.view !== 'events' && panel.source === 'facts' ? 'facts' : '';
  const parts = [
    source,
    where === '' ? '' : `\`${where}\``,
    by.length === 0 ? '' : `by ${by.join(', ').replaceAll('domain_stats.', '')}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
