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
  type FileOptions,
  type Reference,
  type SavedObject,
} from '../saved-object.ts';
import { vegaAttributes } from '../vega.ts';
import { lensOf } from './lens.ts';

type Type = SavedObject['type'];

/**
 * Versions that Kibana 8.9 knows and every later one still reads. They are never left out: Kibana would run all
 * migrations since 7.x on a modern Lens, and break it.
 */
const VERSIONS: Readonly<Record<Type, string>> = {
  'index-pattern': '8.0.0',
  lens: '8.9.0',
  dashboard: '8.9.0',
  visualization: '8.5.0',
  search: '8.0.0',
  tag: '8.0.0',
};

const TAG = 'domain-stats-tag';

/** The import file for Kibana 8.9 and newer. */
export function kibanaFile(options: FileOptions): string {
  const panels = DASHBOARDS.flatMap((dashboard) => panelsOf(dashboard, 'kibana'));
  return ndjson([
    object('tag', TAG, { name: 'domain-stats', description: 'Made by domain-stats', color: '#D6562B' }),
    dataView(EVENTS_VIEW, 'Events with domain-stats', options.indexPattern, '@timestamp'),
    dataView(FACTS_VIEW, 'Facts of domain-stats', options.factsPattern),
    ...panels.map((panel) => panelObject(panel, options)),
    ...DASHBOARDS.map(dashboardObject),
  ]);
}

const object = (
  type: Type,
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject => ({
  type,
  id,
  managed: false,
  coreMigrationVersion: '8.8.0',
  typeMigrationVersion: VERSIONS[type],
  attributes,
  references,
});

const dataView = (id: string, name: string, title: string, timeFieldName?: string): SavedObject =>
  object('index-pattern', id, {
    title,
    name,
    ...(timeFieldName === undefined ? {} : { timeFieldName }),
    allowNoIndex: true,
    fields: '[]',
    fieldAttrs: '{}',
    fieldFormatMap: id === EVENTS_VIEW ? FIELD_FORMATS : '{}',
    runtimeFieldMap: '{}',
    sourceFilters: '[]',
  });

const typeOf = ({ view }: Panel): Type => (view === 'events' ? 'search' : view === 'vega' ? 'visualization' : 'lens');

function panelObject(panel: Panel, { indexPattern }: FileOptions): SavedObject {
  const id = objectId(panel.id);
  if (panel.view === 'events') {
    const { attributes, references } = eventsBase(panel);
    return object('search', id, { ...attributes, grid: {}, hideChart: false, isTextBasedQuery: false }, references);
  }
  if (panel.view === 'vega') return object('visualization', id, vegaAttributes(panel, indexPattern));
  const { attributes, references } = lensOf(panel);
  return object('lens', id, attributes, references);
}

function dashboardObject(dashboard: Dashboard): SavedObject {
  const { attributes, references } = dashboardBase(dashboard, 'kibana');
  const places = placesOf(dashboard, 'kibana');
  const controls = dashboard.controls === undefined ? undefined : controlGroup(dashboard.controls);
  return object(
    'dashboard',
    dashboard.id,
    {
      ...attributes,
      optionsJSON: JSON.stringify({
        useMargins: true,
        syncColors: true,
        syncCursor: true,
        syncTooltips: false,
        hidePanelTitles: false,
      }),
      ...(controls === undefined ? {} : { controlGroupInput: controls.input }),
      panelsJSON: JSON.stringify(
        places.map(({ panel, grid }) => ({
          type: typeOf(panel),
          gridData: grid,
          panelIndex: grid.i,
          embeddableConfig: { enhancements: {} },
          panelRefName: `panel_${grid.i}`,
        })),
      ),
    },
    [
      ...references,
      ...places.map(({ panel, grid: { i } }) => ({
        name: `${i}:panel_${i}`,
        type: typeOf(panel),
        id: objectId(panel.id),
      })),
      ...(controls?.references ?? []),
      { name: `tag-ref-${TAG}`, type: 'tag', id: TAG },
    ],
  );
}

function controlGroup(fields: NonNullable<Dashboard['controls']>) {
  const controls = fields.map(([field, title], order) => {
    const id = `control-${String(order + 1)}`;
    const dataViewRefName = `controlGroup_${id}:optionsListDataView`;
    const explicitInput = { id, fieldName: field.name, title, selectedOptions: [], dataViewRefName, enhancements: {} };
    return {
      id,
      dataViewRefName,
      panel: { order, width: 'medium', grow: true, type: 'optionsListControl', explicitInput },
    };
  });
  return {
    input: {
      controlStyle: 'oneLine',
      chainingSystem: 'HIERARCHICAL',
      panelsJSON: JSON.stringify(Object.fromEntries(controls.map(({ id, panel }) => [id, panel]))),
      ignoreParentSettingsJSON: JSON.stringify({
        ignoreFilters: false,
        ignoreQuery: false,
        ignoreTimerange: false,
        ignoreValidations: false,
      }),
    },
    references: controls.map(({ dataViewRefName }) => ({
      name: dataViewRefName,
      type: 'index-pattern',
      id: EVENTS_VIEW,
    })),
  };
}
