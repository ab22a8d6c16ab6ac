import type { ContactDecision, ContactEvent, ContactStore } from './contact-decisions.ts';
import { firstKey, type Contact, type ContactTables } from './contact-tables.ts';
import { gatherHits } from './contact-hits.ts';
import { randomFingerprint, type FleetContacts } from './fleet-contacts.ts';

/** How contacts are kept. */
export interface LocalContactsOptions {
  /** Distinct clients are counted exactly up to this many. */
  readonly clientCap: number;
  /** Hits are gathered in memory and written this often, in milliseconds. */
  readonly flushEveryMs: number;
  /** Wait for the disk before a first contact is answered: safe against power loss, not only against kill -9. */
  readonly syncToDisk: boolean;
  /** Told of each new contact after its commit. */
  readonly onNew?: (key: string) => void;
  /** Told of a write that failed; the events concerned stay undecided. */
  readonly onFault: (error: unknown) => void;
  /** Contacts that other instances have too: they decide, and this store is the cache in front. */
  readonly fleet?: FleetContacts;
}

/** Events of one key, in one call, and their places in it. */
interface Group {
  readonly key: string;
  readonly events: ContactEvent[];
  readonly places: number[];
  /** Earliest by time, ties by position: the one that is the first contact if the key is new. */
  earliest: ContactEvent;
  last: number;
}

/** A contact that all who decide agree on. */
interface Agreed {
  readonly contact: Contact;
  /** What the fleet says; absent when this store alone decides. */
  readonly isOurs?: boolean;
}

/**
 * First contacts in an LMDB environment (or its twin). Exact over any number of processes on one folder: a key is made
 * by put-if-absent only, never by a read followed by a write. Known contacts are answered without waiting and without a
 * write; what they add (last time, count, earlier first time, clients) is gathered and merged every few seconds.
 */
export function openLocalContacts(tables: ContactTables, options: LocalContactsOptions): ContactStore {
  const { contacts, byFirst, clients, environment } = tables;
  const hits = gatherHits(tables, options);

  /** What the store and the hits gathered so far say of a contact, before the events of `group` are added. */
  function known(contact: Contact, group: Group): (event: ContactEvent) => ContactDecision {
    for (const event of group.events) hits.add(event);
    if (group.earliest.at < contact.first) options.fleet?.lower(group.key, group.earliest.at);
    const facts = hits.factsOf(group.key, contact);
    return (event) => ({ first: contact.firstId !== 0 && event.id === contact.firstId, ...facts });
  }

  function findFormer(event: ContactEvent): Contact | undefined {
    for (const { key, list } of event.formerKeys?.() ?? []) {
      const contact = contacts.get(key);
      if (contact?.list === list) return contact;
    }
    return undefined;
  }

  /** What the fleet says of a contact that would be made here: it has the last word. Undefined = undecided. */
  async function agree(
    fleet: FleetContacts,
    key: string,
    made: Contact,
    { formerKeys }: ContactEvent,
  ): Promise<Agreed | undefined> {
    // Where the event has no id, so that a claim whose answer is lost is known again.
    const firstId = made.firstId === 0 ? randomFingerprint() : made.firstId;
    const former = formerKeys?.() ?? [];
    const claim = { key, first: made.first, firstId, list: made.list };
    const agreed = await fleet.claim(former.length === 0 ? claim : { ...claim, formerKeys: former });
    if (agreed === undefined) return undefined;
    const { won, first } = agreed;
    // It may be an earlier attempt of ours that won, and its time has been moved back since.
    if (won) return { contact: { ...made, first: Math.min(first, made.first), firstId }, isOurs: true };
    return { contact: { ...made, first, last: first, count: 0, firstId: agreed.firstId }, isOurs: false };
  }

  async function decideNew(group: Group): Promise<(event: ContactEvent) => ContactDecision | undefined> {
    const { key, earliest, events, last } = group;
    const former = findFormer(earliest);
    const made: Contact =
      former === undefined
        ? { first: earliest.at, last, count: events.length, firstId: earliest.id, list: earliest.list }
        : { ...former, list: earliest.list };
    const agreed: Agreed | undefined =
      options.fleet === undefined ? { contact: made } : await agree(options.fleet, key, made, earliest);
    if (agreed === undefined) return () => undefined;
    const { contact, isOurs } = agreed;
    const present = distinctClients([earliest, ...events]).slice(0, options.clientCap);
    const isNew = await contacts.putIfAbsent(key, contact, () => {
      byFirst.put(firstKey(contact.first, key), null);
      if (present.length > 0) clients.put(key, present);
    });
    const won = isOurs ?? isNew;
    if (options.syncToDisk) await environment.flushed();
    if (won) options.onNew?.(key);
    if (won && former === undefined) {
      const facts = hits.factsOf(key, contact);
      return (event) => ({ first: event === earliest || (event.id !== 0 && event.id === earliest.id), ...facts });
    }
    // Another process was first, or the name was known under the key that a former suffix list made.
    environment.refresh();
    const stored = contacts.get(key);
    return stored === undefined ? () => undefined : known(stored, group);
  }

  function decide(events: readonly ContactEvent[]) {
    const decisions = new Array<ContactDecision | undefined>(events.length);
    const settle = (group: Group, decisionOf: (event: ContactEvent) => ContactDecision | undefined) => {
      group.events.forEach((event, index) => (decisions[group.places[index] ?? 0] = decisionOf(event)));
    };
    const undecided: Promise<void>[] = [];
    for (const group of groupByKey(events)) {
      const contact = contacts.get(group.key);
      if (contact !== undefined) settle(group, known(contact, group));
      else undecided.push(decideNew(group).then((decisionOf) => settle(group, decisionOf), options.onFault));
    }
    return undecided.length === 0 ? decisions : Promise.all(undecided).then(() => decisions);
  }

  return {
    decide,
    peek(event) {
      const contact = contacts.get(event.key) ?? findFormer(event);
      return contact && { first: false, ...hits.factsOf(event.key, contact) };
    },
    flush: () => hits.flush(),
    async close() {
      // First, because the fleet's store may hang, and what ends a program that is slow to stop ends this too.
      await hits.flush().catch(options.onFault);
      await options.fleet?.close();
      await hits.stop();
      await environment.flushed();
      await environment.close();
    },
  };
}

function groupByKey(events: readonly ContactEvent[]): Iterable<Group> {
  const [only] = events;
  if (only !== undefined && events.length === 1) return [groupOf(only, 0)];
  const groups = new Map<string, Group>();
  events.forEach((event, place) => {
    const group = groups.get(event.key);
    if (group === undefined) {
      groups.set(event.key, groupOf(event, place));
      return;
    }
    group.events.push(event);
    group.places.push(place);
    if (event.at < group.earliest.at) group.earliest = event;
    if (event.at > group.last) group.last = event.at;
  });
  return groups.values();
}

const groupOf = (event: ContactEvent, place: number): Group => ({
  key: event.key,
  events: [event],
  places: [place],
  earliest: event,
  last: event.at,
});

const NO_CLIENTS: readonly string[] = [];

const distinctClients = (events: readonly ContactEvent[]): readonly string[] =>
  events.some(({ client }) => client !== undefined)
    ? [...new Set(events.flatMap(({ client }) => client ?? []))]
    : NO_CLIENTS;
