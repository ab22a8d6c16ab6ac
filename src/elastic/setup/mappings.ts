import { answerMapping, type FieldMapping } from '../../schema/mapping.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** `domain_stats` in an index of events. A value of the wrong form must not cost the document. */
export const eventMapping = (): Mapping => ({
  properties: { domain_stats: { properties: lenient(answerMapping()) } },
});

const CAN_BE_MALFORMED: ReadonlySet<string> = new Set(['date', 'long', 'float']);

function lenient(fields: Readonly<Record<string, FieldMapping>>): Record<string, Mapping> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]): [string, Mapping] => {
      if ('properties' in field) return [name, { properties: lenient(field.properties) }];
      return [name, CAN_BE_MALFORMED.has(field.type) ? { ...field, ignore_malformed: true } : field];
    }),
  );
}

/**
 * The facts index: one document a domain. `facts` is kept and handed out whole, so that a new fact needs no new mapping;
 * the few fields beside it are for joins and for people.
 */
export const factsMapping: Mapping = {
  dynamic: false,
  properties: {
    domain: { type: 'keyword' },
    first_seen: { type: 'date' },
    created: { type: 'date' },
    expires: { type: 'date' },
    registrar: { type: 'keyword', ignore_above: 1024 },
    rank: { type: 'long' },
    facts: { type: 'object', enabled: false },
  },
};
