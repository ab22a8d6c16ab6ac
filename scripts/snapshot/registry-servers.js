// The servers of registries: RDAP by the bootstrap and by hand, and WHOIS.

/** The `services` of IANA's RDAP bootstrap (RFC 9224), in the shape of IANA's own file so that one reader reads both. */
export function rdapServices(services) {
  const sorted = services
    .map(([labels, urls]) => [[...labels].sort(), urls])
    .sort(([a], [b]) => (a.join() < b.join() ? -1 : 1));
  const lines = sorted.map((service) => `  ${JSON.stringify(service)}`).join(',\n');
  return `{"version": "1.0", "publication": "2026-05-24T00:00:00Z", "services": [\n${lines}\n]}\n`;
}

/** Servers that exist but are not in the bootstrap, with the date of whoisit's list, grouped by server. */
export function rdapOverrides(source) {
  const asOf = /Last updated: (\d{4}-\d\d-\d\d)/.exec(source)?.[1];
  const domains = /"domain": \{([^}]*)\}/.exec(source)?.[1];
  if (asOf === undefined || domains === undefined) throw new Error('whoisit/overrides.py has another layout');
  const byServer = new Map();
  for (const [, tld, url] of domains.matchAll(/"([a-z]+)": \["([^"]+)"\]/g)) {
    byServer.set(url, [...(byServer.get(url) ?? []), tld]);
  }
  const services = [...byServer]
    .map(([url, labels]) => [labels.sort(), [url]])
    .sort(([a], [b]) => (a[0] < b[0] ? -1 : 1));
  const lines = services.map((service) => `  ${JSON.stringify(service)}`).join(',\n');
  return `{"as_of": "${asOf}", "services": [\n${lines}\n]}\n`;
}

/** TLD → WHOIS servers, in the package's order. TLDs without one are left out. */
export function whoisServers(servers) {
  const lines = Object.values(servers)
    .filter(({ whoisServer }) => Array.isArray(whoisServer) && whoisServer.length > 0)
    .map(({ tld, whoisServer }) => [tld, whoisServer])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tld, hosts]) => `  ${JSON.stringify(tld)}: ${JSON.stringify(hosts)}`);
  return `{"as_of": "2025-04-25", "servers": {\n${lines.join(',\n')}\n}}\n`;
}
