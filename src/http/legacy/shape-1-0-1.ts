import type { Answer } from '../../schema/answer.ts';
import { communityWord } from './community-word.ts';
import { asciiJson, floatText } from './python-text.ts';
import { ageWord, contactAlerts, ERROR, frequencyAlerts, isAged, NO_SUFFIX, sourceWord, whyNoDate } from './words.ts';

const DAY_MS = 86_400_000;

/** A stored name as `/cache_get` and `/cache_browse` show it. */
export interface CacheEntry {
  readonly expires: string;
  readonly value: string;
  readonly domain: string;
}

/** The date form of HTTP, `Mon, 15 Sep 1997 04:00:00 GMT`. */
export const httpDate = (iso: string): string => new Date(iso).toUTCString();

/**
 * domain_stats 1.0.1's answer, keys sorted. A date that is not known has its word and one sentence among the alerts;
 * the first contact is ours and always known, so it stays a date.
 */
export function namedAnswer(answer: Answer): string {
  const { registration, freq, first_seen: firstSeen } = answer;
  const reason = whyNoDate(answer);
  const alerts = [...frequencyAlerts(answer), ...contactAlerts(answer), ...(reason === undefined ? [] : [reason])];
  return shape({
    alerts,
    category: isAged(answer, reason) ? ageWord(answer) : ERROR,
    score: freq?.average === undefined || freq.word === undefined ? undefined : [freq.average, freq.word],
    source: communityWord(answer, httpDate) ?? (reason === undefined ? sourceWord(registration, 'import') : ERROR),
    web: reason === undefined && registration?.created !== undefined ? httpDate(registration.created) : ERROR,
    you: firstSeen === undefined ? ERROR : httpDate(firstSeen),
  });
}

/** The answer to a text that is no name under a public suffix. */
export const refusedName = (): string =>
  shape({ alerts: [NO_SUFFIX], category: ERROR, score: undefined, source: ERROR, web: ERROR, you: ERROR });

interface Parts {
  readonly alerts: readonly string[];
  readonly category: string;
  readonly score: readonly [average: number, word: number] | undefined;
  readonly source: string;
  readonly web: string;
  readonly you: string;
}

function shape({ alerts, category, score, source, web, you }: Parts): string {
  const scoreText = score === undefined ? `"${ERROR}"` : `[${score.map(floatText).join(',')}]`;
  return (
    `{"alerts":${asciiJson(alerts)},"category":"${category}","freq_score":${scoreText},` +
    `"seen_by_isc":${asciiJson(source)},"seen_by_web":"${web}","seen_by_you":"${you}"}`
  );
}

/**
 * A stored name. Nothing expires here; the date told is when its facts change at the latest: at the registration's end,
 * or when a new domain becomes established. `Never` where no such date is known.
 */
export function cacheEntry(answer: Answer, establishedDays: number): CacheEntry {
  const { registration, domain = '' } = answer;
  const known = whyNoDate(answer) === undefined;
  const ends = known && registration?.expires !== undefined ? Date.parse(registration.expires) : undefined;
  const grows =
    known && registration?.created !== undefined && ageWord(answer) === 'NEW'
      ? Date.parse(registration.created) + establishedDays * DAY_MS
      : undefined;
  const changes = Math.min(ends ?? Infinity, grows ?? Infinity);
  return {
    expires: Number.isFinite(changes) ? new Date(changes).toUTCString() : 'Never',
    value: namedAnswer(answer),
    domain,
  };
}

export const cacheEntryText = ({ expires, value, domain }: CacheEntry): string =>
  `{"cache_expires":"${expires}","cache_value":${value},"domain":${asciiJson(domain)}}`;
