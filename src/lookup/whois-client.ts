import { nameToAscii } from '../core/idna.ts';
import { addressPolicy, type Resolve } from './address-policy.ts';
import { withDeadline } from './deadline.ts';
import { isQueryName, type QueryResult } from './lookup-result.ts';
import { LEAST_WAIT_MS } from './retry-after.ts';
import type { LookupSettings } from './settings.ts';
import { parseWhoisAnswer, type WhoisAnswer } from './whois-answer.ts';
import { decodeAnswer, queryLine } from './whois-dialects.ts';
import { askWhois, readWhoisHost, WHOIS_PORT, whoisHostName, type WhoisHost } from './whois-transport.ts';

/** Asks WHOIS servers. */
export interface WhoisClient {
  /** Asks one server (`host` or `host:port`) for a domain in A-labels. */
  lookUp(domain: string, server: string, signal: AbortSignal): Promise<QueryResult>;
  /** Asks IANA for the WHOIS server of a TLD. */
  findServer(tld: string, signal: AbortSignal): Promise<ServerResult>;
}

/** A TLD's WHOIS server; `none`: IANA knows the TLD and no server. */
export type ServerResult =
  | { readonly kind: 'server'; readonly server: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly reason: string };

/** A WHOIS client (RFC 3912) with limits on time and size; every expected end is a value. */
export function createWhoisClient(settings: LookupSettings, now: () => number, resolve?: Resolve): WhoisClient {
  const policy = addressPolicy(settings.allowPrivateAddresses, resolve);
  // Ports of answers: the usual one, except in a laboratory.
  const anyPort = settings.allowPrivateAddresses !== false;
  const limits = { idleMs: settings.idleMs, maxBytes: settings.whoisMaxBytes, policy };

  /** One question to one server, read. */
  async function ask(
    target: WhoisHost,
    domain: string,
    tld: string,
    signal: AbortSignal,
  ): Promise<WhoisAnswer & { reason?: string }> {
    const answer = await askWhois(target, queryLine(domain, tld), limits, signal);
    if (answer.kind === 'failed') return { outcome: 'failed', reason: answer.reason };
    return parseWhoisAnswer(decodeAnswer(answer.bytes, tld, answer.cut), { tld, domain, now: now() });
  }

  /** Asks the registry, and the registrar that it refers to. */
  async function follow(
    target: WhoisHost,
    domain: string,
    server: string,
    stop: AbortSignal,
    signal: AbortSignal,
  ): Promise<QueryResult> {
    const tld = tldOf(domain);
    const answer = await ask(target, domain, tld, signal);
    if (stop.aborted) return { kind: 'stopped' };
    const result = resultOf(answer, domain, server);
    if (result.kind !== 'found' || (result.facts.created !== undefined && !settings.followRegistrar)) return result;
    const referral = referralOf(result.facts.whois_server, target, anyPort);
    if (referral === undefined) return result;
    const second = resultOf(await ask(referral, domain, tld, signal), domain, server);
    // The registrar fills what the registry left out, and never replaces it. One level: its own referrals end here.
    return second.kind === 'found' ? { ...result, facts: { ...second.facts, ...result.facts } } : result;
  }

  return {
    async lookUp(domain, server, stop) {
      const target = readWhoisHost(server);
      if (target === undefined || !isQueryName(domain)) {
        return { kind: 'failed', server, reason: 'not a name to ask for', final: true };
      }
      return withDeadline(stop, settings.deadlineMs, (signal) => follow(target, domain, server, stop, signal));
    },

    async findServer(tld, stop) {
      const target = readWhoisHost(settings.ianaWhois);
      if (target === undefined || !/^[a-z0-9-]{1,63}$/.test(tld)) return { kind: 'none' };
      const answer = await withDeadline(stop, settings.deadlineMs, (signal) => askWhois(target, tld, limits, signal));
      if (answer.kind === 'failed') return answer;
      const text = decodeAnswer(answer.bytes, tld, answer.cut);
      const server = /^(?:whois|refer):[ \t]*(\S+)[ \t]*$/im.exec(text)?.[1] ?? '';
      const host = readWhoisHost(server);
      if (host !== undefined && (host.port === WHOIS_PORT || anyPort)) {
        return { kind: 'server', server: whoisHostName(host) };
      }
      return /^(?:domain|% iana)/im.test(text) ? { kind: 'none' } : { kind: 'failed', reason: 'no answer of IANA' };
    },
  };
}

const tldOf = (domain: string): string => domain.slice(domain.lastIndexOf('.') + 1);

function resultOf(answer: WhoisAnswer & { reason?: string }, domain: string, server: string): QueryResult {
  const { outcome, reason, ...facts } = answer;
  if (outcome === 'found') {
    if (isOtherName(facts.domain_name, domain))
      return { kind: 'failed', server, reason: 'an answer about another name' };
    return { kind: 'found', server, facts };
  }
  if (outcome === 'not_found') {
    const standing = (['reserved', 'invalid'] as const).find((word) => facts.statuses?.includes(word));
    return { kind: 'not_found', server, ...(standing === undefined ? {} : { standing }) };
  }
  if (outcome === 'refused') return { kind: 'refused', server, retryAfterMs: LEAST_WAIT_MS };
  if (outcome === 'unsupported') return { kind: 'unsupported', server };
  return { kind: 'failed', server, reason: reason ?? 'no usable answer' };
}

/** Whether the answer names a full domain that is not the one asked for. Some registries print only its first label. */
function isOtherName(name: string | undefined, domain: string): boolean {
  if (!name?.includes('.')) return false;
  const named = nameToAscii(name.replace(/\.$/, ''));
  return isQueryName(named) && named !== domain;
}

/**
 * The registrar's server that an answer refers to. An answer may name any host: only the usual port, not the same
 * server again; that the address is public is seen to when connecting.
 */
export function referralOf(server: string | undefined, from: WhoisHost, anyPort: boolean): WhoisHost | undefined {
  const target = readWhoisHost((server ?? '').replace(/^r?whois:\/\//i, '').replace(/\/.*$/, ''));
  if (target === undefined || !/[.:]/.test(target.host)) return undefined;
  if (target.host === from.host && target.port === from.port) return undefined;
  return target.port === WHOIS_PORT || anyPort ? target : undefined;
}
