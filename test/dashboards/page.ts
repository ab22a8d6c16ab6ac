import { draw } from './draw.ts';
import { at, type Json } from './linter/shape.ts';
import type { ImportedObject, Row } from './queries.ts';

/** A panel with what its search gave. */
export interface ShownPanel {
  readonly object: ImportedObject;
  readonly grid: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly rows: readonly Row[];
  /** Raw rows of a Vega drawing. */
  readonly values: readonly Json[];
}

const COLUMN = 30;
const ROW = 22;
/** Title and padding of a panel. */
const [SIDES, TOP] = [24, 44];
const BANDS = [
  '#c0392b',
  '#e67e22',
  '#f1c40f',
  '#7fb3d5',
  '#5d8aa8',
  '#bdc3c7',
  '#95a5a6',
  '#7f8c8d',
  '#d7bde2',
  '#a9cce3',
];

/**
 * A dashboard as a page of our own. It shows titles, places and figures of the import file on real responses; the looks
 * are ours, not those of Kibana.
 */
export async function pageOf(title: string, panels: readonly ShownPanel[]): Promise<string> {
  const boxes = await Promise.all(panels.map(boxOf));
  const height = Math.max(...panels.map(({ grid }) => grid.y + grid.h)) * ROW;
  return `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>
body{margin:0;padding:8px;background:#f0f2f5;font:13px "DejaVu Sans",sans-serif;color:#2c3e50;width:${48 * COLUMN}px}
h1{font-size:18px;margin:4px 4px 8px}main{position:relative;height:${height}px}
section{position:absolute;box-sizing:border-box;padding:4px}
section>div{background:#fff;border:1px solid #d5dbe1;border-radius:4px;height:100%;overflow:hidden;padding:6px 10px;box-sizing:border-box}
h2{font-size:12px;margin:0 0 6px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
p{margin:0;font-size:44px;font-weight:bold;text-align:center;padding-top:12px}p small{display:block;font-size:12px;font-weight:normal}
table{border-collapse:collapse;width:100%;font-size:11px}th{text-align:left;color:#6b7a89}td,th{padding:2px 6px;border-bottom:1px solid #eceff2;white-space:nowrap;max-width:190px;overflow:hidden;text-overflow:ellipsis}
</style><h1>${escaped(title)}</h1><main>${boxes.join('')}</main>`;
}

async function boxOf(panel: ShownPanel): Promise<string> {
  const { x, y, w, h } = panel.grid;
  const place = `left:${x * COLUMN}px;top:${y * ROW}px;width:${w * COLUMN}px;height:${h * ROW}px`;
  const { title } = panel.object.attributes;
  return `<section style="${place}"><div><h2>${escaped(String(title))}</h2>${await contentOf(panel)}</div></section>`;
}

function contentOf(panel: ShownPanel): Promise<string> | string {
  const { object, rows, grid } = panel;
  const size = { width: grid.w * COLUMN - SIDES - 30, height: grid.h * ROW - TOP - 16 };
  if (object.type === 'visualization') return drawn(vegaSpec(panel), size);
  if (object.type === 'search') return tableOf(object.attributes['columns'] as string[], rows);
  const labels = labelsOf(object);
  const values = rows.map((row) => Object.fromEntries(row.map((value, i) => [`c${i}`, value])));
  switch (object.attributes['visualizationType']) {
    case 'lnsMetric':
      return `<p>${String(rows[0]?.[0] ?? 0)}<small>${escaped(labels[0] ?? '')}</small></p>`;
    case 'lnsDatatable':
      return tableOf(labels, rows);
    case 'lnsPie':
      return drawn(
        {
          data: { values },
          mark: { type: 'arc', innerRadius: Math.min(size.width - 90, size.height) / 4 },
          encoding: {
            theta: { field: 'c1', type: 'quantitative' },
            color: { field: 'c0', type: 'nominal', title: labels[0], sort: null },
            order: { field: 'c1', sort: 'descending' },
          },
        },
        size,
      );
    default:
      return drawn(barSpec(values, labels, filterLabels(object)), size);
  }
}

function barSpec(values: readonly Json[], labels: readonly string[], order: readonly string[]): Json {
  const isOverTime = labels.length === 3;
  const y = { field: isOverTime ? 'c2' : 'c1', type: 'quantitative', title: labels.at(-1) };
  if (!isOverTime) {
    const sort = order.length > 0 ? order : null;
    return {
      data: { values },
      mark: 'bar',
      encoding: { x: { field: 'c0', type: 'nominal', sort, title: labels[0] }, y },
    };
  }
  return {
    data: { values },
    mark: { type: 'bar', width: 8 },
    encoding: {
      x: { field: 'c0', type: 'temporal', title: null },
      y,
      color: {
        field: 'c1',
        type: 'nominal',
        title: labels[1],
        ...(order.length > 0 ? { sort: order, scale: { domain: order, range: BANDS.slice(0, order.length) } } : {}),
      },
    },
  };
}

/** The specification of a drawing with its values in the place of the search. */
export function vegaSpec({ object, values }: ShownPanel): Json {
  const state = JSON.parse(String(object.attributes['visState'])) as Json;
  const spec = JSON.parse(String(at(state, 'params', 'spec'))) as Json;
  return { ...spec, data: { values } };
}

async function drawn(spec: Json, size: { readonly width: number; readonly height: number }): Promise<string> {
  const { svg } = await draw({
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    ...size,
    autosize: { type: 'fit', contains: 'padding' },
    ...spec,
  });
  return svg;
}

/** Labels of the columns in their order. */
function labelsOf(object: ImportedObject): string[] {
  const layer = at(object.attributes, 'state', 'datasourceStates', 'formBased', 'layers', 'main');
  const columns = at(layer, 'columns') as Readonly<Record<string, Json>>;
  return (at(layer, 'columnOrder') as string[]).map((id) => String(columns[id]!['label']));
}

/** Groups that are named one by one keep their order. */
function filterLabels(object: ImportedObject): string[] {
  const columns = at(object.attributes, 'state', 'datasourceStates', 'formBased', 'layers', 'main', 'columns');
  return Object.values(columns as Readonly<Record<string, Json>>).flatMap((column) =>
    ((at(column, 'params', 'filters') ?? []) as Json[]).map(({ label }) => String(label)),
  );
}

function tableOf(labels: readonly string[], rows: readonly Row[]): string {
  const cells = (row: Row) => row.map((value) => `<td>${escaped(shown(value))}</td>`).join('');
  return `<table><tr>${labels.map((label) => `<th>${escaped(label.replace('domain_stats.', ''))}</th>`).join('')}</tr>${rows
    .slice(0, 20)
    .map((row) => `<tr>${cells(row)}</tr>`)
    .join('')}</table>`;
}

function shown(value: Row[number]): string {
  if (value === null) return '–';
  const text = String(value);
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? text.slice(0, 16).replace('T', ' ') : text;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
