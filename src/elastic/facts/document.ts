import { isObject, objectAt, type JsonObject } from '../engine.ts';

/** What is known of a domain, in the form in which pipelines and look-ups read it. */
export interface DomainFacts {
  /** Key of the document: the registered domain, ours or the engine's. */
  readonly key: string;
  /**
   * `domain`, `public_suffix`, `first_seen`, `registration` and the groups of the name under the answer's own names, and
   * `has_alerts` when the name alone raises one. Facts of the owner of a private suffix have none but `registration` and
   * `category`: they say nothing of the tenants.
   */
  readonly facts: JsonObject;
}

/** A document of the facts index: the facts whole, and what joins and people want beside them. */
export function factsDocument({ key, facts }: DomainFacts): JsonObject {
  const { created, expires, registrar } = objectAt(facts, 'registration');
  const beside = {
    first_seen: facts['first_seen'],
    created,
    expires,
    registrar,
    rank: objectAt(facts, 'rank')['value'],
  };
  return { domain: key, ...definedOf(beside), facts };
}

const definedOf = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/**
 * Our facts with what another instance knew better: the registration retrieved last, the contact seen first. A key that
 * has once been a suffix's owner's stays so: what stands there is taken for its tenants' too.
 */
export function mergedFacts(ours: JsonObject, theirs: JsonObject): JsonObject {
  const registration = newer(objectAt(ours, 'registration'), objectAt(theirs, 'registration'));
  if (isOwners(ours) || isOwners(theirs)) return { category: 'hosted', registration };
  const first = [ours['first_seen'], theirs['first_seen']].filter((time) => typeof time === 'string').sort()[0];
  return { ...ours, ...(first === undefined ? {} : { first_seen: first }), registration };
}

/** Facts of the owner of a private suffix. */
const isOwners = ({ domain, category }: JsonObject): boolean => domain === undefined && category === 'hosted';

/** Adds facts to a batch; the facts of one key come together. */
export function addFacts(batch: Map<string, DomainFacts>, { key, facts }: DomainFacts): void {
  const before = batch.get(key);
  batch.set(key, { key, facts: before === undefined ? facts : mergedFacts(facts, before.facts) });
}

const newer = (ours: JsonObject, theirs: JsonObject): JsonObject =>
  retrievedOf(theirs) > retrievedOf(ours) ? theirs : ours;

const retrievedOf = ({ retrieved }: JsonObject): string => (typeof retrieved === 'string' ? retrieved : '');

/** The registration in a document's source; undefined when it has none. */
export function registrationIn(source: unknown): JsonObject | undefined {
  const registration = objectAt(objectAt(source, 'facts'), 'registration');
  return isObject(source) && typeof registration['status'] === 'string' ? registration : undefined;
}
