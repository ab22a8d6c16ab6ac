import type { FinishedName } from '../core/answer-parts.ts';
import { isAhead, isoTime, readTime } from '../core/event-time.ts';
import { eventField, fieldTexts, type EventObject } from '../core/event-field.ts';
import type { EventFormat } from '../core/event-format.ts';
import type { ContactRow } from '../stores/contact-list.ts';

/** A name that was in use, and when; times in milliseconds since the epoch. */
export interface UsedName {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** Whose contacts they are, the suffix list that makes their domains, and the time now. */
interface Learning {
  readonly scope: string;
  readonly list: number;
  readonly now: number;
}

/**
 * Contacts that names in use make, one a domain. Names that make none (addresses, internal ones) are left out, and so
 * are times of wrong clocks: history holds some, and a contact would keep them.
 */
export function contactsOfNames(
  used: readonly UsedName[],
  { scope, list, now }: Learning,
  finishedName: (name: string) => FinishedName,
): ContactRow[] {
  const rows = new Map<string, { first: number; last: number; count: number }>();
  for (const { name, first, last, count } of used) {
    const { parsed } = finishedName(name);
    if (parsed.kind !== 'domain' || first < 0 || isAhead(first, now)) continue;
    const until = isAhead(last, now) ? first : last;
    const row = rows.get(parsed.domain);
    if (row === undefined) {
      rows.set(parsed.domain, { first, last: until, count });
      continue;
    }
    row.first = Math.min(row.first, first);
    row.last = Math.max(row.last, until);
    row.count += count;
  }
  return [...rows].map(([domain, { first, last, count }]) => ({
    scope,
    domain,
    first_seen: isoTime(first),
    last_seen: isoTime(last),
    count: Math.min(count, 0xffffffff),
    list,
  }));
}

/** The name that an event is about, and its time; undefined when it lacks one of them. */
export function usedNameOf(
  event: EventObject,
  format: EventFormat,
  finishedName: (name: string) => FinishedName,
): UsedName | undefined {
  const time = eventField(event, format.time);
  const at = typeof time === 'string' || typeof time === 'number' ? readTime(time) : undefined;
  const names = format.fields.flatMap((field) => fieldTexts(event, field));
  const name = names.find((each) => {
    const { kind } = finishedName(each).parsed;
    return kind !== 'invalid' && kind !== 'ip';
  });
  return at === undefined || name === undefined ? undefined : { name, first: at, last: at, count: 1 };
}
