// The other side of the comparison: node:http with one LMDB get, the least that an answer from a store can cost.
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';

const store = open({ path: mkdtempSync(join(tmpdir(), 'bare-server-')), encoding: 'binary' });
const names = Number(process.argv[2] ?? 10_000);
store.transactionSync(() => {
  for (let i = 0; i < names; i++)
    store.put(`name-${i}.com`, Buffer.from(`{"rank":${i},"padding":"${'x'.repeat(120)}"}`));
});

const server = createServer((request, response) => {
  const value = store.getBinary(request.url.slice(request.url.lastIndexOf('/') + 1));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': value?.length ?? 2 });
  response.end(value ?? '{}');
});
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
