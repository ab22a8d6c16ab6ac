import { domainKey } from '../core/domain-key.ts';
import { isoTime, readTime } from '../core/event-time.ts';
import type { ParsedName } from '../core/name.ts';
import type { SuppressionAnswer, SuppressionRequest } from '../schema/suppression.ts';
import { isInForce, type Suppression, type SuppressionStore } from '../stores/suppressions.ts';

/** What keeps a suppression from being given, as a sentence without its full stop. */
export interface SuppressionProblem {
  readonly problem: string;
}

/** Suppressions as the doors see them: names in any spelling, times as text. */
export interface Suppressing {
  /** The registered domain of a text, or why it cannot be suppressed. */
  domainOf(text: string): { readonly domain: string } | SuppressionProblem;
  get(domain: string): SuppressionAnswer | undefined;
  /** In the order of the domains, expired ones too. */
  list(): SuppressionAnswer[];
  /** Gives or replaces one; resolves after the commit. */
  put(domain: string, given: SuppressionRequest): Promise<SuppressionAnswer | SuppressionProblem>;
  /** Resolves with whether there was one. */
  remove(domain: string): Promise<boolean>;
}

export function suppressing(
  store: SuppressionStore,
  parse: (name: string) => ParsedName,
  clock: () => number,
): Suppressing {
  const answer = (domain: string, suppression: Suppression): SuppressionAnswer => ({
    domain,
    reason: suppression.reason,
    owner: suppression.owner,
    created: isoTime(suppression.created),
    ...(suppression.expires === undefined ? {} : { expires: isoTime(suppression.expires) }),
    in_force: isInForce(suppression, clock()),
  });

  return {
    domainOf: (text) => domainKey(parse(text)),
    get(domain) {
      const suppression = store.get(domain);
      return suppression && answer(domain, suppression);
    },
    list: () => store.entries().map(([domain, suppression]) => answer(domain, suppression)),
    async put(domain, { reason, owner, expires: text }) {
      const created = clock();
      const expires = typeof text === 'string' ? readTime(text) : undefined;
      if (typeof text === 'string' && expires === undefined) {
        return { problem: `expires: must be an ISO 8601 time; it is ${JSON.stringify(text.slice(0, 80))}` };
      }
      if (expires !== undefined && expires <= created) {
        return { problem: `expires: must lie ahead of ${isoTime(created)}; it is ${isoTime(expires)}` };
      }
      const suppression = { reason, owner, created, ...(expires === undefined ? {} : { expires }) };
      await store.put(domain, suppression);
      return answer(domain, suppression);
    },
    remove: (domain) => store.remove(domain),
  };
}
