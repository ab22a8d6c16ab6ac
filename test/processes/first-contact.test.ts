import { afterEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder.ts';
import { run, startServer, type RunningServer } from './program.ts';

const BATCH = 1000;
const NAMES = 100_000;
const nameOf = (index: number) => `www.name-${String(index)}.com`;

interface ShortAnswer {
  readonly domain: string;
  readonly first_contact?: boolean;
}

const servers: RunningServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))));

async function startServers(count: number, folder: string): Promise<RunningServer[]> {
  const started = await Promise.all(Array.from({ length: count }, () => startServer(['--data', folder])));
  servers.push(...started);
  return started;
}

/** Asks one server for the names from `start` on; undefined when it died before it answered. */
async function askBatch(origin: string, start: number, idPrefix?: string): Promise<ShortAnswer[] | undefined> {
  const items = Array.from({ length: BATCH }, (_, offset) => {
    const name = nameOf(start + offset);
    return idPrefix === undefined ? { name } : { name, id: `${idPrefix}-${name}` };
  });
  try {
    const response = await fetch(`${origin}/v1/domains`, { method: 'POST', body: JSON.stringify(items) });
    return (await response.json()) as ShortAnswer[];
  } catch {
    return undefined;
  }
}

/** Which events were told that they are the first contact, by domain. */
class FirstContacts {
  readonly #told = new Map<string, string[]>();

  add(answers: readonly ShortAnswer[], by: string): void {
    for (const { domain, first_contact } of answers) {
      if (first_contact === true) this.#told.set(domain, [...(this.#told.get(domain) ?? []), by]);
    }
  }

  get domains(): number {
    return this.#told.size;
  }

  /** Domains that more than one event was told of. */
  get twice(): string[] {
    return [...this.#told].filter(([, by]) => new Set(by).size > 1).map(([domain]) => domain);
  }
}

describe('first contact over several processes', () => {
  it(`is told exactly once for each of ${String(NAMES)} names asked by four processes at once`, async () => {
    const four = await startServers(4, temporaryFolder());
    const first = new FirstContacts();
    await Promise.all(
      four.map(async ({ origin }, index) => {
        // Each begins elsewhere, so that new names meet old ones and each other.
        for (let batch = 0; batch < NAMES / BATCH; batch++) {
          const start = ((batch + index * 25) * BATCH) % NAMES;
          const answers = await askBatch(origin, start);
          expect(answers).toHaveLength(BATCH);
          first.add(answers ?? [], `server ${String(index)}, batch ${String(batch)}`);
        }
      }),
    );
    expect(first.domains).toBe(NAMES);
    expect(first.twice).toEqual([]);
  }, 120_000);

  it('loses no answered one and gives none twice when a process is killed midway', async () => {
    const folder = temporaryFolder();
    const names = 20_000;
    const four = await startServers(4, folder);
    const [victim] = four;
    const first = new FirstContacts();
    const unanswered: { id: string; start: number }[] = [];
    let answered = 0;
    await Promise.all(
      four.map(async (server, index) => {
        for (let batch = 0; batch < names / BATCH; batch++) {
          const start = ((batch + index * 5) * BATCH) % names;
          const id = `client ${String(index)}`;
          const answers = await askBatch(server.origin, start, id);
          if (answers === undefined) unanswered.push({ id, start });
          else first.add(answers, id);
          if (++answered === 12) victim?.process.kill('SIGKILL');
        }
      }),
    );
    expect(unanswered.length).toBeGreaterThan(0);
    expect(first.twice).toEqual([]);

    // Whoever got no answer asks again with the same ids; a new process has taken the place of the killed one.
    const [replacement] = await startServers(1, folder);
    for (const { id, start } of unanswered) first.add((await askBatch(replacement!.origin, start, id)) ?? [], id);
    expect(first.domains).toBe(names);
    expect(first.twice).toEqual([]);

    // And every event that was told so is told so again.
    const retried = new FirstContacts();
    for (let index = 0; index < 4; index++) {
      for (let start = 0; start < names; start += BATCH) {
        const id = `client ${String(index)}`;
        retried.add((await askBatch(replacement!.origin, start, id)) ?? [], id);
      }
    }
    expect(retried.domains).toBe(names);
    expect(retried.twice).toEqual([]);
  }, 120_000);
});

describe('a server that is told to stop', () => {
  it('writes what it has gathered before it ends', async () => {
    const folder = temporaryFolder();
    const [server] = await startServers(1, folder);
    const at = (time: string) => fetch(`${server!.origin}/v1/domains/stop.com?at=${time}`);
    await at('2026-01-02T00:00:00Z');
    await at('2026-01-01T00:00:00Z');
    await at('2026-01-03T00:00:00Z');
    expect(await server!.stop('SIGTERM')).toBe(0);
    servers.splice(0);
    const { stdout } = await run(['contacts', 'list', '--data', folder]);
    expect(JSON.parse(stdout)).toMatchObject({
      domain: 'stop.com',
      first_seen: '2026-01-01T00:00:00.000Z',
      last_seen: '2026-01-03T00:00:00.000Z',
      count: 3,
    });
  });
});
