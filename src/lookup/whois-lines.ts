import { foldLabel, meaningOf, type LabelMeaning } from './whois-labels.ts';

/** Whose data a line belongs to. */
export type Section = 'domain' | 'name_servers' | 'registrar' | 'registrant' | 'contact';

/** A value with its label, found in one of the layouts that WHOIS servers use. */
export interface WhoisLine {
  /** Folded; empty when the line has none. */
  readonly label: string;
  readonly value: string;
  readonly meaning: LabelMeaning | undefined;
  readonly section: Section;
  /** The label said `dd/mm/yyyy` or `mm/dd/yyyy`. */
  readonly dayFirst: boolean | undefined;
}

export interface WhoisText {
  readonly lines: readonly WhoisLine[];
  /** All lines, comments and empty ones included, trimmed: what the outcome is read from. */
  readonly statements: readonly string[];
}

/** Bounds on what is read: an answer of a registry has a few KiB; 100,000 lines cost whoiser 1.6 s of blocked loop. */
const MAX_CHARACTERS = 65_536;
const MAX_LINES = 2_000;
const MAX_LINE_LENGTH = 1_000;

/** `label: value`; not the colon of a URL or a time. */
const COLON = /^([^:]{1,80}?)\s*:{1,2}(?!\/\/)(?:\s+|$|(?=[^\s:]))(.*)$/;
/** `[登録年月日]  2001/05/14`, `a. [ドメイン名]  X.CO.JP`, `c [Record Created]  13-MAY-2009`. */
const BRACKETS = /^(?:[a-z]{1,2}\.?\s+)?\[([^\]]{1,60})\]\s*(.*)$/i;
/** `Domain-name   plac.sk`: a tab or two spaces between label and value. */
const COLUMNS = /^(\S.{0,48}?)(?:\t+\s*|\s{2,})(\S.*)$/;

const HOST_LABEL = /^name$|host|server$/;
const SERVERS = meaningOf('name servers');
/** `ns1.example.com  (192.0.2.1, 2001:db8::1)`: the colon is one of an IPv6 address. */
const HOST_AND_ADDRESS = /^[\w-]+(?:\.[\w-]+)+\.?[\s([,]+[\da-f]/i;
const NAME_SERVERS =
  /^(?:domain )?(?:name ?servers?|nservers?|dns|dns (?:name )?servers?|(?:name )?servers|nsset|hosts?)\b|servers? (?:listed )?(?:in (?:the )?listed order|information)|servidor|serveurs|servery|navneserver|nsentry|ns list/;
const REGISTRANT =
  /^(?:domain )?(?:registrant|holder|owner|titular|titulaire|inhaber|eigentumer|licensee|domain holder|владелец)\b/;
const REGISTRAR =
  /^(?:sponsoring |current |authorized |authorised |accredited )?(?:registra[rd]\w*|registar|authorized agency|регистратор)(?: (?:information|contact information|info))?$/;
const CONTACT =
  /contact|contacto|\badmin|\btech|\bbilling|\bzone c|person|\brole\b|nic hdl|nichdl|handle|reseller|abuse|organi[sz]ation|\borg\b|keyset|\birt\b|facturacion|\bmnt\b|maintainer|\bds records?\b/;
const DOMAIN =
  /^(?:domain|domain name|domainname|relevant dates|additional info|domain information|domain name information|dominio|nom de domaine|registration status|dates?)$/;

/** Cuts a WHOIS answer into labelled values with the part of the answer they stand in. Linear in the text, and bounded. */
export function readWhoisLines(text: string): WhoisText {
  const rows = text.slice(0, MAX_CHARACTERS).split(/\r\n|\n|\r/, MAX_LINES);
  const reader = lineReader();
  for (const row of rows) reader.read(row.slice(0, MAX_LINE_LENGTH));
  return { lines: reader.lines, statements: reader.statements };
}

/** What the lines read so far say of the next one. */
interface Place {
  section: Section;
  /** Indent of the header that opened the section, and whether deeper lines have followed it. */
  indent: number;
  deeper: boolean;
  /** A label without value: the lines below may be its values. */
  openLabel: string;
  openIndent: number;
  openCount: number;
  /** Nothing stood behind the label: the lines below, indented or not, are its values. */
  openIsHeader: boolean;
  /** The next line is the first of a block. */
  blockStart: boolean;
}

function lineReader() {
  const lines: WhoisLine[] = [];
  const statements: string[] = [];
  const place: Place = {
    section: 'domain',
    indent: 0,
    deeper: false,
    openLabel: '',
    openIndent: 0,
    openCount: 0,
    openIsHeader: false,
    blockStart: true,
  };

  const add = (label: string, value: string, dayFirst?: boolean) => {
    // `Third Server Hostname: ns3.example.com` below a header of name servers.
    const known =
      meaningOf(label) ?? (place.section === 'name_servers' ? HOST_LABEL.exec(label) && SERVERS : undefined);
    lines.push({ label, value, meaning: known ?? undefined, section: place.section, dayFirst });
  };

  const endBlock = () => {
    place.blockStart = true;
    // A header may be followed by an empty line before its values (fi, hk).
    if (place.openLabel !== '' && place.openCount === 0) return;
    place.openLabel = '';
    if (place.deeper || place.section !== 'domain') place.section = 'domain';
  };

  const open = (label: string, indent: number, section: Section | undefined) => {
    // Whatever words a header of name servers has, the lines below it are name servers.
    place.openLabel = section === 'name_servers' ? 'name servers' : label;
    place.openIndent = indent;
    place.openCount = 0;
    place.openIsHeader = true;
    if (section === undefined) return;
    place.section = section;
    place.indent = indent;
    place.deeper = false;
  };

  const read = (row: string) => {
    // `** Registrar:` (tr), `5a. Primary NS :` (gov.za): the mark is no part of the label.
    const text = row.trim().replace(/^(?:\*{1,2}|\d{1,2}[a-z]?\.)\s+(?=\S.*:)/, '');
    if (text === '' || /^[-=*_~.]{3,}$/.test(text)) {
      statements.push('');
      endBlock();
      return;
    }
    statements.push(text);
    if (/^(?:[%#;*]|>>>|<<<|--)/.test(text)) {
      endBlock();
      return;
    }
    const indent = row.length - row.trimStart().length;
    const pair = splitLabel(text);
    if (place.section !== 'domain') {
      if (indent > place.indent) place.deeper = true;
      // Back at the header's indent with a label of its own: the section is over.
      else if (place.deeper && pair !== undefined) place.section = 'domain';
    }
    if (pair === undefined) {
      readValue(text, indent);
      return;
    }
    const { label, value, dayFirst } = pair;
    const first = place.blockStart;
    place.blockStart = false;
    const header = sectionOf(label);
    if (value === '') {
      open(label, indent, header);
      return;
    }
    if (header === 'domain') place.section = 'domain';
    // `contact: X` opens an object when it is the first of its block; inside the domain's block it only refers to one.
    else if (first && header !== undefined) open(label, indent, header);
    else if (/^(?:nic hdl|nichdl)/.test(label)) place.section = 'contact';
    add(label, value, dayFirst);
    place.openLabel = label;
    place.openIndent = indent;
    place.openCount = 1;
    place.openIsHeader = false;
  };

  /** A line without a label: a header, or a value of the label above it. */
  const readValue = (text: string, indent: number) => {
    const header = isHeader(text) ? sectionOf(foldLabel(text)) : undefined;
    if (header !== undefined) {
      open(foldLabel(text), indent, header);
      return;
    }
    // Below a label that had a value only deeper lines go on with it.
    const goesOn = place.openIsHeader || indent > place.openIndent;
    place.openCount++;
    add(goesOn ? place.openLabel : '', text);
  };

  return { lines, statements, read };
}

const isHeader = (text: string): boolean =>
  text.length <= 48 && /^[\p{L} /()'-]+$/u.test(text) && text.split(/\s+/).length <= 5;

function sectionOf(label: string): Section | undefined {
  if (DOMAIN.test(label)) return 'domain';
  if (NAME_SERVERS.test(label)) return 'name_servers';
  if (REGISTRAR.test(label)) return 'registrar';
  if (REGISTRANT.test(label)) return 'registrant';
  return CONTACT.test(label) ? 'contact' : undefined;
}

interface Pair {
  readonly label: string;
  readonly value: string;
  readonly dayFirst?: boolean;
}

/** Label and value of a trimmed line, undefined when it has no label. */
export function splitLabel(text: string): Pair | undefined {
  const bracket = BRACKETS.exec(text);
  if (bracket !== null) {
    const [, label = '', value = ''] = bracket;
    // `[Querying whois.example]`: the client's own words.
    return /querying|redirected|^[\w-]+(?:\.[\w-]+)+/i.test(label) ? undefined : { label: foldLabel(label), value };
  }
  return splitAtColon(text) ?? splitColumns(text) ?? splitPhrase(text);
}

function splitAtColon(text: string): Pair | undefined {
  const match = COLON.exec(text);
  if (match === null || HOST_AND_ADDRESS.test(text)) return undefined;
  const [, rawLabel = '', rawValue = ''] = match;
  // `Wed Mar  5 00:13:49 2025` below its label: the colon of a time.
  if (/\d$/.test(rawLabel) && /^:\d\d\b/.test(text.slice(rawLabel.length))) return undefined;
  const value = rawValue.replace(/^[.:]{2,}\s*/, '').trim();
  // rwhois: `domain:Created:20090324`.
  const inner = /^domain$/i.test(rawLabel) ? /^([A-Za-z][\w-]{2,20})(?:;I)?:(.*)$/.exec(value) : null;
  if (inner !== null) return { label: foldLabel(inner[1] ?? ''), value: (inner[2] ?? '').trim() };
  const label = knownHalf(rawLabel);
  if (!/\p{L}/u.test(label) || (/^\d/.test(label) && !/^\d\S* [a-z]/.test(label))) return undefined;
  const phrase = splitPhrase(text);
  // `Registered on 30th April 2003 at 00:00:00`: the colon belongs to the time.
  if (phrase !== undefined && meaningOf(label) === undefined) return phrase;
  const hint = /\((d{1,2}|m{1,2})[-/.]/i.exec(rawLabel)?.[1];
  return hint === undefined ? { label, value } : { label, value, dayFirst: hint.toLowerCase().startsWith('d') };
}

/** The label folded, or that half of a bilingual label (`Data de registo / Creation Date`) that is known. */
function knownHalf(rawLabel: string): string {
  const label = foldLabel(rawLabel);
  if (meaningOf(label) !== undefined || !rawLabel.includes('/')) return label;
  return (
    rawLabel
      .split('/')
      .map(foldLabel)
      .find((half) => meaningOf(half) !== undefined) ?? label
  );
}

function splitColumns(text: string): Pair | undefined {
  const match = COLUMNS.exec(text);
  if (match === null) return undefined;
  const label = foldLabel(match[1] ?? '');
  const value = (match[2] ?? '').replace(/^[.:#]+\s*/, '').trim();
  return meaningOf(label) === undefined ? undefined : { label, value };
}

/** `Record created on 2008-05-23`: the first words are a date label, and what follows begins like a date. */
function splitPhrase(text: string): Pair | undefined {
  const words = text.split(/\s+/, 8);
  for (let count = Math.min(6, words.length - 1); count > 0; count--) {
    const meaning = meaningOf(foldLabel(words.slice(0, count).join(' ')));
    if (meaning === undefined || !isDateFact(meaning)) continue;
    const next = words[count] ?? '';
    if (!/^\W?\d|^(?:before|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i.test(next))
      continue;
    return { label: foldLabel(words.slice(0, count).join(' ')), value: text.slice(offsetOfWord(text, count)) };
  }
  return undefined;
}

const isDateFact = ({ fact }: LabelMeaning): boolean => fact === 'created' || fact === 'updated' || fact === 'expires';

function offsetOfWord(text: string, count: number): number {
  let offset = 0;
  for (let word = 0; word < count; word++) {
    while (offset < text.length && !/\s/.test(text.charAt(offset))) offset++;
    while (offset < text.length && /\s/.test(text.charAt(offset))) offset++;
  }
  return offset;
}
