import { isTldType, TldTableError, type TldFacts, type TldTable } from './tld-facts.ts';

/** A row of IANA's root zone database page: link, name in its own script, type, manager. The page has no dates. */
const ROW =
  /<a href="\/domains\/root\/db\/([^"]+)\.html">([^<]*)<\/a><\/span><\/td>\s*<td>([^<]*)<\/td>\s*<td>(.*?)<\/td>/gs;

/** A page with fewer rows than this share of the present table has another layout: it must not erase facts. */
const LEAST_SHARE = 0.9;

const NOT_ASSIGNED = 'Not assigned';

/**
 * Reads IANA's root zone database page (`https://www.iana.org/domains/root/db`) into a table that replaces `present`.
 * Types and managers are the page's; dates of delegation, which it lacks, are carried over, as are the TLDs that only
 * the suffix list has (variants, `onion`). Throws {@link TldTableError} when the page has too few rows or a type that
 * is not in the vocabulary.
 */
export function readRootZonePage(html: string, present: TldTable, asOf: string): TldTable {
  const rows = parseRootZonePage(html);
  const least = Math.ceil(LEAST_SHARE * [...present.tlds.values()].filter(({ delegated }) => delegated).length);
  if (rows.length < least) {
    throw new TldTableError(
      `the root zone page has ${String(rows.length)} TLDs, at least ${String(least)} were expected: its layout may have changed`,
    );
  }
  const tlds = new Map<string, TldFacts>();
  for (const row of rows) {
    const created = present.tlds.get(row.tld)?.created;
    tlds.set(row.tld, created === undefined ? row : { ...row, created });
  }
  for (const [tld, facts] of present.tlds) {
    if (!tlds.has(tld) && facts.delegated && !isWithdrawn(facts)) tlds.set(tld, facts);
  }
  return { asOf, tlds };
}

/** The rows of the page. Keyed by the link's A-label: right-to-left names carry direction marks in their own script. */
export function parseRootZonePage(html: string): TldFacts[] {
  return [...html.matchAll(ROW)].map(([, link = '', own = '', type = '', manager = '']) => {
    const tld = link.toLowerCase();
    const word = type.trim();
    if (!isTldType(word)) throw new TldTableError(`TLD ${tld} has the unknown type ${JSON.stringify(word)}`);
    const registry = plainText(manager);
    return {
      tld,
      ...(tld.startsWith('xn--') ? { unicode: plainText(own).replace(/^\./, '') } : {}),
      type: word,
      ...(registry === '' ? {} : { registry }),
      delegated: registry !== NOT_ASSIGNED,
    };
  });
}

/** Facts that came from a page or a crawl of it, and not from the suffix list: gone when the page drops them. */
function isWithdrawn({ type, created }: TldFacts): boolean {
  return type !== 'host_suffix' && created !== undefined;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
]);

/** Text of a table cell: no tags, entities resolved, no direction marks, single spaces. */
function plainText(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(
      /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
      (entity, decimal?: string, hex?: string, name?: string) =>
        name === undefined ? fromCode(decimal, hex, entity) : (ENTITIES.get(name.toLowerCase()) ?? entity),
    )
    .replaceAll(/[\u200e\u200f]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function fromCode(decimal: string | undefined, hex: string | undefined, entity: string): string {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
