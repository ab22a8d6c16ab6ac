import type { RdapTable } from './rdap-bootstrap.ts';
import { readWhoisHost } from './whois-transport.ts';

/** Where a look-up goes next. */
export type Route =
  | { readonly kind: 'rdap'; readonly server: string; readonly base: string }
  | { readonly kind: 'whois'; readonly server: string }
  /** Nobody knows the TLD's WHOIS server yet: IANA is asked. */
  | { readonly kind: 'find'; readonly tld: string }
  | { readonly kind: 'none' };

/** WHOIS servers by TLD or longer suffix: the table given, and what IANA has said since. */
export interface WhoisServers {
  find(domain: string): string | undefined;
  /** Notes IANA's answer; undefined = it has none. */
  learn(tld: string, server: string | undefined): void;
  isKnown(tld: string): boolean;
}

export function whoisServers(table: Readonly<Record<string, string>>): WhoisServers {
  const servers = new Map(Object.entries(table).map(([zone, server]) => [zone.toLowerCase(), server]));
  const learnt = new Map<string, string | undefined>();
  return {
    find(domain) {
      for (let zone = domain; zone.includes('.');) {
        zone = zone.slice(zone.indexOf('.') + 1);
        const server = servers.get(zone) ?? learnt.get(zone);
        if (server !== undefined) return server;
      }
      return undefined;
    },
    learn: (tld, server) => void learnt.set(tld, server),
    isKnown: (tld) => servers.has(tld) || learnt.has(tld),
  };
}

export const tldOf = (domain: string): string => domain.slice(domain.lastIndexOf('.') + 1);

/**
 * RDAP first. WHOIS where there is no RDAP server, and after RDAP has failed twice in a row, in turn with RDAP; never on
 * the machine that has just failed. (Never after a 404 or a limit either: those are no failures.)
 */
export function routeOf(
  domain: string,
  attempts: number,
  rdap: RdapTable,
  whois: WhoisServers,
  asksIana: boolean,
): Route {
  const base = rdap(domain);
  const server = whois.find(domain);
  if (base !== undefined) {
    const { host, hostname } = new URL(base);
    const isWhoisTurn = attempts >= 2 && attempts % 2 === 0;
    if (isWhoisTurn && server !== undefined && readWhoisHost(server)?.host !== hostname)
      return { kind: 'whois', server };
    return { kind: 'rdap', server: host, base };
  }
  if (server !== undefined) return { kind: 'whois', server };
  const tld = tldOf(domain);
  return asksIana && !whois.isKnown(tld) ? { kind: 'find', tld } : { kind: 'none' };
}
