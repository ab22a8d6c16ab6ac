import { connect } from 'node:net';
import type { AddressPolicy } from './address-policy.ts';

/** Where a WHOIS server listens. */
export interface WhoisHost {
  readonly host: string;
  readonly port: number;
}

export interface WhoisLimits {
  readonly idleMs: number;
  readonly maxBytes: number;
  readonly policy: AddressPolicy;
}

/** The bytes of an answer, or why there are none. */
export type WhoisBytes =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly cut: boolean }
  | { readonly kind: 'failed'; readonly reason: string };

export const WHOIS_PORT = 43;

/** Reads `host`, `host:port`, `[v6]:port`; undefined for anything else. */
export function readWhoisHost(text: string): WhoisHost | undefined {
  const match = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::(\d{1,5}))?$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, host = '', digits] = match;
  const port = digits === undefined ? WHOIS_PORT : Number(digits);
  return port < 1 || port > 65_535 ? undefined : { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port };
}

/** `host`, or `host:port` when the port is not the usual one. */
export const whoisHostName = ({ host, port }: WhoisHost): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === WHOIS_PORT ? name : `${name}:${String(port)}`;
};

/**
 * Sends one line to a WHOIS server (RFC 3912) and collects its answer. `signal` is the deadline of the whole; a server
 * that has answered and leaves the connection open is taken at its word after the idle time; one that resets in
 * mid-answer has failed. Nothing beyond the byte limit is read.
 */
export function askWhois(
  target: WhoisHost,
  line: string,
  limits: WhoisLimits,
  signal: AbortSignal,
): Promise<WhoisBytes> {
  const refusal = limits.policy.refusal(target.host);
  if (refusal !== undefined) return Promise.resolve({ kind: 'failed', reason: refusal });
  // One line and nothing else: no control characters, nothing that is not ASCII.
  if (!/^[\x20-\x7e]{1,300}$/.test(line)) return Promise.resolve({ kind: 'failed', reason: 'not a query line' });
  if (signal.aborted) return Promise.resolve({ kind: 'failed', reason: 'timeout' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const socket = connect({ host: target.host, port: target.port, lookup: limits.policy.lookup });
    const end = (result: WhoisBytes) => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners().on('error', () => undefined);
      socket.destroy();
      resolve(result);
    };
    const fail = (reason: string) => end({ kind: 'failed', reason });
    const finish = (cut: boolean) =>
      end({ kind: 'bytes', bytes: Buffer.concat(chunks).subarray(0, limits.maxBytes), cut });
    const onAbort = () => fail('timeout');
    signal.addEventListener('abort', onAbort, { once: true });
    socket.setTimeout(limits.idleMs, () => (size > 0 ? finish(false) : fail('timeout')));
    socket.on('connect', () => socket.write(`${line}\r\n`));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= limits.maxBytes) finish(true);
    });
    socket.on('end', () => finish(false));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
  });
}
