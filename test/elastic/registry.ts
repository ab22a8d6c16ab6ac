import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSnapshot } from '../../src/datasets/snapshot.ts';

/** A registry on loopback that knows every domain, each with a date of its own that is always the same. */
export async function startRegistry() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const domain = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
    asked.push(domain);
    const created = new Date(Date.UTC(1995 + (domain.length % 20), 1, 3)).toISOString();
    response.writeHead(200, { 'content-type': 'application/rdap+json' }).end(
      JSON.stringify({
        objectClassName: 'domain',
        ldhName: domain,
        events: [{ eventAction: 'registration', eventDate: created }],
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  return {
    asked,
    /** Settings under which this registry serves every TLD that there is, and nobody else is asked. */
    environment: {
      DOMAIN_STATS_LOOKUPS: 'true',
      DOMAIN_STATS_RDAP_SERVERS: [...openSnapshot().tlds().tlds.keys()].map((tld) => `${tld}=${url}`).join(','),
      DOMAIN_STATS_ALLOW_PRIVATE_ADDRESSES: 'true',
      DOMAIN_STATS_IANA_WHOIS: '',
      DOMAIN_STATS_RDAP_INTERVAL: '1ms',
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
