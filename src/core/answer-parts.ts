import { AnswerSchema, type Answer } from '../schema/answer.ts';
import type { Warning } from './alerts.ts';
import type { ParsedName } from './name.ts';

/** What depends on the name and the data generation alone; kept, with its JSON text, for the next event. */
export interface FinishedName {
  readonly parsed: ParsedName;
  /** JSON members, without braces: the name and its parts, and the groups behind the event's part (rank, suffix, scores). */
  readonly headText: string;
  readonly groupsText: string;
  /** Alerts of the name itself. */
  readonly warnings: readonly Warning[];
  /** A rank list is loaded and does not have the domain. */
  readonly unranked: boolean;
}

/** What depends on the event: status, contact, registration; and alerts and risk, which come last in an answer. */
export interface EventFacts {
  readonly first: Partial<Answer> & Pick<Answer, 'status'>;
  readonly last: Partial<Answer>;
}

/** JSON members of an object, without its braces. */
export const members = (part: object): string => JSON.stringify(part).slice(1, -1);

/** The answer as JSON text. The name's part is not made into text again: stringifying is the dear part of an answer. */
export function answerText(name: FinishedName, event: EventFacts): string {
  const groups = name.groupsText === '' ? '' : `,${name.groupsText}`;
  const last = members(event.last);
  return `{${name.headText},${members(event.first)}${groups}${last === '' ? '' : `,${last}`}}`;
}

/** The answer as an object, for those who read it rather than pass it on. */
export const answerObject = (name: FinishedName, event: EventFacts): Answer =>
  JSON.parse(answerText(name, event)) as Answer;

type Nulls = { readonly [key: string]: null | Nulls };

const nullsOf = (properties: Readonly<Record<string, object>>): Nulls =>
  Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [
      key,
      'properties' in schema ? nullsOf(schema.properties as Record<string, object>) : null,
    ]),
  );

/** Every key of the schema, null. */
const EVERY_KEY = nullsOf(AnswerSchema.properties);

/** `full=true`: every key of the schema is there, absent ones null. */
export function fullAnswer(answer: Answer): Record<string, unknown> {
  const full: Record<string, unknown> = {};
  for (const [key, nulls] of Object.entries(EVERY_KEY)) {
    const value = answer[key as keyof Answer] as unknown;
    full[key] = nulls === null ? (value ?? null) : { ...nulls, ...(value as object | undefined) };
  }
  return full;
}
