import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { readPublicKey } from '../datasets/pack-key.ts';

/**
 * A page of the established list as NDJSON: a line that says what it is, with the hash of the rows; a line with the
 * Ed25519 signature of that line; then the rows. It is signed as packs are, and what is not signed is not read.
 */
const FORMAT = 'domain-stats established 1';

/** What a page says of itself. */
export interface PageHead {
  readonly format: string;
  /** Number of the change after which the page begins, and of its last one: where the next page begins. */
  readonly since: number;
  readonly to: number;
  readonly rows: number;
  /** Whether more is to come. */
  readonly more: boolean;
  /** ISO 8601. */
  readonly made: string;
  readonly sha256: string;
}

/** A row: a domain and when it was registered; without a date it is struck from the list. */
export interface PageRow {
  readonly domain: string;
  readonly created?: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function writePage(
  about: Pick<PageHead, 'since' | 'to' | 'more' | 'made'>,
  rows: readonly PageRow[],
  key: KeyObject,
): string {
  const body = rows.map((row) => JSON.stringify(row) + '\n').join('');
  const head: PageHead = { format: FORMAT, ...about, rows: rows.length, sha256: sha256(body) };
  const signed = JSON.stringify(head) + '\n';
  return `${signed}${JSON.stringify({ signature: sign(null, Buffer.from(signed), key).toString('base64') })}\n${body}`;
}

/** Reads a page that a trusted key signed and that follows on `since`; says what is wrong with any other. */
export function readPage(
  text: string,
  trusted: readonly string[],
  since: number,
): { readonly head: PageHead; readonly rows: readonly PageRow[] } | string {
  const headEnd = text.indexOf('\n') + 1;
  const signatureEnd = text.indexOf('\n', headEnd) + 1;
  if (headEnd === 0 || signatureEnd === 0) return 'it is cut off';
  const signed = text.slice(0, headEnd);
  const body = text.slice(signatureEnd);
  const signature = signatureOf(text.slice(headEnd, signatureEnd));
  if (
    signature === undefined ||
    !trusted.some((key) => verify(null, Buffer.from(signed), readPublicKey(key), signature))
  )
    return 'it is not signed by a trusted key (pack_keys)';
  const head = JSON.parse(signed) as PageHead;
  if (head.format !== FORMAT) return `its format is ${JSON.stringify(head.format)}; install a newer domain-stats`;
  if (head.sha256 !== sha256(body)) return 'its rows are not what was signed';
  if (head.since !== since) return `it begins after change ${String(head.since)} instead of ${String(since)}`;
  const rows = body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PageRow);
  return { head, rows };
}

function signatureOf(line: string): Buffer | undefined {
  try {
    const { signature } = JSON.parse(line) as { signature?: unknown };
    return typeof signature === 'string' ? Buffer.from(signature, 'base64') : undefined;
  } catch {
    return undefined;
  }
}
