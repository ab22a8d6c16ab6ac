import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { communityClient } from '../../src/community/client.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startListener(answer: RequestListener, tunnelled = (): void => undefined): Promise<string> {
  const server = createServer(answer).on('connect', (_, socket) => {
    tunnelled();
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

function clientOf(url: string) {
  const client = communityClient({ url, token: 'secret', version: '0.1.0', prefixDigits: 0 });
  ends.push(() => client.close());
  return client;
}

it('what goes to this machine in clear goes past every proxy', async () => {
  const config = {
    protocol: 1,
    min_client: '0.1.0',
    prohibited_suffixes: [],
    batch_max: 500,
    established: false,
  };
  const url = await startListener((_, response) => response.end(JSON.stringify(config)));
  let proxied = 0;
  const proxy = await startListener(
    (_, response) => {
      proxied++;
      response.writeHead(502).end();
    },
    () => proxied++,
  );
  const before = process.env;
  process.env = { ...before, HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: '', no_proxy: '' };
  ends.push(() => (process.env = before));
  expect(await clientOf(url).config()).toEqual({ kind: 'answer', value: config });
  expect(proxied).toBe(0);
}, 30_000);

it('a failure says what it was', async () => {
  const huge = Buffer.alloc(1024 ** 2);
  const url = await startListener((_, response) => {
    response.on('error', () => undefined);
    for (let sent = 0; sent <= 32; sent++) response.write(huge);
    response.end();
  });
  expect(await clientOf(url).config()).toEqual({ kind: 'failed', reason: 'more than 33554432 bytes' });
});
