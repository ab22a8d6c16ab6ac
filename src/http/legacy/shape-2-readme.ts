import type { Answer } from '../../schema/answer.ts';
import { communityWord } from './community-word.ts';
import { pythonJson } from './python-text.ts';
import { shortDate } from './shape-2.ts';
import { NO_SUFFIX, whyNoDate } from './words.ts';

/** domain_stats 2 as its README has it: `seen_by_web, seen_by_us, seen_by_you, rank, other`, dates with a space. */
export function namedAnswer(answer: Answer): string {
  const reason = whyNoDate(answer);
  return pythonJson({
    seen_by_web: webWord(answer, reason),
    seen_by_us: usWord(answer),
    seen_by_you: contactWord(answer),
    rank: answer.rank?.value ?? -1,
    other: reason === undefined ? '{}' : pythonJson({ registration: reason }),
  });
}

/** A domain older than the limit is told by its class, a younger one by its date. */
function webWord({ category, registration }: Answer, reason: string | undefined): string {
  if (reason !== undefined || registration?.created === undefined) return 'UNAVAILABLE';
  return category === 'established' ? 'ESTABLISHED' : shortDate(registration.created);
}

/** Without a community an old domain is established and nothing is said of a young one. */
const usWord = (answer: Answer): string =>
  communityWord(answer, shortDate) ?? (answer.category === 'established' ? 'ESTABLISHED' : 'NA');

/** FIRST-CONTACT exactly once for a domain, then the date of that event. */
function contactWord({ first_contact: first, first_seen: firstSeen }: Answer): string {
  if (first === true) return 'FIRST-CONTACT';
  return firstSeen === undefined ? 'NA' : shortDate(firstSeen);
}

export const refusedName = (): string =>
  pythonJson({
    seen_by_web: 'NA',
    seen_by_us: 'NA',
    seen_by_you: 'NA',
    rank: -1,
    other: pythonJson({ name: NO_SUFFIX }),
  });
