import { isEventObject } from '../core/event-field.ts';
import { AnswerSchema, RISKS, type Alert, type Answer } from '../schema/answer.ts';
import { CONTACT_KEYS } from './enrich-events.ts';

/** An answer that an earlier pass, a pipeline or a foreign program left in a document: anything may stand in it. */
export type FormerAnswer = Readonly<Record<string, unknown>>;

/** What is pending in an answer. */
export function pendingOf(answer: FormerAnswer): readonly string[] {
  const { pending } = answer;
  const list: readonly unknown[] = Array.isArray(pending) ? pending : [pending];
  return list.filter((word): word is string => typeof word === 'string');
}

/** The new answer with all that the former one had and it has not: decisions, final registrations, foreign facts. */
export function neverLess(former: FormerAnswer, answer: Answer): Answer {
  const foreign = Object.entries(former).filter(([key]) => !Object.hasOwn(AnswerSchema.properties, key));
  const merged: Answer = { ...Object.fromEntries(foreign), ...lostOf(former, answer), ...answer };
  if (merged.first_contact === undefined && typeof former['first_contact'] === 'boolean') {
    merged.first_contact = former['first_contact'];
  }
  if (answer.source_field === NAME_FIELD) {
    delete merged.source_field;
    delete merged.source_fields;
    const { source_field, source_fields } = former as Pick<Answer, 'source_field' | 'source_fields'>;
    if (source_field !== undefined) merged.source_field = source_field;
    if (source_fields !== undefined) merged.source_fields = source_fields;
  }
  if (keepsRegistration(former, answer)) return withFormerRegistration(former, merged);
  return keepsCommunity(former, answer) ? withFormerCategory(former, merged) : merged;
}

/** The community has told the age of a domain, and this instance asks none. */
const keepsCommunity = (former: FormerAnswer, answer: Answer): boolean =>
  former['category_source'] === 'community' && answer.category_source === 'none' && former['domain'] === answer.domain;

/** Facts of the contact that the store does not have, and of the domain that this instance has no data for. */
function lostOf(former: FormerAnswer, answer: Answer): Partial<Answer> {
  const ofDomain = former['domain'] === answer.domain ? (['rank', 'community'] as const) : [];
  const lost = [...CONTACT_KEYS, ...ofDomain].filter((key) => answer[key] === undefined && former[key] !== undefined);
  return Object.fromEntries(lost.map((key) => [key, former[key]]));
}

const NAME_FIELD = 'domain_stats.name';

/** A pipeline, or another server, had more of a registration than our store has. */
const keepsRegistration = (former: FormerAnswer, answer: Answer): boolean =>
  worthOf(former['registration']) > worthOf(answer.registration);

/** Facts are worth more than a look-up that brought none, and that more than one that has not been. */
function worthOf(registration: unknown): number {
  const status = isEventObject(registration) ? registration['status'] : undefined;
  if (typeof status !== 'string' || status === 'pending' || status === 'skipped') return 0;
  return status === 'error' || status === 'unsupported' ? 1 : 2;
}

function withFormerRegistration(former: FormerAnswer, answer: Answer): Answer {
  const { pending = [], ...rest } = answer;
  // Alerts may wait for a registration that is known.
  const isLeft = pendingOf(former).includes('registration');
  const left = pending.filter((word) => isLeft || word !== 'registration');
  const { registration } = former as Pick<Answer, 'registration'>;
  return withFormerCategory(former, {
    ...rest,
    ...(left.length > 0 ? { pending: left } : {}),
    ...(answer.status === 'pending' && left.length === 0 ? { status: 'ok' } : {}),
    ...(registration === undefined ? {} : { registration }),
  });
}

/** With the former category, what it alerted to, and the risk of that. */
function withFormerCategory(former: FormerAnswer, answer: Answer): Answer {
  const { category, category_source } = former as Pick<Answer, 'category' | 'category_source'>;
  const merged: Answer = {
    ...answer,
    ...(category === undefined ? {} : { category }),
    ...(category_source === undefined ? {} : { category_source }),
    ...higherRisk(former, answer),
  };
  const { alerts, alert_reasons: reasons } = former;
  if (!Array.isArray(alerts) || !Array.isArray(reasons)) return merged;
  const kept = (alerts as Alert[]).flatMap((alert, i): [Alert, string][] =>
    answer.alerts?.includes(alert) === true ? [] : [[alert, String(reasons[i])]],
  );
  if (kept.length === 0) return merged;
  return {
    ...merged,
    alerts: [...(answer.alerts ?? []), ...kept.map(([alert]) => alert)],
    alert_reasons: [...(answer.alert_reasons ?? []), ...kept.map(([, reason]) => reason)],
  };
}

/** The former risk with its reasons where it is the higher one. */
function higherRisk(former: FormerAnswer, { risk = 'none' }: Answer): Pick<Answer, 'risk' | 'risk_reasons'> {
  const { risk: before, risk_reasons } = former as Pick<Answer, 'risk' | 'risk_reasons'>;
  if (before === undefined || RISKS.indexOf(before) <= RISKS.indexOf(risk)) return {};
  return { risk: before, ...(risk_reasons === undefined ? {} : { risk_reasons }) };
}
