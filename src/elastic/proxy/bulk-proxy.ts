import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Agent } from 'undici';
import { BodyProblem, enrichedBulk, enrichedDocument, takeBody, type BodyWork } from './bodies.ts';
import { enrichInTime, type InTimeOptions } from './enrich-in-time.ts';
import { endToEnd } from './headers.ts';
import { contentIds } from './operation-documents.ts';
import { targetOf, type Target } from './targets.ts';

/** How a bulk proxy works; what is in {@link InTimeOptions} goes for each request. */
export interface BulkProxyOptions extends InTimeOptions {
  /** The engine behind it. */
  readonly url: string;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly limit: number;
  readonly ids: 'content' | 'engine';
  /** A request's head must have arrived by then, in milliseconds. */
  readonly headTimeoutMs: number;
}

export interface BulkProxy {
  /** Where it listens, e.g. `http://127.0.0.1:9201`. */
  readonly origin: string;
  /** No new connections; resolves when the running requests have been answered or their time is over. */
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 10_000;
/** A bulk body may be held back by a busy engine; a head may not. */
const BODY_WITHIN_MS = 600_000;
/** Engines never close an idle connection; a shipper must not meet one that closes as it sends. */
const KEEP_ALIVE_MS = 72_000;
/** A request that the engine has not answered by then is cut off when the proxy stops. */
const CLOSE_WITHIN_MS = 5000;

/** Listens. Whatever is no document passes as it came, both ways, without being held in memory. */
export async function startBulkProxy(options: BulkProxyOptions): Promise<BulkProxy> {
  const { origin: engine, pathname } = new URL(options.url);
  const prefix = pathname.replace(/\/+$/, '');
  // How long an answer may take is between the engine and its client; one that goes away ends the request.
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_WITHIN_MS, ...(options.ca === undefined ? {} : { ca: options.ca }) },
  });
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    void handle(request, response).catch((error: unknown) => answerProblem(request, response, error, options.onFault));
  const limits = {
    headersTimeout: options.headTimeoutMs,
    requestTimeout: BODY_WITHIN_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server =
    options.tls === undefined ? createServer(limits, answer) : createTlsServer({ ...limits, ...options.tls }, answer);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    if (!path.startsWith('/')) throw new BodyProblem(400, 'The request must name a path, such as /_bulk.');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const target = isJson(request) ? targetOf(method, path) : ({ kind: 'other' } as const);
    const passes = target.kind === 'other';
    const headers = endToEnd(request.rawHeaders, passes ? ['host'] : ['host', 'content-length', 'content-encoding']);
    const body = passes ? bodyOf(request) : await enrichedBody(request, response, target);
    const reply = await agent.request({
      origin: engine,
      path: prefix + path,
      method: method,
      headers,
      body,
      signal: gone.signal,
      responseHeaders: 'raw',
    });
    response.sendDate = false;
    response.writeHead(reply.statusCode, endToEnd(reply.headers as unknown as string[]));
    await pipeline(reply.body, response);
  }

  function enrichedBody(
    request: IncomingMessage,
    response: ServerResponse,
    target: Exclude<Target, { kind: 'other' }>,
  ) {
    const { body, stop } = takeBody(request, encodingOf(request));
    response.once('close', stop);
    const { limit, fields } = options;
    const work: BodyWork = { limit, fields, enrich: enrichInTime(options) };
    if (target.kind === 'document') return enrichedDocument(body, target, work);
    return enrichedBulk(body, options.ids === 'content' ? contentIds(target.index) : () => undefined, work);
  }

  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { address, port, family } = server.address() as AddressInfo;
  return {
    origin: `${options.tls === undefined ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      const late = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
      await agent.close();
    },
  };
}

/** Bodies that are no JSON (SMILE, CBOR) or packed otherwise are not ours to read. */
function isJson(request: IncomingMessage): boolean {
  const isReadable = ['gzip', 'identity'].includes(encodingOf(request));
  return isReadable && /json/i.test(request.headers['content-type'] ?? 'json');
}

const encodingOf = ({ headers }: IncomingMessage): string =>
  headers['content-encoding']?.trim().toLowerCase() ?? 'identity';

const bodyOf = (request: IncomingMessage): IncomingMessage | null =>
  request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0
    ? null
    : request;

/** Our own answers look like an engine's, so that every client knows what to do with them. */
function answerProblem(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  onFault: (error: unknown) => void,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const own = error instanceof BodyProblem;
  if (!own) onFault(new Error('bulk proxy: the engine cannot be reached', { cause: error }));
  const status = own ? error.status : 502;
  const reason = own
    ? error.message
    : 'The engine behind the bulk proxy cannot be reached; send the request again later.';
  const body = JSON.stringify({ error: { type: 'domain_stats_bulk_proxy', reason }, status });
  // What is left of the request is not read: the connection ends here.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
}
