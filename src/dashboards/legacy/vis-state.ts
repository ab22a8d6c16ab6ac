import { kqlOf } from '../conditions.ts';
import type { Bucket, ChartPanel, Metric } from '../panel.ts';

interface Agg {
  readonly id: string;
  readonly enabled: true;
  readonly type: string;
  readonly schema: 'metric' | 'segment' | 'group' | 'bucket';
  readonly params: Readonly<Record<string, unknown>>;
}

/** The state of a classic visualisation. */
export function visStateOf(panel: ChartPanel) {
  const metrics = panel.metrics.map((metric, i) => metricAgg(metric, String(i + 1)));
  const from = metrics.length + 1;
  const buckets = panel.buckets.map((bucket, i) => bucketAgg(bucket, String(from + i), schemaOf(panel, i)));
  const { type, params } = visOf(panel);
  return { title: panel.title, type, params, aggs: [...metrics, ...buckets] };
}

const schemaOf = ({ view }: ChartPanel, position: number): Agg['schema'] =>
  view === 'table' ? 'bucket' : view === 'donut' || position === 0 ? 'segment' : 'group';

function metricAgg(metric: Metric, id: string): Agg {
  const base = { id, enabled: true, schema: 'metric' } as const;
  const customLabel = metric.label;
  if (metric.kind === 'count') return { ...base, type: 'count', params: { customLabel } };
  const field = metric.field.name;
  if (metric.kind === 'unique') return { ...base, type: 'cardinality', params: { field, customLabel } };
  if (metric.kind !== 'last') return { ...base, type: metric.kind, params: { field, customLabel } };
  const params = { field, aggregate: 'concat', size: 1, sortField: '@timestamp', sortOrder: 'desc', customLabel };
  return { ...base, type: 'top_hits', params };
}

function bucketAgg(bucket: Bucket, id: string, schema: Agg['schema']): Agg {
  const base = { id, enabled: true, schema } as const;
  if (bucket.kind === 'time') {
    const params = {
      field: '@timestamp',
      timeRange: { from: 'now-7d', to: 'now' },
      // Each host reads its own and passes over the other's.
      useNormalizedEsInterval: true,
      useNormalizedOpenSearchInterval: true,
      scaleMetricValues: false,
      interval: 'auto',
      drop_partials: false,
      min_doc_count: 1,
      extended_bounds: {},
      customLabel: bucket.label,
    };
    return { ...base, type: 'date_histogram', params };
  }
  if (bucket.kind === 'filters') {
    const filters = bucket.filters.map(([label, condition]) => ({
      input: { query: kqlOf([condition]), language: 'kuery' },
      label,
    }));
    return { ...base, type: 'filters', params: { filters } };
  }
  const params = {
    field: bucket.field.name,
    orderBy: String((bucket.orderBy ?? 0) + 1),
    order: bucket.ascending === true ? 'asc' : 'desc',
    size: bucket.size,
    otherBucket: false,
    otherBucketLabel: 'Other',
    missingBucket: false,
    missingBucketLabel: 'Missing',
    customLabel: bucket.label,
  };
  return { ...base, type: 'terms', params };
}

function visOf(panel: ChartPanel): { readonly type: string; readonly params: object } {
  if (panel.view === 'metric') return { type: 'metric', params: metricParams(panel.description) };
  if (panel.view === 'table') return { type: 'table', params: TABLE };
  if (panel.view === 'donut') return { type: 'pie', params: DONUT };
  return { type: 'histogram', params: barParams(panel.metrics[0].label, panel.view === 'shares') };
}

const metricParams = (subText: string) => ({
  addTooltip: true,
  addLegend: false,
  type: 'metric',
  metric: {
    percentageMode: false,
    useRanges: false,
    colorSchema: 'Green to Red',
    metricColorMode: 'None',
    colorsRange: [{ from: 0, to: 10_000 }],
    labels: { show: true },
    invertColors: false,
    style: { bgFill: '#000', bgColor: false, labelColor: false, subText, fontSize: 48 },
  },
});

const TABLE = {
  perPage: 20,
  showPartialRows: false,
  showMetricsAtAllLevels: false,
  sort: { columnIndex: null, direction: null },
  showTotal: false,
  totalFunc: 'sum',
  percentageCol: '',
};

const DONUT = {
  type: 'pie',
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
  isDonut: true,
  labels: { show: false, values: true, last_level: true, truncate: 100 },
};

const barParams = (label: string, asShares: boolean) => ({
  type: 'histogram',
  grid: { categoryLines: false },
  categoryAxes: [
    {
      id: 'CategoryAxis-1',
      type: 'category',
      position: 'bottom',
      show: true,
      style: {},
      scale: { type: 'linear' },
      labels: { show: true, filter: true, truncate: 100 },
      title: {},
    },
  ],
  valueAxes: [
    {
      id: 'ValueAxis-1',
      name: 'LeftAxis-1',
      type: 'value',
      position: 'left',
      show: true,
      style: {},
      scale: { type: 'linear', mode: asShares ? 'percentage' : 'normal' },
      labels: { show: true, rotate: 0, filter: false, truncate: 100 },
      title: { text: label },
    },
  ],
  seriesParams: [
    {
      show: true,
      type: 'histogram',
      mode: 'stacked',
      data: { label, id: '1' },
      valueAxis: 'ValueAxis-1',
      drawLinesBetweenPoints: true,
      lineWidth: 2,
      showCircles: true,
    },
  ],
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
  times: [],
  addTimeMarker: false,
  labels: { show: false },
  thresholdLine: { show: false, value: 10, width: 1, style: 'full', color: '#E7664C' },
});
