import { kibanaFile } from './kibana/file.ts';
import { openSearchDashboardsFile } from './legacy/file.ts';
import type { FileOptions } from './saved-object.ts';

/** The hosts of dashboards. */
export type Host = 'kibana' | 'opensearch-dashboards';

/** What the files are filled in with; the pattern takes the facts of the demo in. */
export const fileOptions = (settings: {
  readonly eventIndices: readonly string[];
  readonly prefix: string;
}): FileOptions => ({
  indexPattern: settings.eventIndices.join(','),
  factsPattern: `${settings.prefix}-*facts`,
});

/** The import file of a host. */
export const dashboardFile = (host: Host, options: FileOptions): string =>
  host === 'kibana' ? kibanaFile(options) : openSearchDashboardsFile(options);
