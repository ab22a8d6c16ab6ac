import { kibanaFile } from './kibana/file.ts';
import { openSearchDashboardsFile } from './legacy/file.ts';
import type { FileOptions } from './saved-object.ts';

/** The hosts of dashboards. */
export type Host = 'kibana' | 'opensearch-dashboards';

/** The import file of a host. */
export const dashboardFile = (host: Host, options: FileOptions): string =>
  host === 'kibana' ? kibanaFile(options) : openSearchDashboardsFile(options);
