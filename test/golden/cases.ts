import { readTime } from '../../src/core/event-time.ts';
import type { CommunityStatus } from '../../src/stores/community-answers.ts';
import { conformanceRows } from '../conformance/files.ts';

/** What is given when a case begins; `golden/README.md` says what each part means. */
export interface State {
  readonly now: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly ranks?: Readonly<Record<string, number>>;
  readonly registrations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly contacts?: readonly GivenContact[];
  readonly suppressions?: readonly GivenSuppression[];
  readonly community?: Readonly<Record<string, GivenCommunity>>;
  readonly psl_extra?: readonly string[];
}

export interface GivenContact {
  readonly scope: string;
  readonly domain: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly id?: string;
  readonly list?: 'former';
}

export interface GivenSuppression {
  readonly domain: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires?: string;
}

/** What the community said of a domain before. */
export interface GivenCommunity {
  readonly status: CommunityStatus;
  readonly first_seen?: string;
  readonly notes?: readonly string[];
}

/** One name asked. */
export interface Item {
  readonly name: string;
  readonly at?: string;
  readonly id?: string;
  readonly scope?: string;
  readonly client?: string;
}

export type Event = Readonly<Record<string, unknown>>;

/** A request in one form for all kinds: names or events, and the options for all of them. */
export interface Request {
  readonly items?: readonly Item[];
  readonly events?: readonly Event[];
  readonly isList: boolean;
  readonly contact?: boolean;
  readonly wait?: string;
  readonly full?: boolean;
  readonly format?: 'zeek';
  readonly fields?: readonly string[];
  readonly all?: boolean;
}

export type Expectation = Readonly<Record<string, unknown>>;

export interface Step {
  /** Moves the server's clock. */
  readonly now?: string;
  readonly request: Request;
  /** One for each name or event; null: the event comes back as it was. */
  readonly expect: readonly (Expectation | null)[];
  readonly absent: readonly (readonly string[])[];
}

export interface Case {
  readonly title: string;
  readonly why: string;
  readonly state: State;
  readonly steps: readonly Step[];
}

type RawRequest = Item &
  Omit<Request, 'isList'> & { readonly kind: 'one' | 'batch' | 'event' | 'events'; readonly event?: Event };

interface RawStep {
  readonly now?: string;
  readonly request: RawRequest;
  readonly expect: Expectation | null | readonly (Expectation | null)[];
  readonly absent?: readonly string[] | readonly (readonly string[])[];
}

type RawCase = { readonly case: string; readonly why: string; readonly state: State } & (
  RawStep | { readonly steps: readonly RawStep[] }
);

/** All cases, every step with lists of equal length for what is asked, expected and absent. */
export const goldenCases = (): Case[] =>
  conformanceRows<RawCase>('golden/answers.jsonl').map((row) => ({
    title: row.case,
    why: row.why,
    state: row.state,
    steps: ('steps' in row ? row.steps : [row]).map(stepOf),
  }));

function stepOf({ now, request, expect, absent = [] }: RawStep): Step {
  const isList = request.kind === 'batch' || request.kind === 'events';
  const wanted = (isList ? expect : [expect]) as (Expectation | null)[];
  const missing = (isList ? absent : [absent]) as (readonly string[])[];
  return {
    ...(now === undefined ? {} : { now }),
    request: requestOf(request, isList),
    expect: wanted,
    absent: wanted.map((_, i) => missing[i] ?? []),
  };
}

function requestOf(raw: RawRequest, isList: boolean): Request {
  const { kind, name, at, id, scope, client, event, items, events, ...options } = raw;
  if (kind === 'batch') return { ...options, isList, items: items ?? [] };
  if (kind === 'events') return { ...options, isList, events: events ?? [] };
  if (kind === 'event') return { ...options, isList, events: [event ?? {}] };
  return { ...options, isList, items: [withoutUndefined({ name, at, id, scope, client })] };
}

const withoutUndefined = (item: { [Key in keyof Item]: Item[Key] | undefined }): Item =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as unknown as Item;

/**
 * Whether the items of a request may be asked one after the other: no list, or one in which nobody is earlier than the
 * items before it, so that the order of the list decides nothing.
 */
export function isOrdered({ items = [], isList, contact }: Request, now: string): boolean {
  if (!isList || contact === false) return true;
  const times = items.map(({ at }) => readTime(at ?? now) ?? Infinity);
  return times.every((time, i) => i === 0 || time >= times[i - 1]!);
}
