import type { RegistrationRecord } from '../../src/core/registration.ts';
import { percentDecoded } from '../../src/http/legacy/paths.ts';
import type { Service } from '../../src/service.ts';
import type { RankList } from '../../src/core/rank-list.ts';
import type { Recording } from './recordings.ts';

/** What 1.0.1 had read from its import file before the recording began, as far as its answers show it. */
export function stateOfRecording(rows: readonly Recording[], service: Service) {
  const records = new Map<string, RegistrationRecord>();
  const contacts = new Map<string, number>();
  const add = (domain: string, value: unknown, place = 0) => {
    const { seen_by_isc: source, seen_by_web: web, seen_by_you: you } = value as Record<string, string>;
    if (source !== 'top1m') return;
    contacts.set(domain, Date.parse(you!) + place);
    records.set(domain, {
      status: 'found',
      created: Date.parse(web!),
      retrieved: Date.parse(you!),
      details: { source: 'import', server: source },
    });
  };
  // Pages of the whole cache come last: their order is that of the import, within a second by milliseconds.
  const isPage = ({ path }: Recording) => path.startsWith('/cache_browse');
  for (const { path, body } of [...rows.filter((row) => !isPage(row)), ...rows.filter(isPage)]) {
    if (!body.startsWith('{') && !body.startsWith('[')) continue;
    const value = JSON.parse(body) as Record<string, unknown> | Record<string, unknown>[];
    for (const [place, entry] of (Array.isArray(value) ? value : [value]).entries()) {
      if (entry['cache_value'] !== undefined)
        add(entry['domain'] as string, entry['cache_value'], placeOf(path, place));
    }
    const { parsed } = service.finishedName(percentDecoded(path.slice(1).split('?')[0] ?? ''));
    if (!Array.isArray(value) && parsed.kind === 'domain') add(parsed.domain, value);
  }
  return { records, contacts };
}

/** Place of a row in the whole cache, as far as it fits into a second. */
const placeOf = (path: string, place: number): number =>
  path.startsWith('/cache_browse') ? (Number(/offset=(\d+)/.exec(path)?.[1] ?? 0) % 100) + place : 0;

/** The list that domain_stats 1 was started with. */
const RANKS = new Map([
  ['guq-uiyace68.co.uk', 1],
  ['clo-udul.org', 2],
]);
export const ranksOfRecording: RankList = { name: 'alexa', rankOf: (domain) => RANKS.get(domain) };

const STUB_FIELDS = {
  whois_server: 'whois.stub',
  organization: 'Org Café',
  city: 'Bethesda',
  state: 'MD',
  postal_code: '20814',
  country: 'US',
  emails: 'abuse@stub',
};

/** What the stand-in for WHOIS said of every name, and of some by their beginning. */
export function* whoisOfRecording(now: number, bundled: boolean): Generator<readonly [string, RegistrationRecord]> {
  const stub: RegistrationRecord = {
    status: 'found',
    created: Date.parse('1995-08-04T04:00:00Z'),
    updated: Date.parse('2020-01-01T00:00:00Z'),
    expires: Date.parse('2030-01-01T00:00:00Z'),
    retrieved: now,
    details: {
      source: 'whois',
      registrar: 'Stub Reg, Inc.',
      statuses: ['ok'],
      name_servers: ['NS1.STUB', 'NS2.STUB', 'ns1.stub'],
      dnssec: false,
    },
    contactFields: STUB_FIELDS,
  };
  const bundledServers = [1, 2, 3, 4].map((n) => `NS${n}.GOOGLE.COM`);
  const lower = [2, 1, 4, 3].map((n) => `ns${n}.google.com`);
  const google: RegistrationRecord = {
    ...stub,
    details: { ...stub.details, name_servers: [...bundledServers, ...lower] },
    contactFields: { ...STUB_FIELDS, organization: 'Google LLC' },
  };
  for (const domain of ['sans.org', 'clo-udul.org', 'xn--bcher-kva.de']) yield [domain, stub];
  yield ['google.com', bundled ? google : stub];
  for (const domain of ['nomatch-one.com', 'nomatch-two.com']) {
    yield [domain, { status: 'not_found', retrieved: now, details: {} }];
  }
  yield ['neterr-one.com', { status: 'error', retrieved: now, details: {} }];
  yield ['nodate-one.com', { status: 'no_date', retrieved: now, details: {} }];
}
