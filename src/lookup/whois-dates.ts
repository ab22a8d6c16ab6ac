import { isoTime } from '../core/event-time.ts';
import { isPossibleCreation, isPossibleDate, provenDayFirst, readRegistrationDate } from './registration-dates.ts';
import type { DateContext, RegistrationDate } from './registration-dates.ts';
import type { RegistrationFacts } from './registration-facts.ts';
import { guessDateMeaning, type LabelMeaning } from './whois-labels.ts';
import type { WhoisLine } from './whois-lines.ts';

const DATE_FACTS = ['created', 'updated', 'expires'] as const;

/** Sets the three dates from the labelled lines of an answer. */
export function setDates(facts: RegistrationFacts, lines: readonly WhoisLine[], tld: string, now: number): void {
  const dated = lines.flatMap((line): DatedLine[] => {
    const meaning = dateMeaning(line);
    return meaning === undefined ? [] : [{ line, meaning }];
  });
  const context = { tld, dayFirst: provenDayFirst(dated.map(({ line }) => line.value)) };
  for (const fact of DATE_FACTS) {
    const candidates = dated.filter(({ meaning }) => meaning.fact === fact);
    setDate(facts, fact, bestDate(fact, candidates, context, now));
  }
  // `status: OK-UNTIL 20131218000000` (ua) and `changed: … 19990605 (Assigned)` (il): dates in lines of other labels.
  const until = lines.find(({ meaning, value }) => meaning?.fact === 'statuses' && /^ok-until\s/i.test(value));
  if (facts.expires === undefined && until !== undefined) {
    setDate(facts, 'expires', readRegistrationDate(until.value, context));
  }
  const assigned = lines.find(({ section, value }) => section === 'domain' && /\(assigned\)\s*$/i.test(value));
  if (facts.created === undefined && assigned !== undefined) {
    setDate(facts, 'created', readRegistrationDate(assigned.value, context));
  }
}

interface DatedLine {
  readonly line: WhoisLine;
  readonly meaning: LabelMeaning;
}

/** Meaning of a line as a date, guessed when the vocabulary does not have its label. */
function dateMeaning(line: WhoisLine): LabelMeaning | undefined {
  if (!/\d/.test(line.value) || line.label === '') return undefined;
  const meaning = line.meaning ?? guessDateMeaning(line.label);
  return meaning !== undefined && ['created', 'updated', 'expires'].includes(meaning.fact) ? meaning : undefined;
}

/**
 * The first possible date, preferring lines of the domain's own block, then the usual labels. A contact's `created`
 * never counts. Of several `changed:` lines (il, at) the latest counts.
 */
function bestDate(
  fact: 'created' | 'updated' | 'expires',
  candidates: readonly DatedLine[],
  context: DateContext,
  now: number,
): RegistrationDate | undefined {
  let best: RegistrationDate | undefined;
  let bestRank = Infinity;
  for (const { line, meaning } of candidates) {
    const foreign = line.section !== 'domain' && line.section !== 'name_servers';
    if (foreign && !meaning.strong) continue;
    const rank = (foreign ? 4 : 0) + meaning.rank;
    const later = fact === 'updated' && line.label === 'changed' && rank === bestRank;
    if (rank > bestRank || (rank === bestRank && !later)) continue;
    const date = readRegistrationDate(
      line.value,
      line.dayFirst === undefined ? context : { ...context, dayFirst: line.dayFirst },
    );
    if (date === undefined || !(fact === 'created' ? isPossibleCreation(date.at, now) : isPossibleDate(date.at)))
      continue;
    if (later && best !== undefined && date.at <= best.at) continue;
    best = date;
    bestRank = rank;
  }
  return best;
}

export function setDate(
  facts: RegistrationFacts,
  fact: 'created' | 'updated' | 'expires',
  date: RegistrationDate | undefined,
): void {
  if (date === undefined) return;
  facts[fact] = isoTime(date.at);
  if (fact === 'created') facts.created_precision = date.precision;
}
