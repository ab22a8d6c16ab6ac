import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Engine, EngineRequest } from '../../src/elastic/engine.ts';
import { sweepOnce } from '../../src/elastic/sweep/sweep.ts';
import { startProgram, startServer } from '../processes/program.ts';
import { startRegistry } from './registry.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** An engine with pages of pending documents, written `index/id`; `takes` tells which of them it lets be replaced. */
function engineWith(pages: readonly (readonly string[])[], takes: (document: string) => boolean) {
  const written: string[] = [];
  let page = 0;
  const reply = ({ path, body = '' }: EngineRequest): object => {
    if (path.startsWith('/_search?')) {
      const hits = (pages[page++] ?? []).map((document, i) => {
        const [_index, _id] = document.split('/');
        return { _index, _id, _seq_no: i, _primary_term: 1, _source: {}, sort: [page, i] };
      });
      return { hits: { hits } };
    }
    if (!path.startsWith('/_bulk')) return { pit_id: 'p' };
    const items = body.split('\n').flatMap((line) => {
      const { index } = JSON.parse(line === '' ? '{}' : line) as { index?: { _index: string; _id: string } };
      if (index === undefined) return [];
      const document = `${index._index}/${index._id}`;
      written.push(document);
      const error = { type: 'document_parsing_exception', reason: 'failed to parse' };
      return [{ index: takes(document) ? { status: 200 } : { status: 400, error } }];
    });
    return { items };
  };
  const engine: Engine = {
    product: 'opensearch',
    version: [3, 8],
    send: (request) => Promise.resolve({ status: 200, text: JSON.stringify(reply(request)) }),
    close: () => Promise.resolve(),
  };
  return { engine, written };
}

const complete = (documents: readonly unknown[]) => Promise.resolve(documents.map(() => '{}'));

it('documents that are refused keep no other of their index from being written', async () => {
  const pages = [
    ['bad/1', 'part/1', 'part/2'],
    ['bad/2', 'part/3'],
  ];
  const { engine, written } = engineWith(pages, (document) => !['bad/1', 'part/1'].includes(document));
  const counts = { completed: 1, conflicts: 0, failed: 0 };
  const pass = await sweepOnce(engine, { patterns: ['*'], complete, counts });
  expect(written).toEqual(pages.flat());
  expect(pass).toMatchObject({ found: 5, completed: 3, failed: 2, conflicts: 0 });
  expect(counts).toEqual({ completed: 4, conflicts: 0, failed: 2 });
  expect(pass.problems).toEqual([
    expect.stringMatching(/^bad: failed to parse\. /),
    expect.stringMatching(/^part: failed to parse\. /),
  ]);
});

it('an index that refuses all it is sent is left for the rest of the pass, one that has taken some is not', async () => {
  const page = (from: number) => Array.from({ length: 20 }, (_, i) => [`shut/${from + i}`, `part/${from + i}`]).flat();
  const { engine, written } = engineWith([page(0), page(20)], (document) => document === 'part/7');
  const pass = await sweepOnce(engine, { patterns: ['*'], complete });
  expect(written).toEqual([...page(0), ...page(20).filter((document) => document.startsWith('part'))]);
  expect(pass).toMatchObject({ found: 80, completed: 1, failed: 79 });
});

/** An engine that says what it is and then nothing more, and what it has been asked. */
const paths: string[] = [];
const hanging = createServer((request, response) => {
  if (request.url === '/') response.end(JSON.stringify({ version: { number: '3.8.0', distribution: 'opensearch' } }));
  else hanging.emit('asked', paths.push(request.url ?? ''));
});
let url = '';
beforeAll(async () => {
  hanging.listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  url = `http://127.0.0.1:${String((hanging.address() as AddressInfo).port)}`;
});
afterAll(() => {
  hanging.closeAllConnections();
  hanging.close();
});

it('an engine that hangs keeps no server from its end in time, and no hits from being written', async () => {
  const data = temporaryFolder();
  const registry = await startRegistry();
  const flags = ['--data', data, '--elasticsearch-url', url, '--sweep-index', 'logs', '--share-facts'];
  const server = await startServer(flags, { ...registry.environment, DOMAIN_STATS_FLUSH_EVERY: '1m' });
  const ask = (query: string) => fetch(`${server.origin}/v1/domains/hangs.com?${query}`);
  await ask('at=2026-03-01T00:00:00Z');
  while (!paths.some((path) => path.includes('_mget'))) await once(hanging, 'asked');
  await ask('at=2026-04-01T00:00:00Z');
  expect(paths).toContainEqual(expect.stringContaining('point_in_time'));
  // One that is cut off ends with 1.
  expect(await server.stop()).toBe(0);
  const again = await startServer(['--data', data]);
  const answer: unknown = await (await fetch(`${again.origin}/v1/domains/hangs.com?contact=false`)).json();
  expect(answer).toMatchObject({ last_seen: '2026-04-01T00:00:00.000Z' });
  expect(await again.stop()).toBe(0);
  registry.stop();
}, 60_000);

it('an engine that hangs keeps no sweep from its end', async () => {
  const asked = once(hanging, 'asked');
  const args = ['--data', temporaryFolder(), '--elasticsearch-url', url, '--index', 'logs', '--follow'];
  const sweep = startProgram(['sweep', ...args]);
  const ended = once(sweep, 'close');
  await asked;
  sweep.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
}, 30_000);
