import { keptUntil } from '../core/community.ts';
import { readTime } from '../core/event-time.ts';
import type { CommunityAnswer } from '../schema/community.ts';
import type { CommunityRecord } from '../stores/community-answers.ts';

/** A refused name is asked for again after this long: lists and rules change. */
const REFUSED_HOURS = 168;

/** The server's answer as it is stored. */
export function recordOf(answer: CommunityAnswer | undefined, scope: string, now: number): CommunityRecord {
  if (answer === undefined || 'refused' in answer) {
    return { status: 'unavailable', expires: keptUntil(REFUSED_HOURS, now) };
  }
  const firstSeen = answer.first_seen === undefined ? undefined : readTime(answer.first_seen);
  const created = answer.seen_by_web === undefined ? undefined : readTime(answer.seen_by_web);
  const expires = keptUntil(answer.ttl_hours, now);
  return {
    status: answer.status,
    ...(firstSeen === undefined ? {} : { firstSeen }),
    ...(created === undefined ? {} : { created }),
    ...(answer.notes === undefined ? {} : { notes: answer.notes }),
    ...(expires === Infinity ? {} : { expires }),
    ...(answer.status === 'first_contact' ? { scope } : {}),
  };
}
