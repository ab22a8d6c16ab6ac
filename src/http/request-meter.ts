import type { FastifyInstance } from 'fastify';
import type { Family, Sample } from './exposition.ts';

/** Upper edges of the duration buckets, in seconds. */
const EDGES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

/** Requests of one route, counted in plain numbers. */
interface RouteMeter {
  readonly method: string;
  readonly route: string;
  readonly statuses: Map<number, number>;
  /** One for each edge and one for what is above all of them. */
  readonly buckets: number[];
  seconds: number;
}

/** Counts one answer of a route that began this many seconds ago. */
export type RouteCount = (status: number, seconds: number) => void;

/** Counts requests by route pattern, never by path: a path holds a name. */
export interface RequestMeter {
  /** Counts a request that no route took. */
  unrouted(status: number): void;
  /** For who answers in a route's place. */
  of(method: string, route: string): RouteCount;
  families(): Family[];
}

/** Meters every route that is added from now on. */
export function meterRequests(app: FastifyInstance): RequestMeter {
  const meters = new Map<string, RouteMeter>();
  const meterOf = (method: string, route: string): RouteMeter => {
    const key = `${method} ${route}`;
    const meter = meters.get(key) ?? {
      method,
      route,
      statuses: new Map<number, number>(),
      buckets: EDGES.map(() => 0).concat(0),
      seconds: 0,
    };
    meters.set(key, meter);
    return meter;
  };
  const unrouted = meterOf('any', 'none');

  app.addHook('onRoute', (route) => {
    // The files of the documentation are one route to whoever watches.
    const pattern = route.url.startsWith('/docs') ? '/docs' : route.url;
    const meter = meterOf([route.method].flat().join(','), pattern);
    route.onResponse = (_request, reply, done) => {
      count(meter, reply.statusCode, reply.elapsedTime / 1000);
      done();
    };
  });

  return {
    unrouted: (status) => count(unrouted, status, 0),
    of(method, route) {
      const meter = meterOf(method, route);
      return (status, seconds) => count(meter, status, seconds);
    },
    families: () => [
      {
        name: 'http_requests_total',
        type: 'counter',
        help: 'Requests answered, by route pattern and status.',
        samples: [...meters.values()].flatMap(statusSamples),
      },
      {
        name: 'http_request_duration_seconds',
        type: 'histogram',
        help: 'Time from the head of a request to the end of its answer, by route pattern.',
        samples: [...meters.values()].filter(({ statuses }) => statuses.size > 0).flatMap(durationSamples),
      },
    ],
  };
}

function count(meter: RouteMeter, status: number, seconds: number): void {
  meter.statuses.set(status, (meter.statuses.get(status) ?? 0) + 1);
  meter.seconds += seconds;
  let bucket = 0;
  while (bucket < EDGES.length && seconds > (EDGES[bucket] ?? 0)) bucket++;
  meter.buckets[bucket] = (meter.buckets[bucket] ?? 0) + 1;
}

const statusSamples = ({ method, route, statuses }: RouteMeter): Sample[] =>
  [...statuses].map(([status, value]) => ({ labels: { method, route, status: String(status) }, value }));

function durationSamples({ method, route, buckets, seconds }: RouteMeter): Sample[] {
  let below = 0;
  const samples: Sample[] = buckets.map((inside, index) => {
    below += inside;
    return { suffix: '_bucket', labels: { method, route, le: String(EDGES[index] ?? '+Inf') }, value: below };
  });
  return [
    ...samples,
    { suffix: '_sum', labels: { method, route }, value: seconds },
    { suffix: '_count', labels: { method, route }, value: below },
  ];
}
