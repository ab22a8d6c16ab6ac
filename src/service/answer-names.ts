import { communityCategory, type CommunityPart } from '../core/community.ts';
import { eventAlerts, type Warning } from '../core/alerts.ts';
import { answerObject, answerText, fullAnswer, type EventFacts, type FinishedName } from '../core/answer-parts.ts';
import { eventTime, isoTime } from '../core/event-time.ts';
import { clientFingerprint, idFingerprint } from '../core/fingerprints.ts';
import { formerKeys, type FormerLists } from '../core/former-keys.ts';
import type { DomainName } from '../core/name.ts';
import { registrationPart } from '../core/registration-part.ts';
import { ageInDays, type CategoryLimits, type RegistrationRecord } from '../core/registration.ts';
import { assessRisk, type RiskRule } from '../core/risk.ts';
import type { Lookups } from '../lookup/index.ts';
import type { Answer, Pending } from '../schema/answer.ts';
import type { DomainRequest } from '../schema/request.ts';
import type { Community } from './community.ts';
import type { Counters } from './counters.ts';
import type { ContactDecision, ContactEvent, ContactStore } from '../stores/contact-decisions.ts';
import { contactKey } from '../stores/contact-tables.ts';
import type { SuffixLists } from '../stores/suffix-history.ts';

/** How a request wants its answers. */
export interface AskOptions {
  /** False: leave no contact, tell only what is known of it. */
  readonly contact: boolean;
  /** Hold the answer up to this long for a registration that is still unknown, in milliseconds. */
  readonly waitMs: number;
}

/** A request with what only events know of it. */
export interface Asking extends DomainRequest {
  /** A first contact that was decided in an earlier pass: it stays, and no contact is left. */
  readonly decided?: boolean;
  /** Where in the event the name stood; told in the answer. */
  readonly source?: Pick<Answer, 'source_field' | 'source_fields'>;
}

/** One answer, as text for the wire or as an object. */
export interface Reply {
  /** JSON text; with `full` every key, absent ones null. */
  text(full?: boolean): string;
  object(): Answer;
}

/** What the answers are made of; wired in service.ts. */
export interface AnswerParts extends CategoryLimits {
  readonly clock: () => number;
  /** Facts of the name alone, from the sources or the cache. */
  readonly finishedName: (name: string) => FinishedName;
  readonly contacts: ContactStore;
  readonly registrationOf: (domain: string) => RegistrationRecord | undefined;
  /** Asks for a look-up of a domain behind the request; absent when look-ups are off. */
  readonly lookups?: Pick<Lookups, 'isDue' | 'want' | 'waitFor'>;
  /** What other organisations saw; absent when the community is off. */
  readonly community?: Pick<Community, 'of'>;
  /** Whether a suppression of the domain is in force. */
  readonly isSuppressed: (domain: string, now: number) => boolean;
  readonly suffixLists: () => SuffixLists;
  readonly riskRules: readonly RiskRule[];
  readonly dataVersion: () => string;
  readonly counters: Counters;
  /** Key of the client fingerprints; absent when clients are not counted. */
  readonly clientKey?: string;
}

/** A request on its way to its answer. */
interface Asked {
  readonly name: FinishedName;
  readonly at: number;
  readonly ignored: boolean;
  readonly scope: string;
  /** Present when the name has a domain, and so a contact. */
  readonly event?: ContactEvent;
  readonly suppressed: boolean;
  readonly decided?: boolean | undefined;
  readonly source?: Asking['source'];
  /** What is known of the contact; set once it is decided. */
  decision?: ContactDecision | undefined;
}

export type Answering = (
  requests: readonly Asking[],
  options: AskOptions,
) => readonly Reply[] | Promise<readonly Reply[]>;

/** The way of a list of names from request to answer. Waits only for the commit of new contacts, and for `waitMs`. */
export function answerNames(parts: AnswerParts): Answering {
  function prepare(request: Asking, now: number): Asked {
    const name = parts.finishedName(request.name);
    const { at, ignored } = eventTime(request.at, now);
    const scope = request.scope ?? 'default';
    const { parsed } = name;
    const { source } = request;
    if (parsed.kind !== 'domain') return { name, at, ignored, scope, suppressed: false, source };
    const { current, former } = parts.suffixLists();
    const event: ContactEvent = {
      key: contactKey(scope, parsed.domain),
      at,
      id: idFingerprint(request.id),
      list: current.id,
      ...(parts.clientKey !== undefined && typeof request.client === 'string' && request.client !== ''
        ? { client: clientFingerprint(request.client, parts.clientKey).toString('hex') }
        : {}),
      ...(former.lists.length === 0 ? {} : { formerKeys: () => formerContactKeys(scope, parsed, former) }),
    };
    const suppressed = parts.isSuppressed(parsed.domain, now);
    return { name, at, ignored, scope, event, suppressed, decided: request.decided, source };
  }

  function eventFacts(asked: Asked, contact: boolean): EventFacts {
    const { name, at, decision } = asked;
    const { parsed } = name;
    if (parsed.kind !== 'domain') {
      parts.counters.names[parsed.kind]++;
      const ignored = asked.ignored ? { at_ignored: true } : {};
      return { first: { status: parsed.kind, ...ignored, ...asked.source }, last: {} };
    }
    const record = parts.registrationOf(parsed.registrationDomain);
    const lookups = asked.suppressed ? undefined : parts.lookups;
    const found = registrationPart(parsed, record, {
      at,
      lookups: lookups !== undefined,
      babyDays: parts.babyDays,
      newDays: parts.newDays,
    });
    const { registration } = found;
    let { category, categorySource, ageDays } = found;
    if (parsed.registrable && lookups?.isDue(record, decision?.firstSeen) === true) {
      lookups.want(parsed.registrationDomain);
    }

    const pending: Pending[] = [];
    if (found.pending) pending.push('registration');
    if (contact && asked.decided === undefined && decision === undefined) pending.push('contact');
    // An event that leaves no contact asks nobody: the first ask is a contact with the community.
    const community = asked.suppressed
      ? undefined
      : parts.community?.of(parsed, asked.scope, contact || asked.decided !== undefined);
    if (community !== undefined) {
      if (community.pending) pending.push('community');
      const known = category === 'unknown' ? communityCategory(community, at, parts) : undefined;
      if (known !== undefined) {
        ({ category, ageDays } = { ageDays, ...known });
        categorySource = 'community';
      }
    }
    const firstContact = asked.suppressed ? undefined : (asked.decided ?? (contact ? decision?.first : undefined));
    const status = asked.suppressed ? 'suppressed' : parsed.isSuffix ? 'suffix' : pending.length > 0 ? 'pending' : 'ok';
    parts.counters.names[status]++;
    // Assigned one by one, in the order of the answer: spreading what is there makes several objects for every answer.
    const first: EventFacts['first'] = { status };
    if (asked.ignored) first.at_ignored = true;
    if (asked.source !== undefined) Object.assign(first, asked.source);
    if (pending.length > 0) first.pending = pending;
    first.category = category;
    first.category_source = categorySource;
    if (firstContact !== undefined) first.first_contact = firstContact;
    if (decision !== undefined) addContactFacts(first, decision, at);
    first.scope = asked.scope;
    first.registration = registration;
    if (community?.community !== undefined) first.community = community.community;
    if (asked.suppressed) return { first, last: { data_version: parts.dataVersion() } };

    const warnings: Warning[] = eventAlerts({
      domain: parsed.domain,
      scope: asked.scope,
      firstContact: firstContact === true,
      communityFirstContact: isFirstIn(asked.scope, community?.first),
      category,
      ageDays,
      registration,
      at,
      expires: record?.expires,
    });
    warnings.push(...name.warnings);
    const last: EventFacts['last'] = {};
    const alerts = warnings.map(([alert]) => alert);
    if (alerts.length > 0) {
      last.alerts = alerts;
      last.alert_reasons = warnings.map(([, reason]) => reason);
    }
    const { risk, reasons } = assessRisk(parts.riskRules, alerts, category, name.unranked);
    last.risk = risk;
    if (reasons.length > 0) last.risk_reasons = [...reasons];
    last.data_version = parts.dataVersion();
    return { first, last };
  }

  /** Holds the request until the registrations it lacks are known, or the time is over. */
  async function awaitRegistrations(asked: readonly Asked[], waitMs: number): Promise<void> {
    const missing = new Set<string>();
    for (const { name, suppressed } of asked) {
      const { parsed } = name;
      if (parsed.kind !== 'domain' || !parsed.registrable || suppressed) continue;
      if (parts.registrationOf(parsed.registrationDomain) === undefined) missing.add(parsed.registrationDomain);
    }
    const { lookups } = parts;
    if (lookups === undefined) return;
    for (const domain of missing) lookups.want(domain);
    await Promise.all([...missing].map((domain) => lookups.waitFor(domain, waitMs)));
  }

  return (requests, options) => {
    const now = parts.clock();
    const asked = requests.map((request) => prepare(request, now));
    const open: Asked[] = [];
    const events: ContactEvent[] = [];
    for (const one of asked) {
      if (one.event === undefined) continue;
      if (options.contact && one.decided === undefined) {
        open.push(one);
        events.push(one.event);
      } else {
        one.decision = parts.contacts.peek(one.event);
      }
    }
    const decisions = parts.contacts.decide(events);
    const close = (made: readonly (ContactDecision | undefined)[]) => {
      open.forEach((one, index) => {
        const decision = (one.decision = made[index]);
        parts.counters.contacts[decision === undefined ? 'undecided' : decision.first ? 'first' : 'known']++;
      });
      return asked.map((one) => reply(one.name, eventFacts(one, options.contact)));
    };
    const wait = options.waitMs > 0 && parts.lookups !== undefined;
    if (!wait && !(decisions instanceof Promise)) return close(decisions);
    return (async () => {
      const decided = await decisions;
      if (wait) await awaitRegistrations(asked, options.waitMs);
      return close(decided);
    })();
  };
}

/** A first contact of the community belongs to the scope whose event asked; the others are not the first. */
const isFirstIn = (scope: string, first: CommunityPart['first']): boolean =>
  first !== undefined && (first.scope === undefined || first.scope === scope);

const formerContactKeys = (scope: string, name: DomainName, former: FormerLists) =>
  formerKeys(name, former).map(({ domain, list }) => ({ key: contactKey(scope, domain), list }));

function addContactFacts(facts: EventFacts['first'], decision: ContactDecision, at: number): void {
  const { firstSeen, lastSeen, clients, firstClient } = decision;
  facts.first_seen = isoTime(firstSeen);
  facts.last_seen = lastSeen === firstSeen ? facts.first_seen : isoTime(lastSeen);
  // An event that left no contact may lie before the first one seen.
  const days = ageInDays(firstSeen, at);
  if (days >= 0) facts.days_since_first_seen = days;
  if (clients !== undefined) facts.clients = clients;
  if (firstClient !== undefined) facts.first_client = firstClient;
}

function reply(name: FinishedName, event: EventFacts): Reply {
  const object = () => answerObject(name, event);
  return {
    text: (full = false) => (full ? JSON.stringify(fullAnswer(object())) : answerText(name, event)),
    object,
  };
}
