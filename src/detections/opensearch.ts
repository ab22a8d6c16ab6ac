import { filtersOf } from '../dashboards/conditions.ts';
import { own } from '../dashboards/fields.ts';
import { EVERY_MINUTES, LOOK_BACK_MINUTES, SHOWN, type Detection } from './rules.ts';

/** Severities of OpenSearch Alerting, 1 the highest. */
const SEVERITY = { high: '1', medium: '3', low: '4' } as const;

/** A monitor of OpenSearch Alerting: body of `POST _plugins/_alerting/monitors`, switched off, without a channel. */
export function monitorOf({ id, name, where, severity }: Detection, indices: readonly string[]) {
  const from = `{{period_end}}||-${String(LOOK_BACK_MINUTES)}m`;
  const within = { range: { '@timestamp': { gt: from, lte: '{{period_end}}', format: 'epoch_millis' } } };
  const query = {
    size: 20,
    _source: ['@timestamp', ...SHOWN.map((field) => field.name)],
    sort: [{ '@timestamp': { order: 'desc' } }],
    query: { bool: { filter: [within, ...filtersOf(where)] } },
    aggregations: { domains: { terms: { field: own('domain').name, size: 50 } } },
  };
  return {
    type: 'monitor',
    monitor_type: 'query_level_monitor',
    name: `domain-stats: ${name}`,
    enabled: false,
    schedule: { period: { interval: EVERY_MINUTES, unit: 'MINUTES' } },
    inputs: [{ search: { indices, query } }],
    triggers: [
      {
        query_level_trigger: {
          id,
          name,
          severity: SEVERITY[severity],
          condition: { script: { source: 'ctx.results[0].hits.total.value > 0', lang: 'painless' } },
          actions: [],
        },
      },
    ],
  };
}
