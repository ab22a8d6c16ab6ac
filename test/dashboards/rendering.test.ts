import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithEngine } from '../elastic/engines/describe-with-engine.ts';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { chromium, looksOf, screenshot } from './chromium.ts';
import { draw, marksOf } from './draw.ts';
import { at, objects, type Json } from './linter/shape.ts';
import { pageOf, vegaSpec, type ShownPanel } from './page.ts';
import { queryOf, readObjects, type ImportedObject } from './queries.ts';

const FILES = ['domain-stats.kibana.ndjson', 'domain-stats.opensearch-dashboards.ndjson'] as const;
const objectsOf = (file: string) => readObjects(readFileSync(new URL(`../../kibana/${file}`, import.meta.url), 'utf8'));
const PICTURE = new URL('../../docs/images/baby-domains.png', import.meta.url);
const isVega = ({ type, attributes }: ImportedObject) =>
  type === 'visualization' && String(attributes['visState']).includes('"type":"vega"');

describeWithEngine('opensearch', 'what the dashboards draw', (engine) => {
  beforeAll(async () => {
    const { code } = await run(['demo', '--elasticsearch', engine().url]);
    expect(code).toBe(0);
  }, 120_000);

  async function shown(object: ImportedObject, all: readonly ImportedObject[]): Promise<Omit<ShownPanel, 'grid'>> {
    const { index, body, rows } = queryOf(object, all);
    const answer = (await engine().ask('POST', `/${index}/_search`, body)).body;
    if (!isVega(object)) return { object, rows: rows(answer), values: [] };
    const spec = JSON.parse(String(at(JSON.parse(String(object.attributes['visState'])), 'params', 'spec'))) as Json;
    const path = String(at(spec, 'data', 'format', 'property')).split('.');
    return { object, rows: [], values: objects(at(answer, ...path)) };
  }

  describe.each(FILES)('the Vega drawings of %s', (file) => {
    const all = objectsOf(file);
    it.each(all.filter(isVega).map((object) => [object.id, object] as const))('%s', async (_, object) => {
      const panel = { ...(await shown(object, all)), grid: { x: 0, y: 0, w: 24, h: 16 } };
      // The hosts give a drawing the size of its panel.
      const { svg, warnings } = await draw({ width: 600, height: 300, ...vegaSpec(panel) });
      expect(warnings).toEqual([]);
      // A cell for each band of a client; a dot for each domain that has a score (internationalised ones have none).
      const cells = panel.values.map((row) => objects(at(row, 'bands', 'buckets')).length);
      const dots = panel.values.filter((row) => typeof at(row, 'randomness', 'value') === 'number').length;
      const wanted = object.id.endsWith('by-age') ? cells.reduce((sum, count) => sum + count, 0) : dots;
      expect(wanted).toBeGreaterThan(10);
      expect(marksOf(svg)).toBe(wanted);
    });
  });

  const browser = chromium();
  const dashboards = objectsOf(FILES[0]).filter(({ type }) => type === 'dashboard');
  (browser === undefined ? it.skip : it).each(dashboards.map((dashboard) => [dashboard.id, dashboard] as const))(
    '%s in a browser',
    async (id, dashboard) => {
      const all = objectsOf(FILES[0]);
      const panels = JSON.parse(String(dashboard.attributes['panelsJSON'])) as {
        panelIndex: string;
        gridData: ShownPanel['grid'];
      }[];
      const boxes = await Promise.all(
        panels.map(async ({ panelIndex, gridData }) => {
          const name = `${panelIndex}:panel_${panelIndex}`;
          const reference = dashboard.references.find((each) => each.name === name)!;
          return {
            ...(await shown(
              all.find((object) => object.id === reference.id)!,
              all,
            )),
            grid: gridData,
          };
        }),
      );
      const html = await pageOf(`${String(dashboard.attributes['title'])} (demo data)`, boxes);
      const height = Math.max(...boxes.map(({ grid }) => grid.y + grid.h)) * 22 + 60;
      const png = screenshot(browser!, html, temporaryFolder(), [1456, height]);
      const looks = looksOf(png);
      expect([looks.width, looks.height]).toEqual([1456, height]);
      expect(looks.lines).toBeGreaterThan(height / 4);
      if (id === 'domain-stats-baby-domains' && process.env['GENERATE'] === 'true') {
        // Without the list of events at its end.
        mkdirSync(new URL('.', PICTURE), { recursive: true });
        writeFileSync(PICTURE, screenshot(browser!, html, temporaryFolder(), [1456, 1290]));
      }
    },
    90_000,
  );
});

it('a drawing that is wrong is told from one that is right', async () => {
  const right = {
    data: { values: [{ a: 1, b: 'x' }] },
    mark: 'bar',
    encoding: { x: { field: 'a' }, y: { field: 'b' } },
  };
  const { svg } = await draw(right);
  expect(marksOf(svg)).toBe(1);
  const empty = await draw({ ...right, data: { values: [] } });
  expect(marksOf(empty.svg)).toBe(0);
  await expect(draw({ ...right, transform: [{ calculate: 'datum.a +', as: 'c' }] })).rejects.toThrow();
  const odd = await draw({
    ...right,
    mark: { type: 'bar' },
    encoding: { ...right.encoding, sideways: { field: 'a' } },
  });
  expect(odd.warnings.length).toBeGreaterThan(0);
});
