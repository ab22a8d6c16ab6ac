import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import type { Connection } from './connection.ts';
import type { EngineReply, EngineRequest } from './engine.ts';

/** An official client, reduced to one attempt at a request; throws what the client throws when there is no answer. */
export interface Client {
  send(request: EngineRequest): Promise<EngineReply>;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 60_000;
/** Every status is an answer to us; the clients throw those that are not listed. */
const ANY_STATUS = Array.from({ length: 300 }, (_, index) => 300 + index);

/** Answers are taken as streams: the text of a document must stay as it is, and a client would parse it. */
type Stream = AsyncIterable<Buffer | string> | string | null | undefined;

export function openSearchClient({ urls, authorization, ca }: Connection): Client {
  const client = new OpenSearchClient({
    nodes: [...urls],
    // A host that is away is passed over for the next one; time heals the rest (see connect.ts).
    maxRetries: urls.length - 1,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(ca === undefined ? {} : { ssl: { ca } }),
  });
  return {
    async send({ method, path, body, isBulk }) {
      const answer = await client.transport.request(
        { method, path, ...bodyOf(body, isBulk) },
        { ignore: ANY_STATUS, asStream: true, headers: headersOf(authorization, isBulk) },
      );
      return { status: answer.statusCode ?? 0, text: await textOf(answer.body as Stream) };
    },
    close: () => client.close(),
  };
}

export function elasticsearchClient({ urls, authorization, ca }: Connection): Client {
  const client = new ElasticsearchClient({
    nodes: [...urls],
    maxRetries: urls.length - 1,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  return {
    async send({ method, path, body, isBulk }) {
      const [bare = path, querystring = ''] = path.split('?');
      const { statusCode, body: stream } = await client.transport.request<Stream>(
        { method, path: bare, ...(querystring === '' ? {} : { querystring }), ...bodyOf(body, isBulk) },
        { ignore: ANY_STATUS, asStream: true, meta: true, headers: headersOf(authorization, isBulk) },
      );
      return { status: statusCode, text: await textOf(stream) };
    },
    close: () => client.close(),
  };
}

/**
 * Always plain types. Elasticsearch's client would send ones of its own major version, which the major version before it
 * refuses, and a text as body would go out as text/plain.
 */
const headersOf = (authorization: string | undefined, isBulk = false) => ({
  accept: 'application/json',
  'content-type': isBulk ? 'application/x-ndjson' : 'application/json',
  ...(authorization === undefined ? {} : { authorization }),
});

const bodyOf = (body: string | undefined, isBulk = false) =>
  body === undefined ? {} : isBulk ? { bulkBody: body } : { body };

async function textOf(stream: Stream): Promise<string> {
  if (typeof stream === 'string') return stream;
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
