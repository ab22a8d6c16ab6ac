import type { Answer } from '../../schema/answer.ts';

/**
 * What the community says, in the predecessors' words: ESTABLISHED, FIRST-CONTACT, UNAVAILABLE or the first date.
 * Undefined while nothing is known, and without a community.
 */
export function communityWord({ community }: Answer, dateText: (iso: string) => string): string | undefined {
  switch (community?.status) {
    case 'first_contact':
      return 'FIRST-CONTACT';
    case 'unavailable':
      return 'UNAVAILABLE';
    case 'established':
      return 'ESTABLISHED';
    case 'seen':
      return community.first_seen === undefined ? 'ESTABLISHED' : dateText(community.first_seen);
    case undefined:
      return undefined;
  }
}
