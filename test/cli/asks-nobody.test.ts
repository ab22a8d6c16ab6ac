import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Each step starts a program; a busy machine takes its time.
jest.setTimeout(60_000);

/** Stands where the community server would be, and counts who comes. */
let connections = 0;
const server = createServer((socket) => {
  connections++;
  socket.on('error', () => undefined).destroy();
});

const [data, files] = [temporaryFolder(), temporaryFolder()];
let environment: Record<string, string>;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  environment = {
    DOMAIN_STATS_DATA: data,
    DOMAIN_STATS_COMMUNITY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    DOMAIN_STATS_COMMUNITY_TOKEN: 'token',
  };
  // Domains that wait to be asked for: whoever owns the queue asks at once.
  await run(['enrich', '--names'], { input: 'a.com\nb.com\n', environment });
  writeFileSync(join(files, 'domain_cache.dst'), '');
  await run(['pack', 'keygen', join(files, 'key')]);
});
afterAll(() => void server.close());

const COMMANDS = [
  ['suppress', 'list'],
  ['contacts', 'import', '-'],
  ['export', 'registrations'],
  ['import', 'registrations', '-'],
  ['import', 'domain-stats', join(files, 'domain_cache.dst')],
  ['pack', 'create', join(files, 'pack'), '--sign-key', join(files, 'key')],
  ['status', '--json'],
];

it('commands that work on the stores alone ask no community server, and leave it what waits', async () => {
  const ended = await Promise.all(COMMANDS.map((args) => run(args, { environment })));
  expect(ended.map(({ code, stderr }) => [code, stderr.includes('community')])).toEqual(COMMANDS.map(() => [0, false]));
  expect(connections).toBe(0);
  const { stores } = JSON.parse(ended.at(-1)!.stdout) as { stores: object[] };
  expect(stores).toContainEqual(expect.objectContaining({ store: 'community_wishes', entries: 2 }));
});
