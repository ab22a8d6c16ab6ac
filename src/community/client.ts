import { Agent, EnvHttpProxyAgent, request } from 'undici';
import { gunzip as gunzipWithCallback } from 'node:zlib';
import { promisify } from 'node:util';
import { Compile } from 'typebox/compile';
import { domainHash } from '../core/community.ts';
import {
  COMMUNITY_PROTOCOL,
  CommunityAskAnswerSchema,
  CommunityConfigSchema,
  CommunityPrefixAnswerSchema,
  type CommunityAnswer,
  type CommunityAsk,
  type CommunityConfig,
} from '../schema/community.ts';
import { withDeadline } from '../lookup/deadline.ts';

const gunzip = promisify(gunzipWithCallback);

/** A question on its way. */
export interface Question {
  readonly domain: string;
  readonly id: string;
  /** Its full hash has been sent before. */
  readonly registered?: boolean;
}

/** What came of a request. A failure is an expected outcome. */
export type Outcome<Value> =
  | { readonly kind: 'answer'; readonly value: Value }
  /** The server lives and wants fewer requests. */
  | { readonly kind: 'later'; readonly waitMs: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** The community server as a site sees it. */
export interface CommunityClient {
  config(): Promise<Outcome<CommunityConfig>>;
  /**
   * Asks; the answers are in the order of the questions. By prefix, `registering` is waited for before full hashes are
   * sent, with their domains: when the answer to those is lost, a prefix would show our own ask as somebody's.
   */
  ask(
    questions: readonly Question[],
    registering: (domains: readonly string[]) => Promise<void>,
  ): Promise<Outcome<readonly CommunityAnswer[]>>;
  /** A page of the established list, as text. */
  established(since: number): Promise<Outcome<string>>;
  close(): Promise<void>;
}

export interface CommunityClientSettings {
  readonly url: string;
  readonly token: string;
  /** Version of this program. */
  readonly version: string;
  /** Hexadecimal digits of the hash that are sent instead of a name; 0 = the name. */
  readonly prefixDigits: number;
}

const NO_ANSWER: CommunityAnswer = { refused: 'no_domain' };
const DEADLINE_MS = 20_000;
const MAX_BYTES = 32 * 1024 ** 2;
const FALLBACK_WAIT_MS = 60_000;

const configChecker = Compile(CommunityConfigSchema);
const askChecker = Compile(CommunityAskAnswerSchema);
const prefixChecker = Compile(CommunityPrefixAnswerSchema);

/** Speaks to the server over HTTP; what leaves is in the bodies here and nowhere else. Redirects are not followed. */
export function communityClient(settings: CommunityClientSettings): CommunityClient {
  // Without TLS the server is on this machine (the setting takes no other), and a proxy elsewhere would read all of it.
  const dispatcher = settings.url.startsWith('http:') ? new Agent() : new EnvHttpProxyAgent();
  const closing = new AbortController();
  const base = settings.url.replace(/\/$/, '');
  const headers = {
    authorization: `Bearer ${settings.token}`,
    'user-agent': `domain-stats/${settings.version}`,
  };

  const send = (path: string, body?: object): Promise<Outcome<string>> =>
    withDeadline(closing.signal, DEADLINE_MS, (signal) => exchange(path, body, signal));

  async function exchange(path: string, body: object | undefined, signal: AbortSignal): Promise<Outcome<string>> {
    try {
      const response = await request(`${base}/v1/community/${path}`, {
        dispatcher,
        signal,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...headers,
          'accept-encoding': 'gzip',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined
          ? {}
          : { body: JSON.stringify({ protocol: COMMUNITY_PROTOCOL, client: settings.version, ...body }) }),
      });
      const bytes = await limitedBytes(response.body);
      const isPacked = response.headers['content-encoding'] === 'gzip';
      const text = (isPacked ? await gunzip(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString('utf8');
      if (response.statusCode === 200) return { kind: 'answer', value: text };
      const wait = Number(response.headers['retry-after']);
      if (response.statusCode === 429) {
        return { kind: 'later', waitMs: wait > 0 ? wait * 1000 : FALLBACK_WAIT_MS };
      }
      return { kind: 'failed', reason: `HTTP ${String(response.statusCode)}${detailOf(text)}` };
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error) };
    }
  }

  async function ask(asks: readonly CommunityAsk[]): Promise<Outcome<readonly CommunityAnswer[]>> {
    const outcome = checked(await send('asks', { asks }), askChecker);
    if (outcome.kind !== 'answer') return outcome;
    const { answers } = outcome.value;
    if (answers.length !== asks.length) return { kind: 'failed', reason: 'answers to another number of asks' };
    return { kind: 'answer', value: answers };
  }

  /**
   * By prefix: what the server knows below it comes back, and it does not learn which name was meant. Only a domain that
   * is not there, and so unknown to everyone, is registered by its full hash.
   */
  async function askByPrefix(
    questions: readonly Question[],
    registering: (domains: readonly string[]) => Promise<void>,
  ): Promise<Outcome<readonly CommunityAnswer[]>> {
    const hashed = questions.map((question) => ({ ...question, hash: domainHash(question.domain) }));
    const fresh = hashed.filter(({ registered }) => registered !== true);
    const known = new Map<string, CommunityAnswer>();
    if (fresh.length > 0) {
      // Sorted, so that their order tells nothing of when the names were seen.
      const prefixes = [...new Set(fresh.map(({ hash }) => hash.slice(0, settings.prefixDigits)))].sort();
      const outcome = checked(await send('prefixes', { prefixes }), prefixChecker);
      if (outcome.kind !== 'answer') return outcome;
      const wanted = new Set(fresh.map(({ hash }) => hash));
      for (const { hash, status, ...rest } of outcome.value.buckets.flat()) {
        if (status !== undefined && wanted.has(hash)) known.set(hash, { status, ...rest });
      }
    }
    const unknown = hashed.filter(({ hash }) => !known.has(hash));
    if (unknown.length > 0) {
      await registering(unknown.map(({ domain }) => domain));
      const registered = await ask(unknown.map(({ hash, id }) => ({ hash, id })));
      if (registered.kind !== 'answer') return registered;
      unknown.forEach(({ hash }, index) => known.set(hash, registered.value[index] ?? NO_ANSWER));
    }
    return { kind: 'answer', value: hashed.map(({ hash }) => known.get(hash) ?? NO_ANSWER) };
  }

  return {
    config: async () => checked(await send('config'), configChecker),
    ask: (questions, registering) =>
      settings.prefixDigits > 0
        ? askByPrefix(questions, registering)
        : ask(questions.map(({ domain, id }) => ({ domain, id }))),
    established: (since) => send(`established?since=${String(since)}`),
    async close() {
      closing.abort();
      await dispatcher.destroy();
    },
  };
}

/** What went wrong in a word, such as `ECONNREFUSED` or `TimeoutError`; our own faults have a sentence. */
function reasonOf(error: unknown): string {
  const { code, name, message } = error as { code?: unknown; name?: string; message?: string };
  if (typeof code === 'string') return code;
  return (name === 'Error' ? message : name) ?? 'unknown fault';
}

async function limitedBytes(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`more than ${String(MAX_BYTES)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checked<Value>(outcome: Outcome<string>, checker: { Check(value: unknown): value is Value }): Outcome<Value> {
  if (outcome.kind !== 'answer') return outcome;
  const value = jsonOf(outcome.value);
  return checker.Check(value)
    ? { kind: 'answer', value }
    : { kind: 'failed', reason: 'an answer that is not of this protocol' };
}

/** The sentence of a problem document. */
function detailOf(text: string): string {
  const detail = (jsonOf(text) as { detail?: unknown } | null | undefined)?.detail;
  return typeof detail === 'string' ? `: ${detail.slice(0, 200)}` : '';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
