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

export const DASHBOARD_TITLE = (title: string): string => `domain-stats: ${title}`;

/** Dashboards open on the last week. */
export const TIME_RANGE = { timeRestore: true, timeFrom: 'now-7d', timeTo: 'now' } as const;
export const REFRESH = { pause: true, value: 0 } as const;

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

/** The filter that keeps documents without our fields out of a dashboard. */
export function dashboardSource(eventsOnly: boolean) {
  const query = { query: '', language: 'kuery' };
  if (!eventsOnly) return { meta: { searchSourceJSON: JSON.stringify({ query, filter: [] }) }, references: [] };
  const name = 'kibanaSavedObjectMeta.searchSourceJSON.filter[0].meta.index';
  const field = 'domain_stats.status';
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
    query: { exists: { field } },
    $state: { store: 'appState' },
  };
  return {
    meta: { searchSourceJSON: JSON.stringify({ query, filter: [filter] }) },
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
