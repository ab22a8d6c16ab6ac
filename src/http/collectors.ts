import { monitorEventLoopDelay } from 'node:perf_hooks';
import { VERSION } from '../program.ts';
import type { Service } from '../service.ts';
import type { Family, Sample } from './exposition.ts';

/** Reads values of the service at the moment that it is asked. No name and no client is ever a label. */
type Collector = (service: Service) => readonly Family[];

/** Every collector of `/metrics`; those of requests and of the event loop are made with the application. */
export const COLLECTORS: readonly Collector[] = [
  health,
  contacts,
  names,
  documents,
  sweep,
  stores,
  dataAges,
  lookups,
  factsIndex,
  community,
  processFacts,
];

function health(service: Service): Family[] {
  return [
    {
      ...gauge('ready', 'Whether `/readyz` says ready: 1 or 0.', Number(service.notReady().length === 0)),
      together: 'min',
    },
    gauge('degraded', 'How many things answer with less than they should, by `/readyz`.', service.degraded().length),
  ];
}

function contacts({ counters }: Service): Family[] {
  const help = 'Contacts decided since the start: first contacts (with their retries), known ones, and undecided ones.';
  return [{ name: 'contacts_total', type: 'counter', help, samples: byLabel('decision', counters.contacts) }];
}

function names({ counters }: Service): Family[] {
  const help = 'Names answered since the start, by status.';
  return [{ name: 'names_total', type: 'counter', help, samples: byLabel('status', counters.names) }];
}

function documents({ counters, settings }: Service): Family[] {
  if (settings.bulkProxy === '') return [];
  const help = 'Documents with names that passed the bulk proxy: with their facts (enriched), or pending.';
  return [{ name: 'bulk_documents_total', type: 'counter', help, samples: byLabel('outcome', counters.documents) }];
}

function sweep({ counters, settings }: Service): Family[] {
  if (settings.sweepIndex.length === 0) return [];
  const help = 'Documents of the sweep: completed, changed by others meanwhile (conflicts), or refused (failed).';
  return [{ name: 'sweep_documents_total', type: 'counter', help, samples: byLabel('outcome', counters.sweep) }];
}

function stores(service: Service): Family[] {
  const sizes = service.storeSizes();
  const of = (value: (size: (typeof sizes)[number]) => number): Sample[] =>
    sizes.map((size) => ({ labels: { store: size.store }, value: value(size) }));
  return [
    { name: 'store_entries', type: 'gauge', help: 'Rows of each store.', samples: of(({ entries }) => entries) },
    {
      name: 'store_bytes',
      type: 'gauge',
      help: 'Size of the file of each store; stores that share a file count with the first of them.',
      samples: of(({ bytes }) => bytes).filter(({ value }) => value > 0),
    },
  ];
}

function dataAges(service: Service): Family[] {
  const samples = service
    .dataDates()
    .flatMap(({ name, date }) =>
      date === undefined ? [] : [{ labels: { data: name }, value: Math.round((service.now() - date) / 1000) }],
    );
  return [{ name: 'data_age_seconds', type: 'gauge', help: 'Age of each data set that answers.', samples }];
}

function lookups(service: Service): Family[] {
  const metrics = service.lookupMetrics();
  if (metrics === undefined) return [];
  const breakers = { closed: 0, open: 0, 'half-open': 0 };
  for (const { breaker } of metrics.servers) breakers[breaker]++;
  return [
    {
      ...gauge('lookup_owner', 'Processes of this server that make look-ups: 1 or 0.', Number(metrics.owner)),
      together: 'sum',
    },
    gauge('lookup_queue', 'Domains that wait for their look-up.', metrics.queued),
    gauge('lookup_running', 'Look-ups under way.', metrics.running),
    gauge('lookup_oldest_seconds', 'How long the oldest of them has waited.', metrics.oldestMs / 1000),
    {
      name: 'lookup_dropped_total',
      type: 'counter',
      help: 'Wishes dropped because the queue was full.',
      samples: [{ value: metrics.dropped }],
    },
    {
      name: 'lookups_total',
      type: 'counter',
      help: 'Look-ups ended, by server and outcome.',
      samples: metrics.lookups.map(({ count, ...labels }) => ({ labels, value: count })),
    },
    {
      name: 'lookup_servers',
      type: 'gauge',
      help: 'Registry servers by the state of their breaker.',
      samples: byLabel('breaker', breakers),
    },
  ];
}

function factsIndex(service: Service): Family[] {
  const lag = service.factsLag();
  if (lag === undefined) return [];
  return [
    gauge('facts_waiting', 'Domains whose facts are still to be written to the facts index.', lag.waiting),
    gauge('facts_stale_seconds', 'Age of the oldest fact that ingest pipelines do not see yet.', lag.staleMs / 1000),
    {
      name: 'facts_dropped_total',
      type: 'counter',
      help: 'Facts that never came into the facts index: refused, or too many waited.',
      samples: [{ value: lag.dropped }],
      // One feed counts, and leaves its count in a file that every process reads.
      together: 'max',
    },
  ];
}

function community({ community: asking }: Service): Family[] {
  if (asking === undefined) return [];
  const { owner, down, queued, ...counts } = asking.metrics();
  return [
    {
      ...gauge('community_owner', 'Processes of this server that ask the community server: 1 or 0.', Number(owner)),
      together: 'sum',
    },
    gauge('community_down', 'Whether the community server cannot be asked: 1 or 0.', Number(down)),
    gauge('community_queue', 'Domains that wait for the community.', queued),
    {
      name: 'community_asks_total',
      type: 'counter',
      help: 'Domains answered by the community and dropped because the queue was full, and requests that failed.',
      samples: byLabel('outcome', counts),
    },
  ];
}

function processFacts(): Family[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    { name: 'build_info', type: 'gauge', help: 'Always 1.', samples: [{ labels: { version: VERSION }, value: 1 }] },
    {
      name: 'process_memory_bytes',
      type: 'gauge',
      help: 'Memory of the process; resident includes the pages of the stores, which the system can take back.',
      samples: byLabel('kind', { resident: rss, heap: heapUsed, external }),
      together: 'sum',
    },
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'CPU time of the process.',
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: 'process_uptime_seconds',
      type: 'gauge',
      help: 'Time since the start.',
      samples: [{ value: process.uptime() }],
    },
  ];
}

/** How late the event loop's turns come, since the last time that it was asked. */
export function eventLoopLag(): { families(): Family[]; stop(): void } {
  const resolution = 20;
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  // The figure counts the timer's own period; what is above it is lag.
  const seconds = (ns: number) => Math.max(0, ns / 1e9 - resolution / 1000) || 0;
  return {
    families() {
      const samples = [50, 99].map((percentile) => ({
        labels: { quantile: String(percentile / 100) },
        value: seconds(delays.percentile(percentile)),
      }));
      samples.push({ labels: { quantile: '1' }, value: seconds(delays.max) });
      delays.reset();
      const help = 'How late the turns of the event loop came since the last scrape.';
      return [{ name: 'event_loop_lag_seconds', type: 'gauge', help, samples }];
    },
    stop: () => delays.disable(),
  };
}

const byLabel = (label: string, values: Readonly<Record<string, number>>): Sample[] =>
  Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));

const gauge = (name: string, help: string, value: number): Family => ({
  name,
  type: 'gauge',
  help,
  samples: [{ value }],
});
