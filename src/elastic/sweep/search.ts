import { ask, refusal, type Engine, type EngineRequest, type JsonObject } from '../engine.ts';
import { readPage, type Page } from './documents.ts';

const KEEP_ALIVE = '2m';
const PAGE_SIZE = 500;

/** The documents that are pending at one point in time, by event time, page by page. Throws `EngineError`. */
export async function* pendingPages(engine: Engine, patterns: readonly string[]): AsyncGenerator<Page> {
  const api = apiOf(engine);
  const opened = await ask(engine, { method: 'POST', path: api.open(patterns.map(encodeURIComponent).join(',')) });
  let pit = opened.body[api.name];
  try {
    for (let after: unknown; ;) {
      const request: EngineRequest = {
        method: 'POST',
        path: '/_search?allow_partial_search_results=false',
        body: JSON.stringify(searchOf(pit, after)),
      };
      const reply = await engine.send(request);
      if (reply.status !== 200) throw refusal(request, reply);
      const page = readPage(reply.text);
      if (page.after === undefined) return;
      yield page;
      after = page.after;
      pit = page.pit ?? pit;
    }
  } finally {
    // It would end by itself; an engine that is away has lost it anyway.
    await ask(engine, { method: 'DELETE', path: api.close, body: JSON.stringify(api.closing(pit)) }, [404]).catch(
      () => undefined,
    );
  }
}

/** Events without a time come last. The engines' own number for that is one that JavaScript cannot give back. */
const UNTIMED = Date.UTC(9999, 0);

/** What is still to be told of a document's name, or of another one of its names. */
const PENDING = ['domain_stats', 'domain_stats_all'].map((answer) => ({ exists: { field: `${answer}.pending` } }));

const searchOf = (pit: unknown, after: unknown): JsonObject => ({
  size: PAGE_SIZE,
  pit: { id: pit, keep_alive: KEEP_ALIVE },
  query: { bool: { filter: [{ bool: { should: PENDING } }] } },
  // Two shards may share both values; what a page passes over so is found by the next pass.
  sort: [{ '@timestamp': { order: 'asc', unmapped_type: 'date', missing: UNTIMED } }, { _seq_no: 'asc' }],
  seq_no_primary_term: true,
  track_total_hits: after === undefined,
  ...(after === undefined ? {} : { search_after: after }),
});

/** The two engines have the same idea under different paths. Closed and missing indices are passed over. */
function apiOf({ product }: Engine) {
  const query = `keep_alive=${KEEP_ALIVE}&ignore_unavailable=true&expand_wildcards=open`;
  return product === 'opensearch'
    ? {
        name: 'pit_id',
        open: (patterns: string) => `/${patterns}/_search/point_in_time?${query}`,
        close: '/_search/point_in_time',
        closing: (pit: unknown) => ({ pit_id: [pit] }),
      }
    : {
        name: 'id',
        open: (patterns: string) => `/${patterns}/_pit?${query}`,
        close: '/_pit',
        closing: (pit: unknown) => ({ id: pit }),
      };
}
