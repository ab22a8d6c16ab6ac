import { kqlOf } from '../conditions.ts';
import { placesOf } from '../grid.ts';
import { panelsOf, type Dashboard, type Panel } from '../panel.ts';
import { DASHBOARDS } from '../panels/index.ts';
import {
  dashboardBase,
  EVENTS_VIEW,
  eventsBase,
  FACTS_VIEW,
  FIELD_FORMATS,
  ndjson,
  objectId,
  searchSource,
  viewOf,
  type FileOptions,
  type Reference,
  type SavedObject,
} from '../saved-object.ts';
import { vegaAttributes } from '../vega.ts';
import { fieldList } from './field-list.ts';
import { visStateOf } from './vis-state.ts';

type Type = 'index-pattern' | 'visualization' | 'search' | 'dashboard';

/** The highest versions that OpenSearch Dashboards knows: one above refuses the whole file. */
const VERSIONS: Readonly<Record<Type, string>> = {
  'index-pattern': '7.6.0',
  visualization: '7.10.0',
  search: '7.9.3',
  dashboard: '7.9.3',
};

/** The import file for OpenSearch Dashboards 1 to 3; Kibana 7.10 to 9 reads it, too. */
export function openSearchDashboardsFile(options: FileOptions): string {
  const panels = DASHBOARDS.flatMap((dashboard) => panelsOf(dashboard, 'legacy'));
  return ndjson([
    object('index-pattern', EVENTS_VIEW, {
      title: options.indexPattern,
      timeFieldName: '@timestamp',
      fields: fieldList('events'),
      fieldFormatMap: FIELD_FORMATS,
    }),
    object('index-pattern', FACTS_VIEW, { title: options.factsPattern, fields: fieldList('facts') }),
    ...panels.map((panel) => panelObject(panel, options)),
    ...DASHBOARDS.map(dashboardObject),
  ]);
}

const object = (
  type: Type,
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject => ({ type, id, migrationVersion: { [type]: VERSIONS[type] }, attributes, references });

const typeOf = ({ view }: Panel): Type => (view === 'events' ? 'search' : 'visualization');

function panelObject(panel: Panel, { indexPattern }: FileOptions): SavedObject {
  const id = objectId(panel.id);
  if (panel.view === 'events') {
    const { attributes, references } = eventsBase(panel);
    return object('search', id, { ...attributes, hits: 0, version: 1 }, references);
  }
  if (panel.view === 'vega') return object('visualization', id, vegaAttributes(panel, indexPattern));
  const { title, description } = panel;
  const { meta, references } = searchSource(kqlOf(panel.where), viewOf(panel));
  const visState = JSON.stringify(visStateOf(panel));
  const attributes = { title, description, version: 1, visState, uiStateJSON: '{}', kibanaSavedObjectMeta: meta };
  return object('visualization', id, attributes, references);
}

function dashboardObject(dashboard: Dashboard): SavedObject {
  const { attributes, references } = dashboardBase(dashboard, 'legacy');
  const places = placesOf(dashboard, 'legacy');
  return object(
    'dashboard',
    dashboard.id,
    {
      ...attributes,
      optionsJSON: JSON.stringify({ hidePanelTitles: false, useMargins: true }),
      // Kibana 7.11 fails on a panel without its type.
      panelsJSON: JSON.stringify(
        places.map(({ panel, grid }) => ({
          version: '7.9.3',
          type: typeOf(panel),
          gridData: grid,
          panelIndex: grid.i,
          embeddableConfig: {},
          panelRefName: `panel_${grid.i}`,
        })),
      ),
    },
    [
      ...references,
      ...places.map(({ panel, grid: { i } }) => ({ name: `panel_${i}`, type: typeOf(panel), id: objectId(panel.id) })),
    ],
  );
}
