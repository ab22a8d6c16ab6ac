import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder.ts';
import { run, startServer, type RunningServer } from './program.ts';

const DAY_MS = 86_400_000;

interface Answer {
  readonly status: string;
  readonly category: string;
  readonly pending?: readonly string[];
  readonly alerts?: readonly string[];
  readonly risk: string;
  readonly registration: { readonly status: string; readonly created?: string; readonly age_days?: number };
}

/** A registry on loopback: counts who was asked for, and answers as it is told. */
async function startRegistry(answer: (domain: string, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const domain = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
    asked.push(domain);
    answer(domain, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  registries.push(server);
  return { asked, base: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, server };
}

function sendDomain(domain: string, response: ServerResponse, created: Date): void {
  response.writeHead(200, { 'content-type': 'application/rdap+json' }).end(
    JSON.stringify({
      objectClassName: 'domain',
      ldhName: domain,
      events: [
        { eventAction: 'registration', eventDate: created.toISOString() },
        { eventAction: 'last update of RDAP database', eventDate: new Date().toISOString() },
      ],
    }),
  );
}

const registries: Server[] = [];
const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL')));
  for (const registry of registries.splice(0)) {
    registry.closeAllConnections();
    registry.close();
  }
});

async function startWithRegistries(bases: Readonly<Record<string, string>>, extra: readonly string[] = []) {
  const own = Object.entries(bases).map(([tld, base]) => `${tld}=${base}`);
  const args = ['--rdap-servers', own.join(','), '--allow-private-addresses', '--iana-whois', '', ...extra];
  const server = await startServer(args, { DOMAIN_STATS_LOOKUPS: 'true' });
  servers.push(server);
  return server;
}

const ask = async (server: RunningServer, path: string): Promise<Answer> =>
  (await (await fetch(`${server.origin}${path}`)).json()) as Answer;

async function askMany(server: RunningServer, names: readonly string[]): Promise<Answer[]> {
  const body = JSON.stringify(names.map((name) => ({ name })));
  return (await (await fetch(`${server.origin}/v1/domains`, { method: 'POST', body })).json()) as Answer[];
}

describe('registration look-ups of a running server', () => {
  it('answer at once, look up behind the request, and call a young domain a baby', async () => {
    const registry = await startRegistry((domain, response) => {
      sendDomain(domain, response, new Date(Date.now() - 5.5 * DAY_MS));
    });
    const server = await startWithRegistries({ com: registry.base }, ['--data', temporaryFolder()]);
    const first = await ask(server, '/v1/domains/www.young-shop.com');
    expect(first).toMatchObject({ status: 'pending', pending: ['registration'], category: 'unknown' });
    const later = await ask(server, '/v1/domains/mail.young-shop.com?wait=2s');
    expect(later).toMatchObject({ status: 'ok', category: 'baby', registration: { status: 'found', age_days: 5 } });
    expect(later.alerts).toContain('BABY-DOMAIN');
    expect(registry.asked).toEqual(['young-shop.com']);
  });

  it('keep a name that the registry does not have, and one without a date, as what they are', async () => {
    const registry = await startRegistry((domain, response) => {
      if (domain.startsWith('gone')) {
        response.writeHead(404, { 'content-type': 'application/rdap+json' }).end('{"errorCode":404}');
      } else {
        response
          .writeHead(200, { 'content-type': 'application/rdap+json' })
          .end(JSON.stringify({ objectClassName: 'domain', ldhName: domain }));
      }
    });
    const server = await startWithRegistries({ com: registry.base }, ['--data', temporaryFolder()]);
    expect(await ask(server, '/v1/domains/gone-shop.com?wait=2s')).toMatchObject({
      status: 'ok',
      category: 'unknown',
      registration: { status: 'not_found' },
    });
    expect(await ask(server, '/v1/domains/shy-shop.com?wait=2s')).toMatchObject({
      status: 'ok',
      category: 'unknown',
      registration: { status: 'no_date' },
    });
  });

  it('never hold a reply: 10,000 unknown domains at a registry that never answers, while another one does', async () => {
    const silent = await startRegistry(() => undefined);
    const other = await startRegistry((domain, response) => {
      sendDomain(domain, response, new Date('2001-01-01T00:00:00Z'));
    });
    const folder = temporaryFolder();
    const server = await startWithRegistries({ com: silent.base, net: other.base }, [
      '--data',
      folder,
      '--rdap-interval',
      '20ms',
    ]);
    const names = Array.from({ length: 10_000 }, (_, index) => `www.burst-${String(index)}.com`);
    for (let start = 0; start < names.length; start += 1000) {
      const answers = await askMany(server, names.slice(start, start + 1000));
      expect(answers.every(({ status }) => status === 'pending')).toBe(true);
    }
    // The other registry is served in the middle of the flood, whose own has answered nothing.
    expect(await ask(server, '/v1/domains/calm.net?wait=2s')).toMatchObject({ registration: { status: 'found' } });
    expect(new Set(silent.asked).size).toBe(silent.asked.length);

    // Killed in the flood, the next process finds the names that wait and asks for them without being asked.
    await server.stop('SIGKILL');
    servers.splice(0);
    const answering = await startRegistry((domain, response) => {
      sendDomain(domain, response, new Date('2001-01-01T00:00:00Z'));
    });
    const next = await startWithRegistries({ com: answering.base }, ['--data', folder, '--rdap-interval', '1ms']);
    while (answering.asked.length < 100) await once(answering.server, 'request');
    expect(new Set(answering.asked).size).toBe(answering.asked.length);
    expect(await next.stop('SIGTERM')).toBe(0);
    servers.splice(0);
  }, 60_000);
});

describe('look-ups of the command line', () => {
  it('wait for the registry when told to', async () => {
    const registry = await startRegistry((domain, response) =>
      sendDomain(domain, response, new Date('2001-02-03T00:00:00Z')),
    );
    const args = ['lookup', 'www.calm-shop.com', '--wait', '5s', '--data', temporaryFolder()];
    const environment = {
      DOMAIN_STATS_LOOKUPS: 'true',
      DOMAIN_STATS_RDAP_SERVERS: `com=${registry.base}`,
      DOMAIN_STATS_ALLOW_PRIVATE_ADDRESSES: 'true',
    };
    const { code, stdout, stderr } = await run(args, { environment });
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      category: 'established',
      registration: { status: 'found', created: '2001-02-03T00:00:00.000Z', source: 'rdap' },
    });
  });
});
