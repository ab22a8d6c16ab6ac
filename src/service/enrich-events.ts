import { members, type FinishedName } from '../core/answer-parts.ts';
import { eventField, fieldTexts, isAnswerKey, isEventObject, type EventObject } from '../core/event-field.ts';
import type { EventFormat } from '../core/event-format.ts';
import { derivedEventId } from '../core/fingerprints.ts';
import { withoutMembers } from '../core/json-text.ts';
import type { Answer } from '../schema/answer.ts';
import type { Answering, Asking, Reply } from './answer-names.ts';

/** How a list of events is enriched. */
export interface EnrichOptions {
  readonly format: EventFormat;
  readonly contact: boolean;
  readonly waitMs: number;
  /** Answer every name of an event (`domain_stats_all`), each with its contact. */
  readonly all: boolean;
  readonly scope?: string;
}

/** What an event gets: its answer, and with `all` one for each of its names. Undefined when it holds no name. */
export interface Enrichment {
  readonly main: Reply;
  readonly all?: readonly Reply[];
  /** What a former pass found and this one does not know any more. */
  readonly kept: Partial<Answer>;
}

/** A name in an event and the configured fields that hold it. */
interface FoundName {
  readonly raw: string;
  readonly facts: FinishedName;
  readonly fields: string[];
}

/** Facts of a contact that a former pass wrote; they stay when the store has none. */
export const CONTACT_KEYS = ['first_seen', 'last_seen', 'days_since_first_seen', 'clients', 'first_client'] as const;

/** Enriches events: one answer each, in their order; contacts are decided over the whole list by event time. */
export function enrichEvents(
  ask: Answering,
  finishedName: (name: string) => FinishedName,
): (events: readonly EventObject[], options: EnrichOptions) => Promise<readonly (Enrichment | undefined)[]> {
  return async (events, options) => {
    const requests: Asking[] = [];
    const plans = events.map((event) => {
      const names = namesOf(event, options.format, finishedName);
      const main = mainName(names);
      if (main === undefined) return undefined;
      const asked = options.all ? names : [main];
      const from = requests.length;
      requests.push(...asked.map((name) => askingOf(event, name, name === main, options)));
      return { event, from, count: asked.length, main: from + asked.indexOf(main) };
    });
    const replies = await ask(requests, options);
    return plans.map((plan) => {
      const main = plan && replies[plan.main];
      if (plan === undefined || main === undefined) return undefined;
      return {
        main,
        ...(options.all ? { all: replies.slice(plan.from, plan.from + plan.count) } : {}),
        kept: keptFacts(plan.event, main),
      };
    });
  };
}

/** The distinct names of an event in the order of the fields. */
function namesOf(event: EventObject, format: EventFormat, finishedName: (name: string) => FinishedName): FoundName[] {
  const names: FoundName[] = [];
  for (const field of format.fields) {
    for (const raw of fieldTexts(event, field)) {
      const facts = finishedName(raw);
      const same = names.find((name) => name.facts.parsed.name === facts.parsed.name);
      if (same === undefined) names.push({ raw, facts, fields: [field] });
      else if (!same.fields.includes(field)) same.fields.push(field);
    }
  }
  return names;
}

/** The first that is a name; when none is, the first text is answered as what it is, an address or invalid. */
function mainName(names: readonly FoundName[]): FoundName | undefined {
  return names.find(({ facts: { parsed } }) => parsed.kind !== 'invalid' && parsed.kind !== 'ip') ?? names[0];
}

/** The name that an event is mainly answered for, as it is read; undefined when it holds none. */
export const mainNameOf = (
  event: EventObject,
  format: EventFormat,
  finishedName: (name: string) => FinishedName,
): string | undefined => mainName(namesOf(event, format, finishedName))?.facts.parsed.name;

function askingOf(event: EventObject, name: FoundName, isMain: boolean, options: EnrichOptions): Asking {
  const { format } = options;
  const time = eventField(event, format.time);
  const client = eventField(event, format.client);
  const id = format.ids.map((field) => eventField(event, field)).find(isId);
  const scope = options.scope ?? scopeOf(event);
  const decided = isMain ? decidedBefore(event) : decidedAmongAll(event, name.facts.parsed.name);
  const derived = derivedEventId(time, name.facts.parsed.name, client);
  return {
    name: name.raw,
    ...(typeof time === 'string' || typeof time === 'number' ? { at: time } : {}),
    ...(id !== undefined ? { id } : derived === undefined ? {} : { id: derived }),
    ...(scope === undefined ? {} : { scope }),
    ...(typeof client === 'string' ? { client } : {}),
    ...(decided === undefined ? {} : { decided }),
    source: { source_field: name.fields[0] ?? '', ...(name.fields.length > 1 ? { source_fields: name.fields } : {}) },
  };
}

/** What templates send for a missing field (`""`, `"null"`) is no id. */
const isId = (value: unknown): value is string => typeof value === 'string' && value !== '' && value !== 'null';

function scopeOf(event: EventObject): string | undefined {
  const scope = eventField(event, 'domain_stats.scope');
  return typeof scope === 'string' && /^[a-z0-9._-]{1,64}$/.test(scope) ? scope : undefined;
}

/** A first contact that is decided in the event is never decided again. */
function decidedBefore(event: EventObject): boolean | undefined {
  const decided = eventField(event, 'domain_stats.first_contact');
  return typeof decided === 'boolean' ? decided : undefined;
}

/** The same of one of the event's other names. */
function decidedAmongAll(event: EventObject, name: string): boolean | undefined {
  const all: unknown = event['domain_stats_all'];
  const items: readonly unknown[] = Array.isArray(all) ? all : [];
  const decided = items.filter(isEventObject).find((item) => item['name'] === name)?.['first_contact'];
  return typeof decided === 'boolean' ? decided : undefined;
}

function keptFacts(event: EventObject, main: Reply): Partial<Answer> {
  const before = eventField(event, 'domain_stats');
  if (!isEventObject(before)) return {};
  const answer = main.object();
  return Object.fromEntries(
    CONTACT_KEYS.filter((key) => answer[key] === undefined && before[key] !== undefined).map((key) => [
      key,
      before[key],
    ]),
  );
}

/**
 * The event as JSON text with what it got. A text that is at hand is kept to the letter (large numbers, order of keys);
 * only an older answer in it is replaced.
 */
export function enrichedText(
  event: EventObject,
  enrichment: Enrichment | undefined,
  text = JSON.stringify(event),
): string {
  if (enrichment === undefined) return text;
  const { main, all, kept } = enrichment;
  const keptText = members(kept);
  const mainText = keptText === '' ? main.text() : `${main.text().slice(0, -1)},${keptText}}`;
  const allText = all === undefined ? '' : `,"domain_stats_all":[${all.map((reply) => reply.text()).join(',')}]`;
  const base = Object.keys(event).some(isAnswerKey) ? withoutMembers(text, isAnswerKey) : text.trimEnd();
  const separator = /^\s*\{\s*\}$/.test(base) ? '' : ',';
  return `${base.slice(0, -1)}${separator}"domain_stats":${mainText}${allText}}`;
}
