import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { communityClient } from '../../src/community/client.ts';
import { pullEstablished } from '../../src/community/pull-established.ts';
import { makePackKey } from '../../src/datasets/pack-key.ts';
import { openCommunityStore } from '../../src/stores/community-answers.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import { NOW, openApp } from '../http/app-under-test.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it('a site pulls the established list, then its changes, and takes nothing that is not signed', async () => {
  const file = join(temporaryFolder(), 'key.pem');
  const { privatePem, publicText } = makePackKey();
  writeFileSync(file, privatePem);
  const { app, service } = await openApp({ communityServer: true, lookups: false, communitySignKey: file });
  const { tokens, lists } = service.communityServer!;
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = communityClient({ url, token: await tokens.add('north', NOW), version: '0.1.0', prefixDigits: 0 });
  ends.push(() => client.close());
  const store = openCommunityStore(openMemoryEnvironment());
  const pull = (trusted: string) =>
    pullEstablished({ store, client, trusted: [trusted], now: NOW, goesOn: () => true });
  const created = Date.parse('2001-02-03T00:00:00Z');
  const names = Array.from({ length: 10_300 }, (_, index) => `old-${String(index)}.com`);
  await lists.putEstablished(names.map((domain) => ({ domain, created })));

  expect(await pull(makePackKey().publicText)).toMatch(/not signed by a trusted key/);
  expect([store.records.count(), store.state().established]).toEqual([0, 0]);

  // More than one page; a name that waits need not be asked for any more.
  await store.environment.write(() => store.wishes.put('old-7.com', { id: '0123456789ab', scope: 'default' }));
  expect(await pull(publicText)).toBeUndefined();
  expect([store.records.count(), store.wishes.count()]).toEqual([names.length, 0]);
  expect(store.records.get('old-10299.com')).toEqual({ status: 'established', created });
  expect(store.state()).toMatchObject({ established: names.length, pulled: NOW });

  // Struck from the list, and with a remark: both are to be asked for from now on.
  await lists.putEstablished([{ domain: 'old-1.com' }]);
  await lists.putNotes('cert', [{ domain: 'old-2.com', text: 'phishing' }]);
  expect(await pull(publicText)).toBeUndefined();
  expect(['old-1.com', 'old-2.com', 'old-3.com'].map((domain) => store.records.get(domain) !== undefined)).toEqual([
    false,
    false,
    true,
  ]);
  await lists.putNotes('cert', []);
  expect(await pull(publicText)).toBeUndefined();
  expect(store.records.get('old-2.com')).toEqual({ status: 'established', created });
}, 30_000);
