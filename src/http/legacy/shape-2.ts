import type { Answer } from '../../schema/answer.ts';
import { communityWord } from './community-word.ts';
import { pythonJson, spaceDate } from './python-text.ts';
import { ageWord, contactAlerts, ERROR, isAged, NO_SUFFIX, sourceWord, whyNoDate } from './words.ts';

/** A date of an answer in domain_stats 2's form. */
export const shortDate = (iso: string): string => spaceDate(Date.parse(iso));

/** domain_stats 2 as it was recorded: five fields in a fixed order. */
export function namedAnswer(answer: Answer): string {
  const { registration, first_seen: firstSeen } = answer;
  const reason = whyNoDate(answer);
  const web = reason === undefined ? registration?.created : undefined;
  return pythonJson({
    seen_by_web: web === undefined ? ERROR : shortDate(web),
    seen_by_isc: iscWord(answer, reason),
    seen_by_you: firstSeen === undefined ? ERROR : shortDate(firstSeen),
    category: isAged(answer, reason) ? ageWord(answer) : ERROR,
    alerts: [...contactAlerts(answer), ...(reason === undefined ? [] : [reason])],
  });
}

/** What the community says, and else where the date comes from: facts of our own store are LOCAL. */
function iscWord(answer: Answer, reason: string | undefined): string {
  const { registration } = answer;
  const word = communityWord(answer, shortDate);
  if (word !== undefined || reason !== undefined) return word ?? ERROR;
  return registration?.source === 'import' ? 'LOCAL' : sourceWord(registration, 'LOCAL');
}

export const refusedName = (): string =>
  pythonJson({ seen_by_web: ERROR, seen_by_isc: ERROR, seen_by_you: ERROR, category: ERROR, alerts: [NO_SUFFIX] });

/** One row of `/showcache`: key in the middle of its column, count, date until which the facts hold, the record. */
export function cacheRow(domain: string, expires: string, record: string): string {
  const left = Math.floor((KEY_WIDTH - domain.length) / 2);
  const key = (' '.repeat(Math.max(0, left)) + domain).padEnd(KEY_WIDTH);
  return `${key}  ${'1'.padStart(9, '0')}  ${expires.padEnd(DATE_WIDTH)}  b'${record.replace(/['\\]/g, '\\$&')}'`;
}

const KEY_WIDTH = 80;
const DATE_WIDTH = 26;

/** The head of `/showcache`. */
export const CACHE_HEAD = [
  'Cache Report',
  `${'-'.repeat(38)}KEY${'-'.repeat(39)}  --COUNT--  ${'-'.repeat(9)}EXPIRES${'-'.repeat(10)}  RECORD---->`,
] as const;
