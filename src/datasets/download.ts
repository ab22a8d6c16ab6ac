import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';

export interface DownloadOptions {
  /** Where the body goes. */
  readonly file: string;
  readonly maxBytes: number;
  /** For everything: connecting, redirects, body. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Of what is live: then an unchanged body is not sent again. */
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** What came of a download. A failure is an expected outcome: its reason says what was tried and what to do. */
export type Download =
  | { readonly kind: 'fetched'; readonly etag?: string; readonly lastModified?: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly reason: string };

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Gets a file over HTTP(S), through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. Never throws. */
export async function download(url: string, options: DownloadOptions): Promise<Download> {
  const dispatcher = new EnvHttpProxyAgent();
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    return await follow(new URL(url), options, { dispatcher, signal });
  } catch (error) {
    return { kind: 'failed', reason: `${shownUrl(url)}: ${reasonOf(error, signal, options)}` };
  } finally {
    await dispatcher.destroy();
  }
}

/** An address for messages and `about.json`: without a password or a token in it. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

interface Connection {
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

async function follow(first: URL, options: DownloadOptions, connection: Connection): Promise<Download> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await request(url, { ...connection, headers: headersOf(options) });
    const { statusCode, headers, body } = response;
    const location = headers['location'];
    if (REDIRECTS.has(statusCode) && typeof location === 'string') {
      await body.dump();
      const next = new URL(location, url);
      if (!isAllowed(next, url)) throw new Error(`redirected to ${next.protocol}//${next.host}, which is not followed`);
      url = next;
      continue;
    }
    if (statusCode === 304) return { kind: 'unchanged' };
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`answered ${String(statusCode)}`);
    }
    refuseTooLarge(Number(headers['content-length'] ?? 0), options.maxBytes);
    await pipeline(body, limited(options.maxBytes), createWriteStream(options.file), { signal: connection.signal });
    const { etag, 'last-modified': lastModified } = headers;
    return {
      kind: 'fetched',
      ...(typeof etag === 'string' ? { etag } : {}),
      ...(typeof lastModified === 'string' ? { lastModified } : {}),
    };
  }
  throw new Error(`redirected more than ${String(MAX_REDIRECTS)} times`);
}

const headersOf = ({ userAgent, etag, lastModified }: DownloadOptions): Record<string, string> => ({
  'user-agent': userAgent,
  // What comes is stored and hashed as it is; lists that are worth it are packed files anyway.
  'accept-encoding': 'identity',
  ...(etag === undefined ? {} : { 'if-none-match': etag }),
  ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
});

/** HTTP(S) only, and never from https down to http. */
const isAllowed = (next: URL, from: URL): boolean =>
  next.protocol === 'https:' || (next.protocol === 'http:' && from.protocol === 'http:');

class TooLarge extends Error {
  override name = 'TooLarge';
}

function refuseTooLarge(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new TooLarge(`more than ${String(maxBytes)} bytes; raise download_limit if that is right`);
}

function limited(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      try {
        refuseTooLarge(bytes, maxBytes);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function reasonOf(error: unknown, signal: AbortSignal, { timeoutMs }: DownloadOptions): string {
  if (signal.aborted) return `not finished within ${String(timeoutMs)} ms; raise download_timeout if the line is slow`;
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}
