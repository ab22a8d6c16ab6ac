import { UsageError } from '../usage-error.ts';
import { peerRow, type PassedOver, type PeerRow } from './peer-row.ts';

const PAGE = 100;
const PAGE_TIMEOUT_MS = 60_000;

/** All names of a running domain_stats 1.0.1, by its `/cache_browse`, page by page. It is not asked for any name. */
export async function* oldServerRows(base: string): AsyncGenerator<PeerRow | PassedOver> {
  let origin: string;
  try {
    ({ origin } = new URL(base));
  } catch {
    throw new UsageError(`--from: ${JSON.stringify(base)} must be an address such as http://127.0.0.1:5730`);
  }
  for (let offset = 0; ; offset += PAGE) {
    const page = await readPage(`${origin}/cache_browse?offset=${String(offset)}&limit=${String(PAGE)}`);
    const rows = page.filter(isEntry);
    for (const { domain, cache_value: value, cache_expires: until } of rows) {
      // The life of an entry with a date is that of its registration.
      const expires = value['category'] === 'ESTABLISHED' ? until : undefined;
      const { seen_by_web: web, seen_by_you: you, seen_by_isc: isc } = value;
      yield peerRow(domain, { web, you, isc, expires });
    }
    if (rows.length < PAGE) return;
  }
}

async function readPage(url: string): Promise<unknown[]> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PAGE_TIMEOUT_MS) });
  const body: unknown = response.ok ? await response.json() : undefined;
  if (!Array.isArray(body))
    throw new Error(`${url} answered ${String(response.status)}, and not as domain_stats 1.0.1 does`);
  return body as unknown[];
}

interface Entry {
  readonly domain: string;
  readonly cache_expires: unknown;
  readonly cache_value: Readonly<Record<string, unknown>>;
}

const isEntry = (row: unknown): row is Entry =>
  typeof row === 'object' &&
  row !== null &&
  'domain' in row &&
  typeof row.domain === 'string' &&
  'cache_value' in row &&
  typeof row.cache_value === 'object' &&
  row.cache_value !== null;
