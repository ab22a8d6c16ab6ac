import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { communityClient } from '../../src/community/client.ts';
import { startCommunityQueue } from '../../src/community/queue.ts';
import { systemClock } from '../../src/lookup/clock.ts';
import { openCommunityStore } from '../../src/stores/community-answers.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import { openApp } from '../http/app-under-test.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A community server whose first answer to an ask is lost after it has been decided. */
async function startForgetfulServer() {
  const { app, service } = await openApp({ communityServer: true, lookups: false });
  const token = await service.communityServer!.tokens.add('north', 0);
  let asks = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const payload = await text(request);
      const { url = '', headers } = request;
      const answer = await app.inject({
        method: request.method === 'POST' ? 'POST' : 'GET',
        url,
        headers: { authorization: headers.authorization },
        ...(payload === '' ? {} : { payload }),
      });
      if (url.endsWith('/asks') && ++asks === 1) request.socket.destroy();
      else response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(answer.body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return { token, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked: () => asks };
}

it.each([0, 5])(
  'an answer that is lost comes again as it was, with %d digits of a hash',
  async (prefixDigits) => {
    const { token, url, asked } = await startForgetfulServer();
    const store = openCommunityStore(openMemoryEnvironment());
    const problems: (string | undefined)[] = [];
    await new Promise<void>((resolve, reject) => {
      const queue = startCommunityQueue({
        store,
        client: communityClient({ url, token, version: '0.1.0', prefixDigits }),
        server: url,
        clock: systemClock,
        mayOwn: true,
        mayLeave: () => true,
        limit: 10,
        trusted: [],
        onProblem(problem) {
          if (problems.push(problem) === 2) resolve();
        },
        onFault: reject,
      });
      ends.push(() => queue.stop());
      expect(queue.want('quiet-harbour.com', 'default')).toBe(true);
      expect(queue.isWanted('quiet-harbour.com')).toBe(true);
    });
    // Told once when it fails, and once when it is over.
    expect(problems).toEqual([expect.stringMatching(/cannot be asked: UND_ERR_SOCKET/), undefined]);
    expect(store.records.get('quiet-harbour.com')).toMatchObject({ status: 'first_contact', scope: 'default' });
    expect(asked()).toBe(2);
    expect(store.wishes.count()).toBe(0);
    expect(store.state().down).toBe(false);
  },
  20_000,
);
