import { setTimeout as pause } from 'node:timers/promises';
import type { Settings } from '../settings/table.ts';
import type { Client } from './clients.ts';
import { connectionOf, type Connection } from './connection.ts';
import {
  EngineError,
  objectAt,
  readJson,
  refusal,
  type Engine,
  type EngineReply,
  type EngineRequest,
} from './engine.ts';

/** How patient a caller is. */
export interface Patience {
  /** Requests are repeated for so long while the engine is away or busy, in milliseconds. */
  readonly retryMs: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 10_000;
/** The engine is busy, or a node behind a proxy is away: the same request may succeed later. */
const LATER: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Connects to the engine of the settings and asks which one it is. Throws {@link EngineError}. */
export async function connectEngine(settings: Settings, patience: Patience): Promise<Engine> {
  if (settings.elasticsearchUrl.length === 0) {
    throw new EngineError('There is no search engine: give elasticsearch_url, such as http://127.0.0.1:9200.');
  }
  const connection = await connectionOf(settings);
  // A third of the time that the program takes to start: loaded by whoever needs an engine.
  const { elasticsearchClient, openSearchClient } = await import('./clients.ts');
  // OpenSearch's client lets either engine answer; Elasticsearch's refuses all but its own.
  const openSearch = openSearchClient(connection);
  try {
    const { isOpenSearch, version } = await identify(openSearch, connection, patience);
    const client = isOpenSearch ? openSearch : elasticsearchClient(connection);
    if (client !== openSearch) await openSearch.close();
    return {
      product: isOpenSearch ? 'opensearch' : 'elasticsearch',
      version,
      send: (request) => sendPatiently(client, request, connection, patience),
      close: () => client.close(),
    };
  } catch (error) {
    await openSearch.close();
    throw error;
  }
}

async function identify(client: Client, connection: Connection, patience: Patience) {
  const request: EngineRequest = { method: 'GET', path: '/' };
  const reply = await sendPatiently(client, request, connection, patience);
  if (reply.status !== 200) throw refusal(request, reply);
  const version = objectAt(readJson(reply.text), 'version');
  const numbers = /^(\d+)\.(\d+)/.exec(typeof version['number'] === 'string' ? version['number'] : '');
  if (numbers === null) {
    const where = connection.urls.join(', ');
    throw new EngineError(
      `${where} is neither Elasticsearch nor OpenSearch: GET / tells no version. Check elasticsearch_url.`,
    );
  }
  return {
    isOpenSearch: version['distribution'] === 'opensearch',
    version: [Number(numbers[1]), Number(numbers[2])] as const,
  };
}

async function sendPatiently(
  client: Client,
  request: EngineRequest,
  connection: Connection,
  { retryMs, signal }: Patience,
): Promise<EngineReply> {
  const end = Date.now() + retryMs;
  for (let delay = FIRST_PAUSE_MS; ; delay = Math.min(delay * 2, MAX_PAUSE_MS)) {
    const outcome = await attempt(client, request);
    if ('status' in outcome && !LATER.has(outcome.status)) return outcome;
    if (Date.now() + delay > end || signal?.aborted === true) {
      if ('status' in outcome) return outcome;
      throw unreachable(connection, outcome.failure);
    }
    // A fifth of jitter, so that several clients do not come back at once; an abort ends the pause.
    const jittered = delay * (0.8 + 0.4 * Math.random());
    await pause(jittered, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

async function attempt(client: Client, request: EngineRequest): Promise<EngineReply | { readonly failure: unknown }> {
  try {
    return await client.send(request);
  } catch (failure) {
    return { failure };
  }
}

function unreachable({ urls }: Connection, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(
    `${urls.join(', ')} cannot be reached: ${reason}. Check elasticsearch_url, and elasticsearch_ca if it speaks TLS.`,
    { cause },
  );
}
