import { kqlOf } from '../conditions.ts';
import { HOST_TYPES } from '../fields.ts';
import type { Bucket, ChartPanel, Metric } from '../panel.ts';
import { viewOf } from '../saved-object.ts';

const LAYER = 'main';

/** Attributes and references of a Lens visualisation. */
export function lensOf(panel: ChartPanel) {
  const metrics = panel.metrics.map((metric, i) => [`m${String(i)}`, metricColumn(metric)] as const);
  const buckets = panel.buckets.map((bucket, i) => [`b${String(i)}`, bucketColumn(bucket)] as const);
  // Buckets come before metrics.
  const columns = [...buckets, ...metrics];
  const ids = { buckets: buckets.map(([id]) => id), metrics: metrics.map(([id]) => id) };
  const { type, visualization } = visualizationOf(panel, ids);
  return {
    attributes: {
      title: panel.title,
      description: panel.description,
      visualizationType: type,
      state: {
        datasourceStates: {
          formBased: {
            layers: {
              [LAYER]: {
                columnOrder: columns.map(([id]) => id),
                columns: Object.fromEntries(columns),
                incompleteColumns: {},
              },
            },
          },
        },
        visualization,
        query: { query: kqlOf(panel.where), language: 'kuery' },
        filters: [],
        internalReferences: [],
        adHocDataViews: {},
      },
    },
    references: [
      {
        type: 'index-pattern',
        id: viewOf(panel),
        name: `indexpattern-datasource-layer-${LAYER}`,
      },
    ],
  };
}

const labelled = (label: string) => ({ label, customLabel: true });

function metricColumn(metric: Metric): object {
  const base = { ...labelled(metric.label), isBucketed: false };
  if (metric.kind === 'count') {
    return {
      ...base,
      dataType: 'number',
      operationType: 'count',
      sourceField: '___records___',
      params: { emptyAsNull: true },
    };
  }
  const { name, type } = metric.field;
  if (metric.kind === 'unique') {
    return {
      ...base,
      dataType: 'number',
      operationType: 'unique_count',
      sourceField: name,
      params: { emptyAsNull: true },
    };
  }
  const dataType = HOST_TYPES[type];
  if (metric.kind === 'last') {
    return {
      ...base,
      dataType,
      operationType: 'last_value',
      sourceField: name,
      params: { sortField: '@timestamp' },
      filter: { query: `${name}: *`, language: 'kuery' },
    };
  }
  return { ...base, dataType, operationType: metric.kind, sourceField: name, params: {} };
}

function bucketColumn(bucket: Bucket): object {
  const base = { ...labelled(bucket.label), isBucketed: true };
  if (bucket.kind === 'time') {
    const params = { interval: 'auto', includeEmptyRows: true, dropPartials: false };
    return { ...base, dataType: 'date', operationType: 'date_histogram', sourceField: '@timestamp', params };
  }
  if (bucket.kind === 'filters') {
    const filters = bucket.filters.map(([label, condition]) => ({
      label,
      input: { query: kqlOf([condition]), language: 'kuery' },
    }));
    return { ...base, dataType: 'string', operationType: 'filters', params: { filters } };
  }
  return {
    ...base,
    dataType: HOST_TYPES[bucket.field.type],
    operationType: 'terms',
    sourceField: bucket.field.name,
    params: {
      size: bucket.size,
      orderBy: { type: 'column', columnId: `m${String(bucket.orderBy ?? 0)}` },
      orderDirection: bucket.ascending === true ? 'asc' : 'desc',
      otherBucket: false,
      missingBucket: false,
      parentFormat: { id: 'terms' },
      include: [],
      exclude: [],
      includeIsRegex: false,
      excludeIsRegex: false,
    },
  };
}

interface ColumnIds {
  readonly buckets: readonly string[];
  readonly metrics: readonly string[];
}

function visualizationOf(panel: ChartPanel, { buckets, metrics }: ColumnIds) {
  const layer = { layerId: LAYER, layerType: 'data' };
  switch (panel.view) {
    case 'metric':
      return {
        type: 'lnsMetric',
        visualization: { ...layer, metricAccessor: metrics[0], subtitle: panel.description },
      };
    case 'table':
      return {
        type: 'lnsDatatable',
        visualization: {
          ...layer,
          columns: [...buckets, ...metrics].map((columnId) => ({ columnId })),
          paging: { enabled: true, size: 20 },
          rowHeight: 'single',
          headerRowHeight: 'single',
        },
      };
    case 'donut':
      return {
        type: 'lnsPie',
        visualization: {
          shape: 'donut',
          layers: [
            {
              ...layer,
              primaryGroups: buckets,
              metrics,
              numberDisplay: 'percent',
              categoryDisplay: 'default',
              legendDisplay: 'default',
              nestedLegend: false,
            },
          ],
        },
      };
    default: {
      const seriesType = panel.view === 'shares' ? 'bar_percentage_stacked' : 'bar_stacked';
      const [xAccessor, splitAccessor] = buckets;
      return {
        type: 'lnsXY',
        visualization: {
          legend: { isVisible: true, position: 'right' },
          valueLabels: 'hide',
          preferredSeriesType: seriesType,
          layers: [
            {
              ...layer,
              seriesType,
              xAccessor,
              ...(splitAccessor === undefined ? {} : { splitAccessor }),
              accessors: metrics,
            },
          ],
        },
      };
    }
  }
}
