import { nameToAscii } from './idna.ts';

/** A row of a rank list. */
export interface RankRow {
  readonly domain: string;
  readonly rank: number;
}

/** A row that could not be read, and why. */
export interface BadRow {
  readonly error: string;
}

/** Reads a rank list line by line; the first line settles the form. Undefined for lines that hold no row. */
export interface RankRowReader {
  read(line: string): RankRow | BadRow | undefined;
}

/** Where domain and rank stand in a line. */
interface Columns {
  readonly separator: string;
  readonly domain: number;
  /** Absent in a plain list: the line's number is the rank. */
  readonly rank?: number;
}

/** Column names of known lists (Majestic, CrUX, Cloudflare Radar and what people write), lower case. */
const DOMAIN_COLUMNS: readonly string[] = ['domain', 'name', 'host', 'hostname', 'site', 'origin', 'fqdn'];
const RANK_COLUMNS: readonly string[] = ['globalrank', 'rank', 'position', 'place', '#'];

const MAX_RANK = 0xffffffff;
const MAX_NAME_LENGTH = 253;
const SHOWN = 40;

/**
 * Makes a reader for one file. Known forms: `rank,domain` (Umbrella, Tranco) with or without a header, Majestic's twelve
 * columns and other headers with a domain column, and plain lists, one domain a line, where the rank is the line's
 * number. Comma, tab or semicolon; quotes; any line end; a byte order mark.
 */
export function rankRowReader(): RankRowReader {
  let columns: Columns | undefined;
  let line = 0;
  let isFirst = true;

  return {
    read(raw) {
      line++;
      const text = withoutMarks(raw, isFirst);
      if (text.trim() === '' || text.startsWith('#')) return undefined;
      if (isFirst) {
        isFirst = false;
        const header = columnsOfHeader(text);
        if (header !== undefined) {
          columns = header;
          // Ranks of a plain list count its rows: the header is none.
          line--;
          return undefined;
        }
      }
      columns ??= columnsOfRow(text);
      return readRow(text, columns, line);
    },
  };
}

function withoutMarks(raw: string, isFirst: boolean): string {
  const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  return isFirst && text.startsWith('\ufeff') ? text.slice(1) : text;
}

function columnsOfHeader(text: string): Columns | undefined {
  const separator = separatorOf(text);
  const names = cellsOf(text, separator).map((cell) => cell.trim().toLowerCase());
  const domain = names.findIndex((name) => DOMAIN_COLUMNS.includes(name));
  if (domain === -1 || names.some(isRank)) return undefined;
  const rank = RANK_COLUMNS.map((name) => names.indexOf(name)).find((index) => index !== -1);
  return { separator, domain, ...(rank === undefined ? {} : { rank }) };
}

function columnsOfRow(text: string): Columns {
  const separator = separatorOf(text);
  const cells = cellsOf(text, separator);
  if (cells.length < 2) return { separator, domain: 0 };
  return isRank(cells[0]) || !isRank(cells[1]) ? { separator, domain: 1, rank: 0 } : { separator, domain: 0, rank: 1 };
}

const separatorOf = (text: string): string => [',', '\t', ';'].find((separator) => text.includes(separator)) ?? ',';

const isRank = (cell: string | undefined): boolean => cell !== undefined && /^\s*\d+\s*$/.test(cell);

function readRow(text: string, columns: Columns, line: number): RankRow | BadRow {
  const cells = cellsOf(text, columns.separator);
  const cell = cells[columns.domain];
  if (cell === undefined) return { error: `no column for the domain: ${shown(text)}` };
  const domain = domainOf(cell);
  if (domain === undefined) return { error: `not a domain name: ${shown(cell)}` };
  if (columns.rank === undefined) {
    // A word of a message or a page is no domain: only lists with a rank column may name a TLD.
    return domain.includes('.') ? { domain, rank: line } : { error: `not a domain name: ${shown(cell)}` };
  }
  const place = cells[columns.rank] ?? '';
  const rank = isRank(place) ? Number(place) : 0;
  return rank >= 1 && rank <= MAX_RANK ? { domain, rank } : { error: `not a rank: ${shown(place)}` };
}

/** Cells of a line; quoted ones may hold the separator and doubled quotes. */
function cellsOf(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (quoted && character === '"' && text.charAt(i + 1) === '"') cell += text.charAt(++i);
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}

const PLAIN = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** A cell as lower-case A-labels; CrUX has origins. Undefined when it is no name. */
function domainOf(cell: string): string | undefined {
  if (PLAIN.test(cell)) return isAddress(cell) || cell.length > MAX_NAME_LENGTH ? undefined : cell;
  const name = nameToAscii(cell.trim().replace(/^https?:\/\//i, '')).replace(/\.$/, '');
  return PLAIN.test(name) && name.length <= MAX_NAME_LENGTH && !isAddress(name) ? name : undefined;
}

const isAddress = (name: string): boolean => name.charCodeAt(name.length - 1) < 0x3a && /^\d+(\.\d+){3}$/.test(name);

/** A piece of the input for a message: short, and without what a terminal would obey. */
function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
