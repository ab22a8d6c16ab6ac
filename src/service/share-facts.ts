import { setTimeout as pause } from 'node:timers/promises';
import type { RegistrationRecord } from '../core/registration.ts';
import type { DomainFacts } from '../elastic/facts/document.ts';
import { startFactsFeed } from '../elastic/facts/feed.ts';
import { lateEngine } from '../elastic/facts/late-engine.ts';
import { factsReader } from '../elastic/facts/read.ts';
import { assetNames } from '../elastic/setup/names.ts';
import { readRegistrationLine } from '../lookup/registration-file.ts';
import type { Settings } from '../settings/table.ts';
import { partsOfContactKey } from '../stores/contact-tables.ts';
import { keepFactsState, NO_FACTS_YET, readFactsState, type FactsState } from '../stores/facts-state.ts';
import { domainFacts, type KnownOf } from './domain-facts.ts';

/** What one instance shares with the others through the facts index of a search engine. */
export interface SharedFacts {
  /** What another instance has looked up; undefined when none has, or the engine is away. */
  readonly registrationOf: (domain: string) => Promise<RegistrationRecord | undefined>;
  /** A look-up has ended. */
  readonly registered: (domain: string) => void;
  /** A contact was made. */
  readonly contacted: (key: string) => void;
  state(): FactsState;
  stop(): Promise<void>;
}

const MAX_OWNERS = 1_000;
/** An engine that hangs must not keep the stores from closing in time. */
const CLOSE_WITHIN_MS = 1_000;

export function shareFacts(
  settings: Settings,
  known: KnownOf,
  clock: () => number,
  onProblem: (problem: string | undefined) => void,
  onFault: (error: unknown) => void,
): SharedFacts {
  const engine = lateEngine(settings);
  const { factsIndex, enrichPolicy } = assetNames(settings.prefix);
  const read = factsReader(engine, factsIndex, clock);
  const left = readFactsState(settings.data) ?? NO_FACTS_YET;
  const feed = startFactsFeed({
    engine,
    index: factsIndex,
    policy: enrichPolicy,
    policyEveryMs: settings.factsPolicyEvery,
    factsOf,
    clock,
    state: left,
    keep,
    onProblem,
  });
  /** Tenants of private suffixes whose owner's look-up is still to come, by owner. */
  const tenants = new Map<string, string[]>();

  /** How far it is behind is worth knowing, but no reason to stop: facts go on being written without it. */
  function keep(state: FactsState): void {
    try {
      keepFactsState(settings.data, state);
    } catch (error) {
      onFault(error);
    }
  }

  function factsOf(domain: string): DomainFacts[] {
    const { parsed } = known.finishedName(domain);
    if (parsed.kind !== 'domain') return [];
    const { registrationDomain: owner } = parsed;
    if (owner !== domain && known.registrationOf(owner) === undefined && tenants.size < MAX_OWNERS) {
      tenants.set(owner, [...(tenants.get(owner) ?? []), domain]);
    }
    return domainFacts(domain, known);
  }

  return {
    async registrationOf(domain) {
      const registration = await read(domain);
      if (registration === undefined) return undefined;
      const line = readRegistrationLine(JSON.stringify(registration), 1, clock());
      return line.kind === 'record' && line.domain === domain ? line.record : undefined;
    },
    registered(domain) {
      feed.learnt(domain);
      for (const tenant of tenants.get(domain) ?? []) feed.learnt(tenant);
      tenants.delete(domain);
    },
    contacted(key) {
      const { scope, domain } = partsOfContactKey(key);
      if (scope === 'default') feed.learnt(domain);
    },
    state: () => feed.state(),
    async stop() {
      await feed.stop();
      await Promise.race([engine.close(), pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
