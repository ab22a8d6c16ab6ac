import { isObject, objectAt, type JsonObject } from '../engine.ts';

/** What is known of a domain, in the form in which pipelines and look-ups read it. */
export interface DomainFacts {
  /** Key of the document: the registered domain, ours or the engine's. */
  readonly key: string;
  /**
   * `domain`, `public_suffix`, `first_seen`, `registration` and the groups of the name under the answer's own names. Facts
   * of the owner of a private suffix have none but `registration` and `category`: they say nothing of the tenants.
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

/** Our facts with what another instance knew better: the registration retrieved last, the contact seen first. */
export function mergedFacts(ours: JsonObject, theirs: JsonObject): JsonObject {
  const registration = newer(objectAt(ours, 'registration'), objectAt(theirs, 'registration'));
  if (ours['first_seen'] === undefined && ours['domain'] === undefined) return { ...ours, registration };
  const first = [ours['first_seen'], theirs['first_seen']].filter((time) => typeof time === 'string').sort()[0];
  return { ...ours, ...(first === undefined ? {} : { first_seen: first }), registration };
}

const newer = (ours: JsonObject, theirs: JsonObject): JsonObject =>
  retrievedOf(theirs) > retrievedOf(ours) ? theirs : ours;

const retrievedOf = ({ retrieved }: JsonObject): string => (typeof retrieved === 'string' ? retrieved : '');

/** The registration in a document's source; undefined when it has none. */
export function registrationIn(source: unknown): JsonObject | undefined {
  const registration = objectAt(objectAt(source, 'facts'), 'registration');
  return isObject(source) && typeof registration['status'] === 'string' ? registration : undefined;
}
