import { kqlOf } from './conditions.ts';
import type { ChartPanel, Dashboard, EventsPanel } from './panel.ts';

/** What both files are filled in with at install. */
export interface FileOptions {
  /** Indices of the events, as Kibana takes them: `logs-*,filebeat-*`. */
  readonly indexPattern: string;
  /** Indices of the facts. */
  readonly factsPattern: string;
}

export interface Reference {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

/** One line of an import file. */
export interface SavedObject {
  readonly type: 'index-pattern' | 'lens' | 'visualization' | 'search' | 'dashboard' | 'tag';
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  readonly [envelope: string]: unknown;
}

/** Ids stay for ever: a second import overwrites the first. */
export const EVENTS_VIEW = 'domain-stats';
export const FACTS_VIEW = 'domain-stats-facts';
export const objectId = (panel: string): string => `domain-stats-${panel}`;

/** Id of the index pattern that a panel reads. */
export const viewOf = ({ source }: ChartPanel): string => (source === 'facts' ? FACTS_VIEW : EVENTS_VIEW);

const SOURCE_INDEX = 'kibanaSavedObjectMeta.searchSourceJSON.index';

/** Query and index of a search as saved objects keep them, with the reference to the index pattern. */
export function searchSource(kql: string, view: string) {
  return {
    meta: {
      searchSourceJSON: JSON.stringify({
        query: { query: kql, language: 'kuery' },
        filter: [],
        indexRefName: SOURCE_INDEX,
      }),
    },
    references: [{ name: SOURCE_INDEX, type: 'index-pattern', id: view }],
  };
}

/** The query of something that has no index of its own. */
export const emptySource = {
  searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] }),
};

/** What both files say of a saved search. */
export function eventsBase({ title, description, where, columns }: EventsPanel) {
  const { meta, references } = searchSource(kqlOf(where), EVENTS_VIEW);
  return {
    attributes: {
      title,
      description,
      columns: columns.map(({ name }) => name),
      sort: [['@timestamp', 'desc']],
      kibanaSavedObjectMeta: meta,
    },
    references,
  };
}

/** What both files say of a dashboard, its panels apart. */
export function dashboardBase({ title, description, eventsOnly, keepsTime }: Dashboard, file: 'kibana' | 'legacy') {
  const { meta, references } = eventsOnly ? eventsSource(file) : { meta: emptySource, references: [] };
  const time = keepsTime ? { timeRestore: false } : { timeRestore: true, timeFrom: 'now-7d', timeTo: 'now' };
  return {
    attributes: {
      title: `domain-stats: ${title}`,
      description,
      hits: 0,
      version: 1,
      ...time,
      refreshInterval: { pause: true, value: 0 },
      kibanaSavedObjectMeta: meta,
    },
    references,
  };
}

/** The filter that keeps documents without our fields out of a dashboard. */
function eventsSource(file: 'kibana' | 'legacy') {
  const name = 'kibanaSavedObjectMeta.searchSourceJSON.filter[0].meta.index';
  const field = 'domain_stats.status';
  const exists = { exists: { field } };
  const filter = {
    meta: {
      type: 'exists',
      key: field,
      field,
      value: 'exists',
      alias: null,
      disabled: false,
      negate: false,
      indexRefName: name,
    },
    // Kibana 8 has it in a query. OpenSearch Dashboards knows it at the top alone, and Kibana moves it from there.
    ...(file === 'kibana' ? { query: exists } : exists),
    $state: { store: 'appState' },
  };
  return {
    meta: { searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [filter] }) },
    references: [{ name, type: 'index-pattern', id: EVENTS_VIEW }],
  };
}

/** A click on a domain opens the dashboard about it; the path is the same in both hosts and in every space. */
export const FIELD_FORMATS = JSON.stringify({
  'domain_stats.domain': {
    id: 'url',
    params: {
      urlTemplate:
        "dashboards#/view/domain-stats-domain?_a=(query:(language:kuery,query:'domain_stats.domain:%22{{value}}%22'))",
      labelTemplate: '{{value}}',
      openLinkInCurrentTab: true,
    },
  },
});

/** One object a line. */
export const ndjson = (objects: readonly object[]): string =>
  objects.map((object) => JSON.stringify(object) + '\n').join('');
