import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'undici';
import { startFactsEngine } from '../elastic/facts-engine.ts';
import { startRegistry } from '../elastic/registry.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { run, startServer, type RunningServer } from './program.ts';

jest.setTimeout(60_000);

const WORKERS = 4;
const CONNECTIONS = 8;
const NAMES = 20_000;
const BATCH = 500;

interface ShortAnswer {
  readonly domain: string;
  readonly first_contact?: boolean;
  readonly data_version?: string;
  readonly registration?: { readonly status: string };
}

const servers: RunningServer[] = [];
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
  await Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL')));
});

async function startWorkers(
  folder: string,
  extra: readonly string[] = [],
  environment: Record<string, string> = {},
  workers = WORKERS,
) {
  const server = await startServer(['--data', folder, '--workers', String(workers), ...extra], environment);
  servers.push(server);
  return server;
}

/** Connections are handed to the workers in turn. */
function connect({ origin }: RunningServer): Client[] {
  const made = Array.from({ length: CONNECTIONS }, () => new Client(origin));
  clients.push(...made);
  return made;
}

async function get(client: Client, path: string, accept = 'application/json') {
  const response = await client.request({ method: 'GET', path, headers: { accept } });
  return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
}

async function post(client: Client, items: readonly unknown[]) {
  const { headers, body } = await client.request({ method: 'POST', path: '/v1/domains', body: JSON.stringify(items) });
  return { by: processOf(headers), answers: (await body.json()) as ShortAnswer[] };
}

/** Each process begins the numbers of its requests with a word of its own. */
const processOf = (headers: Readonly<Record<string, unknown>>): string =>
  String(headers['x-request-id']).split('-')[0]!;

const namesOf = (batch: number): { name: string }[] =>
  Array.from({ length: BATCH }, (_, index) => ({ name: `www.name-${batch * BATCH + index}.com` }));

async function scrape(client: Client): Promise<Map<string, number>> {
  const { text } = await get(client, '/metrics');
  const lines = text.trimEnd().split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, key, value] = /^domain_stats_(\S+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, Number(value)] as const];
    }),
  );
}

/** Numbers of the processes that have the directory open, by the number of the worker. */
function workersOf(folder: string): Map<number, number> {
  const found = join(folder, 'processes');
  return new Map(
    (existsSync(found) ? readdirSync(found) : []).flatMap((file) => {
      try {
        const { pid, command } = JSON.parse(readFileSync(join(found, file), 'utf8')) as {
          pid: number;
          command: string;
        };
        return isAlive(pid) ? [[Number(/^serve, worker (\d+)$/.exec(command)?.[1]), pid] as const] : [];
      } catch {
        // It ends, or begins, at this moment.
        return [];
      }
    }),
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until<Value>(look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(20);
  }
}

/** How often each domain was told to be a first contact. */
class Firsts {
  readonly #told = new Map<string, Set<string>>();

  /** `by`: the same for an event that is sent again. */
  add(answers: readonly ShortAnswer[], by: string): void {
    for (const { domain, first_contact } of answers) {
      if (first_contact !== true) continue;
      this.#told.set(domain, (this.#told.get(domain) ?? new Set()).add(by));
    }
  }

  get counts() {
    return { domains: this.#told.size, twice: [...this.#told.values()].filter((by) => by.size > 1).length };
  }
}

describe('serve with several workers', () => {
  it('tells each first contact once, sums metrics, and answers everything from any worker', async () => {
    const folder = temporaryFolder();
    const server = await startWorkers(folder);
    const all = connect(server);
    const firsts = new Firsts();
    const processes = new Set<string>();
    // Each batch is asked by a connection and its neighbour, which goes to another worker, at about the same time.
    await Promise.all(
      all.map(async (client, index) => {
        for (let batch = 0; batch < NAMES / BATCH; batch++) {
          const owner = batch % CONNECTIONS;
          if (owner !== index && (owner + 1) % CONNECTIONS !== index) continue;
          const { by, answers } = await post(client, namesOf(batch));
          processes.add(by);
          expect(answers).toHaveLength(BATCH);
          firsts.add(answers, String(index));
        }
      }),
    );
    expect(firsts.counts).toEqual({ domains: NAMES, twice: 0 });
    expect(processes.size).toBe(WORKERS);

    const metrics = await Promise.all(all.map(scrape));
    const requests = (2 * NAMES) / BATCH;
    for (const values of metrics) {
      const posts = 'method="POST",route="/v1/domains"';
      const expected: Record<string, number> = {
        [`http_requests_total{${posts},status="200"}`]: requests,
        [`http_request_duration_seconds_count{${posts}}`]: requests,
        [`http_request_duration_seconds_bucket{${posts},le="+Inf"}`]: requests,
        'contacts_total{decision="first"}': NAMES,
        'contacts_total{decision="known"}': NAMES,
        'contacts_total{decision="undecided"}': 0,
        'names_total{status="ok"}': 2 * NAMES,
        'store_entries{store="contacts"}': NAMES,
        ready: 1,
        'build_info{version="0.1.0"}': 1,
      };
      expect(Object.fromEntries(Object.keys(expected).map((key) => [key, values.get(key)]))).toEqual(expected);
    }

    // What one worker has written, every other one reads at once.
    await post(all[0]!, [{ name: 'newest.com' }]);
    const reason = JSON.stringify({ reason: 'our own', owner: 'soc' });
    const put = { method: 'PUT', path: '/v1/suppressions/quiet.com', body: reason } as const;
    expect((await all[0]!.request(put)).statusCode).toBe(200);
    for (const client of all) {
      const { contacts } = JSON.parse((await get(client, '/v1/contacts?limit=1')).text) as {
        contacts: { domain: string }[];
      };
      expect(contacts.map(({ domain }) => domain)).toEqual(['newest.com']);
      expect((await get(client, '/v1/suppressions/quiet.com')).status).toBe(200);
      expect((await get(client, '/readyz')).text).toBe('{"ready":true,"not_ready":[],"degraded":[]}');
      expect((await get(client, '/', 'text/html')).text).toContain('newest.com');
    }

    const list = join(temporaryFolder(), 'ranks.csv');
    writeFileSync(list, Array.from({ length: 1000 }, (_, rank) => `${rank + 1},ranked-${rank}.com\n`).join(''));
    expect((await run(['import', 'ranks', list, '--list', 'tranco', '--data', folder])).code).toBe(0);
    for (const client of all) {
      await until(async () => (await get(client, '/v1/domains/x.com')).text.includes('ranks-tranco:') || undefined);
    }

    await Promise.all(all.map((client) => client.close()));
    expect(await server.stop('SIGTERM')).toBe(0);
    servers.splice(0);
    expect(workersOf(folder).size).toBe(0);
  });

  it('loses no first contact and gives none twice when a worker is killed midway; another takes its place', async () => {
    const folder = temporaryFolder();
    const server = await startWorkers(folder);
    const all = connect(server);
    const victim = workersOf(folder).get(2)!;
    const firsts = new Firsts();
    let before = new Map<string, number>();
    let answered = 0;
    let broken = 0;
    await Promise.all(
      all.map(async (client, index) => {
        for (let batch = 0; batch < NAMES / BATCH; batch++) {
          const owner = batch % CONNECTIONS;
          if (owner !== index && (owner + 1) % CONNECTIONS !== index) continue;
          const items = namesOf(batch).map(({ name }) => ({ name, id: `${name} ${index}` }));
          // Whoever got no answer asks again with the same ids.
          const { answers } = await until(() =>
            post(client, items).catch(() => {
              broken++;
              return undefined;
            }),
          );
          firsts.add(answers, String(index));
          if (++answered !== 30) continue;
          before = await scrape(client);
          process.kill(victim, 'SIGKILL');
        }
      }),
    );
    expect(firsts.counts).toEqual({ domains: NAMES, twice: 0 });
    expect(broken).toBeGreaterThan(0);

    const replacement = await until(() => workersOf(folder).get(2));
    expect(replacement).not.toBe(victim);
    const after = await scrape(all[0]!);
    for (const key of ['contacts_total{decision="first"}', 'names_total{status="ok"}']) {
      expect([key, after.get(key)! >= before.get(key)! && before.get(key)! > 0]).toEqual([key, true]);
    }

    // The primary process is killed: the workers write what they have gathered, and end.
    await post(all[0]!, [{ name: 'last.com' }]);
    await post(all[0]!, [{ name: 'last.com' }]);
    const pids = [...workersOf(folder).values()];
    expect(await server.stop('SIGKILL')).toBeNull();
    servers.splice(0);
    await until(() => (pids.some(isAlive) ? undefined : true));
    const { stdout } = await run(['contacts', 'list', '--domain', 'last.com', '--data', folder]);
    expect(JSON.parse(stdout)).toMatchObject({ domain: 'last.com', count: 2 });
  });

  it('looks up in one process alone, each domain once, and brings the facts of all into the index', async () => {
    const folder = temporaryFolder();
    const registry = await startRegistry();
    const engine = await startFactsEngine();
    try {
      const flags = ['--share-facts', '--elasticsearch-url', engine.url];
      const server = await startWorkers(folder, flags, registry.environment);
      const all = connect(server);
      const shops = Array.from({ length: 200 }, (_, index) => ({ name: `shop-${index}.com` })).concat({
        name: 'github.io',
      });
      await Promise.all(all.map((client) => post(client, shops)));
      for (const client of all) {
        await until(async () => {
          const { answers } = await post(client, shops);
          return answers.every(({ registration }) => registration?.status === 'found') || undefined;
        });
      }
      expect(registry.asked).toHaveLength(shops.length);
      expect(new Set(registry.asked).size).toBe(shops.length);
      const values = await scrape(all[0]!);
      expect(values.get('lookup_owner')).toBe(1);
      const lookups = [...values].filter(([key]) => key.startsWith('lookups_total')).map(([, count]) => count);
      expect(lookups).toEqual([shops.length]);

      // Contacts alone, since the owner's registration is known: whichever worker made them, the feed is told.
      const tenants = all.map((_, index) => `tenant-${index}.github.io`);
      await Promise.all(all.map((client, index) => post(client, [{ name: tenants[index] }])));
      await until(() => tenants.every((tenant) => engine.documents.has(tenant)) || undefined);
      expect(engine.requests.filter((what) => what.includes('/_execute'))).toHaveLength(1);
      await Promise.all(all.map((client) => client.close()));
      // As systemd and a terminal do: the signal goes to all processes.
      for (const pid of workersOf(folder).values()) process.kill(pid, 'SIGTERM');
      expect(await server.stop('SIGTERM')).toBe(0);
      servers.splice(0);
    } finally {
      registry.stop();
      engine.stop();
    }
  });
});

describe('workers that cannot work', () => {
  it('take each other’s place later and later when they end at once, and the log says which', async () => {
    const folder = temporaryFolder();
    const server = await startWorkers(folder, [], {}, 2);
    const lines: { worker: number; ended: number; why: string; again_in_ms: number }[] = [];
    server.process.stdout!.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trim().split('\n')) lines.push(JSON.parse(line) as (typeof lines)[number]);
    });
    const killed: number[] = [];
    for (let time = 1; time <= 2; time++) {
      const pid = await until(() => workersOf(folder).get(2));
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
      await until(() => (lines.length === time ? true : undefined));
    }
    expect(lines.map(({ worker, ended, why }) => [worker, ended, why])).toEqual(
      killed.map((pid) => [2, pid, 'SIGKILL']),
    );
    expect(lines[1]!.again_in_ms).toBe(2 * lines[0]!.again_in_ms);
    expect(await server.stop('SIGTERM')).toBe(0);
    servers.splice(0);
  });

  it('tell once that the port is taken, and what cannot be shared is refused', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = String((taken.address() as { port: number }).port);
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await run(['serve', '--workers', '2', '--port', port, '--data', folder]);
    taken.close();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^domain-stats: Cannot listen on 127\.0\.0\.1, port \d+: .*EADDRINUSE.* with --port\.\n$/);
    const refused = await run(['serve', '--workers', '2', '--community-server', '--data', folder]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/^domain-stats: workers and community_server: /),
    ]);
  });
});
