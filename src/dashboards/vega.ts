import type { VegaPanel } from './panel.ts';
import { emptySource } from './saved-object.ts';

/** Attributes of a drawing; it has no index pattern, so the indices stand in its text. */
export function vegaAttributes(panel: VegaPanel, indexPattern: string) {
  const { title, description } = panel;
  const visState = { title, type: 'vega', params: { spec: vegaText(panel, indexPattern) }, aggs: [] };
  return {
    title,
    description,
    version: 1,
    visState: JSON.stringify(visState),
    uiStateJSON: '{}',
    kibanaSavedObjectMeta: emptySource,
  };
}

/**
 * The text of a Vega-Lite specification. The hosts answer `data.url` with a search, narrowed to the dashboard's filters
 * and time range by the two members between percent signs; these may not stand beside a query in the body.
 */
function vegaText({ body, property, spec }: VegaPanel, indexPattern: string): string {
  return JSON.stringify(
    {
      $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
      config: { kibana: { hideWarnings: true } },
      data: {
        url: { '%context%': true, '%timefield%': '@timestamp', index: indexPattern, body },
        format: { property },
      },
      autosize: { type: 'fit', contains: 'padding' },
      ...spec,
    },
    null,
    2,
  );
}
