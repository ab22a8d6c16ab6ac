import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { run, startServer, type RunningServer } from './program.ts';

export interface Answer {
  readonly name: string;
  readonly domain?: string;
  readonly status: string;
  readonly pending?: readonly string[];
  readonly first_contact?: boolean;
  readonly alerts?: readonly string[];
  readonly category?: string;
  readonly category_source?: string;
  readonly community?: { readonly status: string; readonly first_seen?: string; readonly notes?: readonly string[] };
}

/** Runs `domain-stats community …` on a server's data directory; what it printed. */
export async function administer(data: string, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await run(['community', ...args, '--data', data], { input });
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim();
}

/** A site that asks the community server at `url`. */
export const startSite = (data: string, url: string, token: string, args: readonly string[] = []) =>
  startServer(['--data', data, '--community-url', url, ...args], { DOMAIN_STATS_COMMUNITY_TOKEN: token });

export async function ask(site: RunningServer, items: readonly object[], query = ''): Promise<Answer[]> {
  const response = await fetch(`${site.origin}/v1/domains${query}`, { method: 'POST', body: JSON.stringify(items) });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer[];
}

/** Sends the same events, with their ids, until the community has answered all of them. */
export async function askUntil(
  site: RunningServer,
  items: readonly object[],
  isDone: (answer: Answer) => boolean,
): Promise<Answer[]> {
  for (;;) {
    const answers = await ask(site, items);
    if (answers.every(isDone)) return answers;
    await delay(100);
  }
}

/** Between a site and its server: keeps every byte that the site sends. */
export async function startTap(target: string) {
  const { hostname, port } = new URL(target);
  const sent: Buffer[] = [];
  let connections = 0;
  const server = createServer((site) => {
    connections++;
    const onward = connect(Number(port), hostname);
    site.on('data', (chunk) => sent.push(chunk));
    site.pipe(onward).pipe(site);
    for (const socket of [site, onward]) socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    text: () => Buffer.concat(sent).toString('latin1'),
    connections: () => connections,
    close: () => server.close(),
  };
}
