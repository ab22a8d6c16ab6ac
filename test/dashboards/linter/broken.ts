import type { File } from './lint.ts';

/** A copy of a file with one fault in it, and what the linter has to say. */
export interface Broken {
  readonly fault: string;
  readonly file: File;
  readonly break: (file: Copy) => void;
  readonly says: string;
}

// Copies are broken in ways that no type foresees.
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call */
type Any = any;

/** A file that can be broken. */
export interface Copy {
  readonly objects: Any[];
  text: (lines: string) => string;
  /** The object of an id. */
  of(id: string): Any;
  /** Changes a JSON text inside an object. */
  inside(id: string, key: string, change: (value: Any) => void): void;
}

export function copyOf(text: string): Copy {
  const objects = text
    .trimEnd()
    .split('\n')
    .map((line): Any => JSON.parse(line));
  const of = (id: string): Any => objects.find((object) => object.id === id);
  return {
    objects,
    text: (lines) => lines,
    of,
    inside(id, key, change) {
      const holder = key === 'searchSourceJSON' ? of(id).attributes.kibanaSavedObjectMeta : of(id).attributes;
      const value: Any = JSON.parse(holder[key] as string);
      change(value);
      holder[key] = JSON.stringify(value);
    },
  };
}

export const textOf = ({ objects, text }: Copy): string =>
  text(objects.map((object) => JSON.stringify(object) + '\n').join(''));

const BABY = 'domain-stats-baby-domains';
const layerOf = (copy: Copy, id: string): Any => copy.of(id).attributes.state.datasourceStates.formBased.layers.main;
const inSpec = (copy: Copy, change: (spec: Any) => void) =>
  copy.inside('domain-stats-client-by-age', 'visState', (state) => {
    const spec: Any = JSON.parse(state.params.spec as string);
    change(spec);
    state.params.spec = JSON.stringify(spec);
  });

const kibana = (fault: string, says: string, change: (copy: Copy) => void): Broken => ({
  fault,
  file: 'kibana',
  says,
  break: change,
});
const legacy = (fault: string, says: string, change: (copy: Copy) => void): Broken => ({
  ...kibana(fault, says, change),
  file: 'legacy',
});

export const BROKEN: readonly Broken[] = [
  kibana('a line that is no JSON', 'is no JSON', (c) => (c.text = (t) => t.replace('{', ''))),
  kibana('lines that end in CR LF', 'lines end in LF', (c) => (c.text = (t) => t.replaceAll('\n', '\r\n'))),
  kibana('no LF at the end', 'lines end in LF', (c) => (c.text = (t) => t.trimEnd())),
  kibana('an object twice', 'is there twice', (c) => c.objects.push(c.of('domain-stats-newest'))),
  kibana('an object without an id', 'has no type, id and attributes', (c) => delete c.of('domain-stats-newest').id),
  kibana('a key of an export', 'key updated_by is not allowed', (c) => (c.of(BABY).updated_by = 'me')),
  kibana(
    'a Lens version above the floor',
    'version 10.1.0 is above 8.9.0',
    (c) => (c.of('domain-stats-newest').typeMigrationVersion = '10.1.0'),
  ),
  kibana('no version', 'has no version', (c) => delete c.of('domain-stats-newest').typeMigrationVersion),
  kibana('another core version', 'coreMigrationVersion', (c) => (c.of(BABY).coreMigrationVersion = '9.1.0')),
  kibana('a managed object', 'is managed', (c) => (c.of(BABY).managed = true)),
  kibana(
    'a type of a plug-in',
    'type canvas-workpad is not for this host',
    (c) => (c.of('domain-stats-newest').type = 'canvas-workpad'),
  ),
  kibana(
    'a reference to what is not there',
    'is not in the file',
    (c) => (c.of('domain-stats-newest').references[0].id = 'logs'),
  ),
  kibana('two references of one name', 'two references have one name', (c) =>
    c.of(BABY).references.push(c.of(BABY).references[0]),
  ),
  kibana('a reference that nothing uses', 'is used by nothing', (c) =>
    c.of(BABY).references.push({ name: '99:panel_99', type: 'lens', id: 'domain-stats-newest' }),
  ),
  kibana('a visualisation that no dashboard has', 'is used by nothing', (c) =>
    c.objects.push({ ...c.of('domain-stats-newest'), id: 'domain-stats-lonely' }),
  ),
  kibana('a key of a newer dashboard', 'key sections is not allowed', (c) => (c.of(BABY).attributes.sections = [])),
  kibana(
    'a key of a newer control group',
    'key showApplySelections is not allowed',
    (c) => (c.of(BABY).attributes.controlGroupInput.showApplySelections = true),
  ),
  kibana('panels that are no JSON', 'panelsJSON is no JSON', (c) => (c.of(BABY).attributes.panelsJSON = '[{')),
  kibana('panels that overlap', 'overlap', (c) => c.inside(BABY, 'panelsJSON', (p) => (p[1].gridData.x = 6))),
  kibana('a panel that is too wide', 'leaves the 48 columns', (c) =>
    c.inside(BABY, 'panelsJSON', (p) => (p[0].gridData.w = 49)),
  ),
  kibana('a panel of another index', 'has another panelIndex', (c) =>
    c.inside(BABY, 'panelsJSON', (p) => (p[0].panelIndex = '9')),
  ),
  kibana(
    'a panel without a reference',
    'panel 1 has no reference',
    (c) => (c.of(BABY).references = c.of(BABY).references.filter((r: Any) => r.name !== '1:panel_1')),
  ),
  kibana('a panel of another type', 'panel 1 is no visualization', (c) =>
    c.inside(BABY, 'panelsJSON', (p) => (p[0].type = 'visualization')),
  ),
  kibana('a dashboard filter on no field', 'field domain_stats.state is not in the mapping', (c) =>
    c.inside(BABY, 'searchSourceJSON', (s) => (s.filter[0].meta.field = 'domain_stats.state')),
  ),
  kibana(
    'a time range that is not used',
    'has a time range and drops it',
    (c) => (c.of(BABY).attributes.timeRestore = false),
  ),
  kibana('a control on no field', 'field suffix.tld is not in the mapping', (c) => {
    const group = c.of(BABY).attributes.controlGroupInput;
    group.panelsJSON = (group.panelsJSON as string).replace('domain_stats.suffix.tld', 'suffix.tld');
  }),
  kibana(
    'a control without a reference',
    'has no reference controlGroup_control-1',
    (c) =>
      (c.of(BABY).references = c
        .of(BABY)
        .references.filter((r: Any) => !String(r.name).startsWith('controlGroup_control-1'))),
  ),
  kibana(
    'a refresh interval with another key',
    'key every is not allowed',
    (c) => (c.of(BABY).attributes.refreshInterval.every = 5),
  ),
  kibana(
    'a layer of Kibana 8.5',
    'key indexpattern is not allowed',
    (c) => (c.of('domain-stats-newest').attributes.state.datasourceStates.indexpattern = {}),
  ),
  kibana(
    'a layer with an index of its own',
    'key indexPatternId is not allowed',
    (c) => (layerOf(c, 'domain-stats-newest').indexPatternId = 'domain-stats'),
  ),
  kibana(
    'a layer without a data view',
    'has no reference to a data view',
    (c) => (c.of('domain-stats-newest').references[0].name = 'other'),
  ),
  kibana('a column that is not in the order', 'columnOrder differs', (c) =>
    layerOf(c, 'domain-stats-newest').columnOrder.pop(),
  ),
  kibana('a bucket behind a metric', 'stands behind a metric', (c) =>
    layerOf(c, 'domain-stats-newest').columnOrder.reverse(),
  ),
  kibana(
    'a field that the mapping has not',
    'field domain_stats.age is not in the mapping',
    (c) => (layerOf(c, 'domain-stats-newest').columns.m1.sourceField = 'domain_stats.age'),
  ),
  kibana(
    'a field of another type',
    'dataType string should be number',
    (c) => (layerOf(c, 'domain-stats-newest').columns.m1.dataType = 'string'),
  ),
  kibana('the minimum of a text', 'min of a keyword', (c) =>
    Object.assign(layerOf(c, 'domain-stats-newest').columns.m1, {
      sourceField: 'domain_stats.domain',
      dataType: 'string',
    }),
  ),
  kibana(
    'an unknown operation',
    'operation mean is not known',
    (c) => (layerOf(c, 'domain-stats-newest').columns.m1.operationType = 'mean'),
  ),
  kibana(
    'an order by no column',
    'ordered by m9, which is not there',
    (c) => (layerOf(c, 'domain-stats-newest').columns.b0.params.orderBy.columnId = 'm9'),
  ),
  kibana(
    'an order by a last value',
    'ordered by a last value',
    (c) => (layerOf(c, 'domain-stats-newest').columns.b0.params.orderBy.columnId = 'm2'),
  ),
  kibana(
    'a last value without its filter',
    'needs the filter',
    (c) => delete layerOf(c, 'domain-stats-newest').columns.m2.filter,
  ),
  kibana(
    'an accessor of no column',
    'accessor "m9" is no column',
    (c) => (c.of('domain-stats-baby-count').attributes.state.visualization.metricAccessor = 'm9'),
  ),
  kibana('a column that is not shown', 'column "m5" is not shown', (c) =>
    c.of('domain-stats-newest').attributes.state.visualization.columns.pop(),
  ),
  kibana(
    'a visualisation in no layer',
    'layer other is not there',
    (c) => (c.of('domain-stats-baby-count').attributes.state.visualization.layerId = 'other'),
  ),
  kibana(
    'a visualisation of no known type',
    'visualizationType lnsMetricNew is not known',
    (c) => (c.of('domain-stats-baby-count').attributes.visualizationType = 'lnsMetricNew'),
  ),
  kibana(
    'a query that cannot be read',
    'ends too early',
    (c) => (c.of('domain-stats-baby-count').attributes.state.query.query = 'domain_stats.category:'),
  ),
  kibana(
    'a query over no field',
    'field domain_stats.kind is not in the mapping',
    (c) => (c.of('domain-stats-baby-count').attributes.state.query.query = 'domain_stats.kind: "baby"'),
  ),
  kibana('a search with a column of no field', 'field domain_stats.who is not in the mapping', (c) =>
    c.of('domain-stats-events-all').attributes.columns.push('domain_stats.who'),
  ),
  kibana(
    'a search with tabs',
    'key tabs is not allowed',
    (c) => (c.of('domain-stats-events-all').attributes.tabs = []),
  ),
  kibana('a tag without a colour', 'the colour is none', (c) => (c.of('domain-stats-tag').attributes.color = 'red')),
  legacy('a Lens', 'type lens is not for this host', (c) => (c.of('domain-stats-newest').type = 'lens')),
  legacy(
    'the version of a Kibana 8',
    'key coreMigrationVersion is not allowed',
    (c) => (c.of(BABY).coreMigrationVersion = '8.8.0'),
  ),
  legacy('a managed object', 'key managed is not allowed', (c) => (c.of(BABY).managed = false)),
  legacy(
    'an index pattern that OpenSearch Dashboards refuses',
    'version 7.11.0 is above 7.6.0',
    (c) => (c.of('domain-stats').migrationVersion['index-pattern'] = '7.11.0'),
  ),
  legacy(
    'an index pattern without its fields',
    'fields is no JSON',
    (c) => delete c.of('domain-stats').attributes.fields,
  ),
  legacy('a field list that lacks one', 'field domain_stats.risk is not in the field list', (c) =>
    c.inside('domain-stats', 'fields', (f) =>
      f.splice(
        f.findIndex((x: Any) => x.name === 'domain_stats.risk'),
        1,
      ),
    ),
  ),
  legacy('a field list with a wrong type', 'field source.ip is no keyword', (c) =>
    c.inside('domain-stats', 'fields', (f) => (f.find((x: Any) => x.name === 'source.ip').esTypes = ['keyword'])),
  ),
  legacy('a dashboard filter of Kibana 8', 'the filter has the form of another host', (c) =>
    c.inside(BABY, 'searchSourceJSON', ({ filter: [f] }) => {
      f.query = { exists: f.exists };
      delete f.exists;
    }),
  ),
  legacy('controls', 'key controlGroupInput is not allowed', (c) => (c.of(BABY).attributes.controlGroupInput = {})),
  legacy(
    'a state with another title',
    'the title of visState differs',
    (c) => (c.of('domain-stats-newest').attributes.title = 'X'),
  ),
  legacy(
    'a state that is no JSON',
    'visState is no JSON',
    (c) => (c.of('domain-stats-newest').attributes.visState = '{'),
  ),
  legacy('two aggregations of one id', 'two aggregations have one id', (c) =>
    c.inside('domain-stats-newest', 'visState', (s) => (s.aggs[1].id = '1')),
  ),
  legacy('an order by no metric', 'ordered by 99, which is no metric', (c) =>
    c.inside('domain-stats-newest', 'visState', (s) => (s.aggs.at(-1).params.orderBy = '99')),
  ),
  legacy('an aggregation of no field', 'field domain_stats.age is not in the mapping', (c) =>
    c.inside('domain-stats-newest', 'visState', (s) => (s.aggs[1].params.field = 'domain_stats.age')),
  ),
  legacy('an aggregation of no known type', 'median is no metric', (c) =>
    c.inside('domain-stats-newest', 'visState', (s) => (s.aggs[1].type = 'median')),
  ),
  legacy('a place that the type has not', 'table has no schema segment', (c) =>
    c.inside('domain-stats-newest', 'visState', (s) => (s.aggs.at(-1).schema = 'segment')),
  ),
  legacy('a histogram without an interval of one host', 'interval settings of both hosts', (c) =>
    c.inside('domain-stats-age-over-time', 'visState', (s) => delete s.aggs[1].params.useNormalizedOpenSearchInterval),
  ),
  legacy('a type of one host', 'type input_control_vis is not in both hosts', (c) =>
    c.inside('domain-stats-newest', 'visState', (s) => (s.type = 'input_control_vis')),
  ),
  legacy('a visualisation without an index pattern', 'has no indexRefName', (c) => {
    c.inside('domain-stats-newest', 'searchSourceJSON', (s) => delete s.indexRefName);
    c.of('domain-stats-newest').references = [];
  }),
  legacy('a panel without its type', 'panel 1 is no undefined', (c) =>
    c.inside(BABY, 'panelsJSON', (p) => delete p[0].type),
  ),
  legacy('a drawing without a schema', '$schema is not', (c) => inSpec(c, (s) => delete s.$schema)),
  legacy('a drawing with a query beside the context', 'stands beside %context%', (c) =>
    inSpec(c, (s) => (s.data.url.body.query = { match_all: {} })),
  ),
  legacy('a drawing that the dashboard does not narrow', 'not narrowed', (c) =>
    inSpec(c, (s) => delete s.data.url['%context%']),
  ),
  legacy('a drawing of no field', 'field domain_stats.age_band is not in the mapping', (c) =>
    inSpec(c, (s) => (s.data.url.body.aggs.young.aggs.clients.aggs.bands.terms.field = 'domain_stats.age_band')),
  ),
  legacy('a drawing with a width', 'width and height', (c) => inSpec(c, (s) => (s.width = 300))),
  legacy('a drawing without an index', 'names no index', (c) => inSpec(c, (s) => delete s.data.url.index)),
  legacy('a drawing with settings of the host elsewhere', 'stand under kibana', (c) =>
    inSpec(c, (s) => (s.config.opensearchDashboards = {})),
  ),
  legacy('a drawing that is no JSON', 'the specification is no JSON', (c) =>
    c.inside('domain-stats-client-by-age', 'visState', (s) => (s.params.spec = '{')),
  ),
];
