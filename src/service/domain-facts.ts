import type { FinishedName } from '../core/answer-parts.ts';
import { isoTime } from '../core/event-time.ts';
import type { RegistrationRecord } from '../core/registration.ts';
import type { DomainFacts } from '../elastic/facts/document.ts';
import { isGood } from '../lookup/record.ts';
import { writeRegistrationLine } from '../lookup/registration-file.ts';

/** Where facts of a domain are found. */
export interface KnownOf {
  readonly finishedName: (name: string) => FinishedName;
  readonly registrationOf: (domain: string) => RegistrationRecord | undefined;
  /** First contact of the default scope, by event time. */
  readonly firstSeenOf: (domain: string) => number | undefined;
  readonly isSuppressed: (domain: string, now?: number) => boolean;
}

/** Groups of an answer that depend on the domain alone, not on the host below it. */
const GROUPS = ['rank', 'suffix', 'freq', 'randomness', 'lookalike'] as const;

/**
 * What the facts index is told of a registered domain: nothing before its registration is known. Under a private suffix
 * (`foo.github.io`) the engine's own split may end at the suffix's owner (`github.io`): that key gets the registration,
 * which is the owner's, and nothing that could be taken for a tenant's. Suppressed domains are left to the sweep.
 */
export function domainFacts(domain: string, known: KnownOf): DomainFacts[] {
  const { parsed, groupsText, warnings } = known.finishedName(domain);
  if (parsed.kind !== 'domain') return [];
  const record = known.registrationOf(parsed.registrationDomain);
  if (record === undefined || !isGood(record)) return [];
  const registration = JSON.parse(writeRegistrationLine(parsed.registrationDomain, record)) as object;
  const isHosted = parsed.domain !== parsed.registrationDomain;
  const facts: DomainFacts[] = [];
  if (isHosted || parsed.isSuffix) {
    facts.push({ key: parsed.registrationDomain, facts: { category: 'hosted', registration } });
  }
  if (parsed.isSuffix || known.isSuppressed(parsed.domain)) return facts;
  const firstSeen = known.firstSeenOf(parsed.domain);
  const groups = JSON.parse(`{${groupsText}}`) as Readonly<Record<string, unknown>>;
  facts.push({
    key: parsed.domain,
    facts: {
      domain: parsed.domain,
      public_suffix: parsed.publicSuffix,
      ...Object.fromEntries(GROUPS.flatMap((group) => (group in groups ? [[group, groups[group]]] : []))),
      ...(isHosted ? { category: 'hosted' } : {}),
      // Pipelines cannot make alerts: they leave such a name to the sweep.
      ...(warnings.length > 0 ? { has_alerts: true } : {}),
      ...(firstSeen === undefined ? {} : { first_seen: isoTime(firstSeen) }),
      registration,
    },
  });
  return facts;
}
