import type { Event, Item, Request, Step } from './cases.ts';

/** The event that asks for a name, for doors that know only events. */
export function eventOfItem({ name, at, id, scope, client }: Item): Event {
  return {
    'dns.question.name': name,
    ...(at === undefined ? {} : { '@timestamp': at }),
    ...(id === undefined ? {} : { event: { id } }),
    ...(client === undefined ? {} : { source: { ip: client } }),
    ...(scope === undefined ? {} : { domain_stats: { scope } }),
  };
}

/** The scope of a request for one name stands beside the event, where a wrong one is refused. */
export function eventsOf({ items, events, isList }: Request): { events: readonly Event[]; scope?: string } {
  if (items === undefined) return { events: events ?? [] };
  const [first] = items;
  if (isList || first?.scope === undefined) return { events: items.map(eventOfItem) };
  const { scope, ...item } = first;
  return { events: [eventOfItem(item)], scope };
}

/** Why a case cannot be told in events; undefined when it can. */
export function whyNotEvents(steps: readonly Step[]): string | undefined {
  const items = steps.flatMap(({ request }) => (request.contact === false ? [] : (request.items ?? [])));
  if (steps.some(({ request }) => request.full)) return 'events have no full=true';
  if (items.some(({ name }) => name === '')) return 'an empty field is passed over';
  if (steps.some(({ request }) => request.isList && request.items?.some(({ scope }) => /\s/.test(scope ?? '')))) {
    return "an event's own scope that is none is passed over";
  }
  const derived = items.filter(({ at, id }) => at !== undefined && id === undefined);
  const ids = new Set(derived.map(({ at, name, client }) => JSON.stringify([at, name, client])));
  return ids.size < derived.length ? 'an event without an id is known by its time, name and client' : undefined;
}
