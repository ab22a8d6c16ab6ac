import type { EventObject } from '../core/event-field.ts';
import type { Draw } from './draw.ts';
import type { Site } from './sites.ts';

/** What a part of the week really was: each event says so in `labels.scene`, so that hits can be told from false ones. */
export type SceneName =
  | 'habits'
  | 'phishing'
  | 'dga'
  | 'cdn'
  | 'tunnel'
  | 'startup'
  | 'brand'
  | 'hosted'
  | 'drop-catch'
  | 'relaunch'
  | 'expired'
  | 'fresh'
  | 'infrastructure';

/** One name that a client asks for. */
export interface Visit {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly client: string;
  readonly name: string;
  readonly scene: SceneName;
  readonly kind?: 'dns' | 'tls' | 'http';
  readonly answer?: 'NOERROR' | 'NXDOMAIN';
}

/** A part of the week: who visits what, and what registry and rank list know of it. */
export interface Scene {
  readonly visits: readonly Visit[];
  readonly sites: readonly Site[];
}

/** What every scene is made in. */
export interface Stage {
  readonly draw: Draw;
  /** Bounds of the week, milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly clients: readonly string[];
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Clients of the second site. */
const BRANCH = '10.40.';

/** A visit as an ECS event, before enrichment. */
export function eventOf(
  { at, client, name, scene, kind = 'dns', answer = 'NOERROR' }: Visit,
  number: number,
): EventObject {
  return {
    '@timestamp': new Date(at).toISOString(),
    event: { id: `demo-${String(number)}`, kind: 'event', category: ['network'], dataset: 'domain_stats.demo' },
    source: { ip: client },
    network: { protocol: kind },
    ...(kind === 'dns'
      ? { dns: { question: { name, type: scene === 'tunnel' ? 'TXT' : 'A' }, response_code: answer } }
      : kind === 'tls'
        ? { tls: { client: { server_name: name } } }
        : { url: { domain: name, scheme: 'http' } }),
    labels: { scene },
    tags: ['demo'],
    domain_stats: { scope: client.startsWith(BRANCH) ? 'branch' : 'headquarters' },
  };
}

/** Addresses of both sites. */
export const clientsOfBothSites = (): string[] => [
  ...Array.from({ length: 30 }, (_, i) => `10.20.${String(1 + (i % 3))}.${String(11 + i)}`),
  ...Array.from({ length: 12 }, (_, i) => `${BRANCH}0.${String(21 + i)}`),
];
