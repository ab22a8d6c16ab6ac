import { nameToAscii } from '../core/idna.ts';
import { isPossibleDate, readRegistrationDate } from './registration-dates.ts';
import { publishedText, type LookupOutcome, type RegistrationFacts } from './registration-facts.ts';
import { setDate } from './whois-dates.ts';
import { decide } from './whois-decision.ts';
import { isTextFact, readFacts, setList, setText } from './whois-facts.ts';
import { readWhoisLines } from './whois-lines.ts';
import { secondOpinion, type SecondOpinion } from './whois-second-opinion.ts';

/** What was asked for, and the time that bounds creation dates (default: now). */
export interface WhoisQuestion {
  readonly tld: string;
  readonly domain: string;
  readonly now?: number;
}

/**
 * What a WHOIS answer says. `found` without `created` is a registration whose registry publishes no creation date.
 * A reserved, blocked or invalid name is `not_found` with `statuses: ['reserved']` or `['invalid']`.
 */
export interface WhoisAnswer extends RegistrationFacts {
  outcome: LookupOutcome;
}

/** Reads the text of a WHOIS answer. Never throws; linear in the text, of which at most 64 KiB and 2,000 lines count. */
export function parseWhoisAnswer(text: string, { tld, domain, now = Date.now() }: WhoisQuestion): WhoisAnswer {
  const plain = ownRecord(plainText(text.slice(0, MAX_CHARACTERS)), domain);
  const { lines, statements } = readWhoisLines(plain);
  const facts = readFacts(lines, domain, tld.toLowerCase(), now);
  const decision = decide(facts, lines, statements, tld);
  if (decision.outcome !== 'found') return decision;
  askAgain(facts, secondOpinion(domain, plain), tld);
  return { outcome: 'found', ...facts };
}

const MAX_CHARACTERS = 65_536;

/** Text of an HTML page: some servers send `<br>` for line ends. */
function plainText(text: string): string {
  const bare = text.replace(/^\uFEFF/, '').replaceAll('\0', '');
  if (!/<(?:br|pre|html|p|div|body)\b/i.test(bare)) return bare;
  return bare
    .replace(/<br\s{0,4}\/?>|<\/(?:p|div|tr|li)>/gi, '\n')
    .replace(/<[a-z!/][^<>]{0,400}>/gi, '')
    .replace(/&nbsp;/gi, ' ')
    .replace(/&amp;/gi, '&');
}

/**
 * The part of an answer about the name asked for, when it has records of several names (old Verisign answers list
 * `GOOGLE.COM.EXAMPLE.ORG` too; `.bj` finds parts of names).
 */
function ownRecord(text: string, domain: string): string {
  const starts = [...text.matchAll(/^[ \t]*domain(?:[ _-]?name)?[ \t.]*:[ \t.]*([^\s()]+)/gim)];
  const asked = domain.toLowerCase();
  const first = starts.find((start) => sameName(start[1] ?? '', asked));
  if (first === undefined || starts.every((start) => sameName(start[1] ?? '', asked))) return text;
  const from = starts[0] === first ? 0 : first.index;
  const next = starts.find((start) => start.index > first.index && !sameName(start[1] ?? '', asked));
  // Variants of one name follow each other at once (`中国` and `中國`): they have one record.
  const end =
    next !== undefined && text.slice(first.index, next.index).split('\n').length > MIN_RECORD_LINES
      ? next.index
      : undefined;
  return text.slice(from, end);
}

const MIN_RECORD_LINES = 5;

const sameName = (name: string, asked: string): boolean =>
  name.toLowerCase() === asked || nameToAscii(name.replace(/\.$/, '')) === nameToAscii(asked);

/** Fills what the own scan left open from whoiser's reading of the same text. */
function askAgain(facts: RegistrationFacts, opinion: SecondOpinion, tld: string): void {
  for (const [fact, values] of opinion) {
    const value = publishedText(values[0]);
    if (value === undefined) continue;
    // Not `created`: it does not tell the domain's from a contact's.
    if (fact === 'expires') {
      const date = facts.expires === undefined ? readRegistrationDate(value, { tld }) : undefined;
      if (date !== undefined && isPossibleDate(date.at)) setDate(facts, fact, date);
    } else if (fact === 'name_servers' || fact === 'statuses') {
      if (facts[fact] === undefined) setList(facts, fact, values);
    } else if (isTextFact(fact) && facts[fact] === undefined) setText(facts, fact, value);
  }
}
