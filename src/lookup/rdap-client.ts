import { Agent, request, type Dispatcher } from 'undici';
import { addressPolicy, type AddressPolicy, type Resolve } from './address-policy.ts';
import { withDeadline } from './deadline.ts';
import { isQueryName, type QueryResult } from './lookup-result.ts';
import { parseRdapDomain, relatedLink } from './rdap-document.ts';
import { readRetryAfter } from './retry-after.ts';
import type { LookupSettings } from './settings.ts';

/** Asks RDAP servers. */
export interface RdapClient {
  /** Asks the server with the given base URL for a domain in A-labels. */
  lookUp(domain: string, base: string, signal: AbortSignal): Promise<QueryResult>;
  close(): Promise<void>;
}

/** What a request ended with: an answer of the server, or why there is none. */
type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Dispatcher.ResponseData['headers'];
      readonly body: string;
      readonly url: URL;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * An RDAP client (RFC 7480, RFC 9082) on undici's `request()`, which neither follows redirects nor inflates: both are
 * dangerous here, because answers choose the targets and sizes. One deadline holds for all of a look-up.
 */
export function createRdapClient(settings: LookupSettings, now: () => number, resolve?: Resolve): RdapClient {
  const policy = addressPolicy(settings.allowPrivateAddresses, resolve);
  const agent = new Agent({
    connect: { lookup: policy.lookup, timeout: settings.deadlineMs },
    connections: settings.rdapConcurrency,
    maxResponseSize: settings.rdapMaxBytes,
    headersTimeout: settings.deadlineMs,
    bodyTimeout: settings.deadlineMs,
    keepAliveTimeout: 4_000,
  });
  const fetchUrl = (url: URL, signal: AbortSignal) => fetchWithRedirects(url, { settings, policy, agent, signal });

  async function ask(
    domain: string,
    base: string,
    server: string,
    stop: AbortSignal,
    signal: AbortSignal,
  ): Promise<QueryResult> {
    const answer = await fetchUrl(new URL(`domain/${domain}`, base), signal);
    if (stop.aborted) return { kind: 'stopped' };
    if (answer.kind === 'failed') return { ...answer, server };
    const result = readAnswer(answer, domain, server, now());
    const link = settings.followRegistrar ? relatedLink(jsonOf(answer.body)) : undefined;
    if (result.kind !== 'found' || link === undefined || !URL.canParse(link)) return result;
    return withRegistrar(result, await fetchUrl(new URL(link), signal), domain, now());
  }

  return {
    async lookUp(domain, base, stop) {
      const server = new URL(base).host;
      if (!isQueryName(domain)) return { kind: 'failed', server, reason: 'not a name to ask for', final: true };
      return withDeadline(stop, settings.deadlineMs, (signal) => ask(domain, base, server, stop, signal));
    },
    close: () => agent.close(),
  };
}

interface Transport {
  readonly settings: LookupSettings;
  readonly policy: AddressPolicy;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Follows redirects by hand: each target is checked, a loop is seen, and https never goes back to http. */
async function fetchWithRedirects(start: URL, transport: Transport): Promise<Answer> {
  const seen = new Set<string>();
  let url = start;
  for (let hops = 0; hops <= transport.settings.maxRedirects; hops++) {
    const refusal = refusalOf(url, transport.policy);
    if (refusal !== undefined) return { kind: 'failed', reason: refusal };
    if (seen.has(url.href)) return { kind: 'failed', reason: 'redirects in a circle' };
    seen.add(url.href);
    const answer = await fetchOnce(url, transport);
    if (answer.kind === 'failed' || !REDIRECTS.has(answer.status)) return answer;
    const next = redirectTarget(url, answer.headers['location']);
    if ('refusal' in next) return { kind: 'failed', reason: next.refusal };
    url = next.url;
  }
  return { kind: 'failed', reason: 'too many redirects' };
}

/** Where a redirect leads, or why it is not followed. */
export function redirectTarget(
  from: URL,
  location: string | string[] | undefined,
): { readonly url: URL } | { readonly refusal: string } {
  if (typeof location !== 'string' || !URL.canParse(location, from.href)) {
    return { refusal: 'a redirect without a target' };
  }
  const url = new URL(location, from.href);
  if (from.protocol === 'https:' && url.protocol !== 'https:') return { refusal: 'a redirect from https to http' };
  return { url };
}

function refusalOf(url: URL, policy: AddressPolicy): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `no HTTP URL: ${url.protocol}`;
  if (url.username !== '' || url.password !== '') return 'a URL with credentials';
  return policy.refusal(url.hostname);
}

async function fetchOnce(url: URL, { settings, agent, signal }: Transport): Promise<Answer> {
  try {
    const response = await request(url, {
      dispatcher: agent,
      signal,
      headers: {
        accept: 'application/rdap+json, application/json',
        // A bomb of 48 KB inflates to 50 MB: nothing compressed is asked for, and none is read.
        'accept-encoding': 'identity',
        'user-agent': settings.userAgent,
      },
    });
    const { statusCode: status, headers } = response;
    const encoding = headers['content-encoding'];
    if (REDIRECTS.has(status) || (encoding !== undefined && encoding !== 'identity')) {
      // Reading the rest of an unwanted body would be work for the other side's choice: the connection goes.
      response.body.on('error', () => undefined).destroy();
      if (REDIRECTS.has(status)) return { kind: 'answer', status, headers, body: '', url };
      return { kind: 'failed', reason: 'a compressed answer that was not asked for' };
    }
    const body = new TextDecoder().decode(await response.body.bytes());
    return { kind: 'answer', status, headers, body, url };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

/** A short reason for the log and the metrics; the names of domains are in none of them. */
function reasonOf(error: unknown): string {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'TimeoutError') return 'timeout';
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown fault';
}

function readAnswer(
  answer: Extract<Answer, { kind: 'answer' }>,
  domain: string,
  server: string,
  now: number,
): QueryResult {
  const { status, headers, body, url } = answer;
  if (status === 429 || status === 403 || (status === 503 && headers['retry-after'] !== undefined)) {
    const header = headers['retry-after'];
    return {
      kind: 'refused',
      server,
      retryAfterMs: readRetryAfter(typeof header === 'string' ? header : undefined, now),
    };
  }
  if (status === 404) {
    // Only RDAP's own 404 of the registry's own server says "not registered"; a page comes from a firewall or a wrong URL.
    const isRdap = body.trim() === '' || typeof jsonOf(body) === 'object';
    if (isRdap && url.host === server) return { kind: 'not_found', server };
    return { kind: 'failed', server, reason: 'HTTP 404 that is not from the registry' };
  }
  if (status === 400 || status === 422)
    return { kind: 'failed', server, reason: `HTTP ${String(status)}`, final: true };
  if (status !== 200) return { kind: 'failed', server, reason: `HTTP ${String(status)}` };
  const { outcome, reason, ...facts } = parseRdapDomain(jsonOf(body), now);
  if (outcome !== 'found') return { kind: 'failed', server, reason: reason ?? 'no domain object' };
  if (facts.domain_name !== domain) return { kind: 'failed', server, reason: 'an answer about another name' };
  return { kind: 'found', server, facts };
}

/** The registrar's answer fills what the registry left out; dates and statuses stay the registry's. */
function withRegistrar(
  result: Extract<QueryResult, { kind: 'found' }>,
  answer: Answer,
  domain: string,
  now: number,
): QueryResult {
  if (answer.kind === 'failed') return result;
  const second = readAnswer(answer, domain, answer.url.host, now);
  if (second.kind !== 'found') return result;
  return { ...result, facts: { ...second.facts, ...result.facts } };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
