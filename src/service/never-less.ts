import { isEventObject } from '../core/event-field.ts';
import { AnswerSchema, type Alert, type Answer } from '../schema/answer.ts';

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
  const merged: Answer = { ...Object.fromEntries(foreign), ...answer };
  if (merged.first_contact === undefined && typeof former['first_contact'] === 'boolean') {
    merged.first_contact = former['first_contact'];
  }
  if (answer.source_field === NAME_FIELD) {
    delete merged.source_field;
    if (typeof former['source_field'] === 'string') merged.source_field = former['source_field'];
  }
  return keepsRegistration(former, answer) ? withFormerRegistration(former, merged) : merged;
}

const NAME_FIELD = 'domain_stats.name';

/** A pipeline, or another server, had a final registration that our store does not have yet. */
function keepsRegistration(former: FormerAnswer, answer: Answer): boolean {
  const { registration } = former;
  if (answer.pending?.includes('registration') !== true || pendingOf(former).includes('registration')) return false;
  return (
    isEventObject(registration) && typeof registration['status'] === 'string' && registration['status'] !== 'pending'
  );
}

function withFormerRegistration(former: FormerAnswer, answer: Answer): Answer {
  const { pending = [], ...rest } = answer;
  const left = pending.filter((word) => word !== 'registration');
  const { registration, category, category_source } = former as Pick<
    Answer,
    'registration' | 'category' | 'category_source'
  >;
  const merged: Answer = {
    ...rest,
    ...(left.length > 0 ? { pending: left } : {}),
    ...(answer.status === 'pending' && left.length === 0 ? { status: 'ok' } : {}),
    ...(registration === undefined ? {} : { registration }),
    ...(category === undefined ? {} : { category }),
    ...(category_source === undefined ? {} : { category_source }),
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
