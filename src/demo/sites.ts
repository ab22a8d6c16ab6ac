import type { RegistrationRecord, StoredStatus } from '../core/registration.ts';
import type { Draw } from './draw.ts';
import { DAY_MS } from './scene.ts';
import { BRANDS, BRAND_WORDS, REGISTRARS, WORDS } from './words.ts';

/** A registered domain of the demo. */
export interface Site {
  readonly domain: string;
  /** Undefined: no list has it. */
  readonly rank?: number;
  /** Undefined: nobody has asked the registry yet. */
  readonly record?: RegistrationRecord;
}

/** What a registry says; ages in days before the end of the week. */
export interface Registered {
  readonly age: number;
  readonly registrar?: string;
  /** Days to the end of the registration; negative: it has ended. */
  readonly left?: number;
  /** Age of a registration before this one. */
  readonly formerAge?: number;
  /** How long ago the registry was asked. */
  readonly askedAgo?: number;
  readonly source?: 'rdap' | 'whois' | 'import';
  readonly stale?: boolean;
}

const SERVERS = { rdap: 'rdap.registry.example', whois: 'whois.registry.example', import: undefined } as const;

/** A registry's answer about a registered domain. */
export function registered(end: number, given: Registered): RegistrationRecord {
  const { age, registrar = REGISTRARS[0], left = 300, formerAge, askedAgo = 1, source = 'rdap', stale } = given;
  const server = SERVERS[source];
  return {
    status: 'found',
    created: end - age * DAY_MS,
    expires: end + left * DAY_MS,
    retrieved: end - askedAgo * DAY_MS,
    ...(formerAge === undefined ? {} : { previousCreated: end - formerAge * DAY_MS }),
    ...(stale === true ? { stale } : {}),
    details: { source, registrar, created_precision: 'exact', ...(server === undefined ? {} : { server }) },
  };
}

/** A registry's answer that holds no date. */
export const answeredOnly = (end: number, status: StoredStatus, askedAgo = 1): RegistrationRecord => ({
  status,
  retrieved: end - askedAgo * DAY_MS,
  details: { source: 'rdap', server: 'rdap.registry.example' },
});

const ORDINARY_TLDS = ['com', 'com', 'com', 'net', 'org', 'co.uk', 'fr', 'jp', 'ch', 'io', 'app', 'eu'] as const;

/** The well-known sites, best rank first. */
export const brandSites = (end: number, draw: Draw): Site[] =>
  BRANDS.map((label, i) => ({
    domain: `${label}.com`,
    rank: 2 + i * 43,
    record: registered(end, {
      age: draw.whole(3000, 9000),
      registrar: REGISTRARS[i % 4] ?? '',
      askedAgo: draw.whole(1, 25),
    }),
  }));

/** Sites that people have been visiting for long, down to the unranked ones of the neighbourhood. */
export function ordinarySites(end: number, draw: Draw, count: number): Site[] {
  return distinctLabels(draw, count).map((label, i): Site => {
    const rank = i % 4 === 3 ? undefined : Math.floor(10 ** (3 + draw.number() * 2.9));
    const ranked = rank === undefined ? {} : { rank };
    // The registry of .de publishes no dates.
    if (i % 11 === 5)
      return { domain: `${label}.de`, ...ranked, record: answeredOnly(end, 'no_date', draw.whole(1, 20)) };
    if (i % 37 === 7) return { domain: `${label}.vn`, ...ranked, record: answeredOnly(end, 'unsupported', 3) };
    if (i % 41 === 8) return { domain: `${label}.ph`, ...ranked, record: answeredOnly(end, 'error', 2) };
    return {
      domain: `${label}.${draw.one(ORDINARY_TLDS)}`,
      ...ranked,
      record: registered(end, {
        age: i % 9 === 4 ? draw.whole(60, 700) : draw.whole(800, 8000),
        registrar: draw.one(REGISTRARS),
        left: draw.whole(5, 700),
        askedAgo: draw.whole(1, 40),
        source: i % 6 === 2 ? 'whois' : i % 10 === 9 ? 'import' : 'rdap',
        stale: i % 23 === 4,
      }),
    };
  });
}

/** Two words each, no pair twice. */
function distinctLabels(draw: Draw, count: number): string[] {
  const labels = new Set<string>();
  while (labels.size < count) labels.add(draw.one(WORDS) + draw.one(WORDS));
  return [...labels];
}

/** Labels that ordinary owners choose: all pairs of words. */
export function ordinaryLabels(): string[] {
  const words = [...WORDS, ...BRAND_WORDS];
  return words.flatMap((first) => words.map((second) => first + second));
}
