import type { IncomingMessage } from 'node:http';

/** A request to one of the predecessors' routes, read from the request line by hand: their rules are not a router's. */
export interface PeerRequest {
  readonly method: string;
  /** As it stood in the request line. */
  readonly url: string;
  /** Without the query, not decoded; begins with a slash. */
  readonly path: string;
  /** Behind the question mark; undefined without one. */
  readonly query: string | undefined;
  /** `http://host:port` as the client called it. */
  readonly origin: string;
  /** `host:port` that the server listens on. */
  readonly address: string;
}

/** What goes back. */
export interface PeerReply {
  readonly status: number;
  readonly type: string;
  readonly allow?: string;
  readonly body: string;
}

/** Text, as Python's plain server sends it. */
export const plainText = (body: string): PeerReply => ({ status: 200, type: 'text/plain', body });

/** One predecessor: its way from a request to an answer. `undefined`: no route of its; ours says so. */
export type Peer = (request: PeerRequest) => PeerReply | undefined | Promise<PeerReply | undefined>;

/** Path and query of a request line. */
export function splitUrl(url: string): { path: string; query: string | undefined } {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: undefined } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** Percent-decodes as far as it goes: bytes that are no UTF-8 become the replacement character, never an error. */
export const percentDecoded = (text: string): string =>
  text.replace(ESCAPES, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'));

/** A query parameter, the first of its name, decoded; undefined when it is not there. */
export const parameterOf = (query: string | undefined, name: string): string | undefined =>
  new URLSearchParams(query ?? '').get(name) ?? undefined;

/**
 * The router refuses a path whose escapes are no UTF-8, before credentials are asked for. The predecessors answered such
 * names; so outside our own prefix the escapes are mended first, and the request takes its way through every check.
 */
export function mendedUrl(request: Pick<IncomingMessage, 'url'>): string {
  const url = request.url ?? '/';
  if (url.startsWith('/v1/') || !url.includes('%')) return url;
  const { path, query } = splitUrl(url);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    const mended = path.split('/').map((segment) => encodeURIComponent(percentDecoded(segment)));
    return mended.join('/') + (query === undefined ? '' : `?${query}`);
  }
}
