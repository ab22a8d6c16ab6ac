import { parse } from 'yaml';
import { UsageError } from '../usage-error.ts';

/** Settings of domain_stats 1.0.1 and 2 that have one of ours. */
const SAME: Readonly<Record<string, string>> = {
  ip_address: 'host',
  local_address: 'host',
  local_port: 'port',
  established_days_age: 'new_days',
  freq_avg_alert: 'freq_avg_alert',
  freq_word_alert: 'freq_word_alert',
  cached_max_items: 'name_cache',
};

/** Those that have none, and why. */
const GONE: Readonly<Record<string, string>> = {
  workers: 'one process serves all requests',
  threads_per_worker: 'one process serves all requests',
  timezone_offset: 'all times are UTC',
  mode: 'registries are asked behind the requests, RDAP first',
  rdap_error_ttl_days: 'a failed look-up is tried again by its own schedule and takes nothing away',
  freq_table: 'freqtable2018.freq comes with the program; domain-stats train frequency makes one of your own',
  enable_freq_scores: 'scores are always given',
  log_detail: 'see log_level',
  count_rdap_errors: 'look-ups are always counted, by outcome',
  cache_browse_limit: '100, its default',
  database_file: 'import it: domain-stats import domain-stats FILE',
  memory_cache: 'contacts and registrations are kept on disk',
  prohibited_tlds: 'names of your own go into `zones`; special-use names are never looked up',
  server_name: 'its community server never answered',
  server_port: 'its community server never answered',
  target_updates: 'see domain-stats update',
};

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Our settings file for one of theirs, with a remark on every line that has no equal. Throws {@link UsageError}. */
export function translateSettings(file: string, text: string): string {
  let old: unknown;
  try {
    old = parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (typeof old !== 'object' || old === null || Array.isArray(old)) {
    throw new UsageError(`${file}: must hold one setting a line, such as "local_port: 5730"`);
  }
  const lines = Object.entries(old as Record<string, unknown>).map(([key, value]) => {
    const ours = SAME[key];
    if (ours !== undefined && isPlain(value)) return `${ours}: ${JSON.stringify(value)}`;
    return `# ${key}: ${GONE[key] ?? 'has no equal here'}`;
  });
  return lines.join('\n') + '\n';
}
