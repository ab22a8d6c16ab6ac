import { isObject, memberOf, stringsIn } from './json-values.ts';

/** Entries of the IANA bootstrap registry (RFC 9224): labels, and the base URLs of their servers. */
export type RdapServices = readonly (readonly [readonly string[], readonly string[]])[];

/**
 * Reads the `services` of a `dns.json`. Malformed entries are passed over; undefined when nothing usable remains, so
 * that a broken file never replaces a good one.
 */
export function readRdapServices(document: unknown): RdapServices | undefined {
  const services = isObject(document) ? memberOf(document, 'services') : undefined;
  if (!Array.isArray(services)) return undefined;
  const usable = services.flatMap((entry: unknown): [string[], string[]][] => {
    if (!Array.isArray(entry)) return [];
    const labels = stringsIn(entry[0], MAX_ITEMS).filter((label) => /^[a-z0-9.-]*$/i.test(label));
    const urls = stringsIn(entry[1], MAX_ITEMS).filter((url) => baseUrl(url) !== undefined);
    return labels.length === 0 || urls.length === 0 ? [] : [[labels, urls]];
  });
  return usable.length === 0 ? undefined : usable;
}

const MAX_ITEMS = 5_000;

/** Finds the RDAP server of a domain. */
export type RdapTable = (domain: string) => string | undefined;

/**
 * Server table from the bootstrap registry and the overrides for registries that it does not have. The longest entry
 * that matches whole labels from the right wins; `""` is the root. No match means "no known server" and never "not
 * registered".
 */
export function rdapTable(services: RdapServices, overrides: Readonly<Record<string, string>> = {}): RdapTable {
  const bases = new Map<string, string>();
  for (const [zone, url] of Object.entries(overrides)) {
    const base = baseUrl(url);
    if (base !== undefined) bases.set(zone.toLowerCase(), base);
  }
  for (const [labels, urls] of services) {
    const candidates = urls.map(baseUrl).filter((url) => url !== undefined);
    // An http-only server exists; where both are given https is taken.
    const base = candidates.find((url) => url.startsWith('https:')) ?? candidates[0];
    if (base !== undefined) for (const label of labels) bases.set(label.toLowerCase().replace(/\.$/, ''), base);
  }
  return (domain) => {
    for (let zone = domain; ; zone = zone.slice(zone.indexOf('.') + 1)) {
      const base = bases.get(zone);
      if (base !== undefined) return base;
      if (!zone.includes('.')) return bases.get('');
    }
  };
}

/** A base URL with its slash (one server in use lacks it); undefined when it is no HTTP URL. */
function baseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '') return undefined;
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}
