import { answerFields } from '../schema/mapping.ts';

/** Types of index fields that panels and the field list of OpenSearch Dashboards know. */
export type FieldType = 'keyword' | 'date' | 'long' | 'float' | 'boolean' | 'ip';

/** The hosts' names of these types. */
export const HOST_TYPES: Readonly<Record<FieldType, string>> = {
  keyword: 'string',
  date: 'date',
  long: 'number',
  float: 'number',
  boolean: 'boolean',
  ip: 'ip',
};

/** A field of an index. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

const OWN: ReadonlyMap<string, Field> = new Map(
  answerFields().map(({ path, mapping }) => [path, { name: `domain_stats.${path}`, type: mapping }]),
);

/** A field of the answer by its path in the schema; throws for one that the schema has not. */
export function own(path: string): Field {
  const field = OWN.get(path);
  if (field === undefined) throw new RangeError(`the answer has no field ${path}`);
  return field;
}

/** Fields of events besides our own, as the Elastic Common Schema types them. */
const ECS = {
  time: { name: '@timestamp', type: 'date' },
  client: { name: 'source.ip', type: 'ip' },
  protocol: { name: 'network.protocol', type: 'keyword' },
  dnsName: { name: 'dns.question.name', type: 'keyword' },
  dnsAnswer: { name: 'dns.response_code', type: 'keyword' },
  tlsName: { name: 'tls.client.server_name', type: 'keyword' },
  urlDomain: { name: 'url.domain', type: 'keyword' },
  destination: { name: 'destination.domain', type: 'keyword' },
  eventId: { name: 'event.id', type: 'keyword' },
} as const satisfies Readonly<Record<string, Field>>;

export const { time: TIME, client: CLIENT, protocol: PROTOCOL } = ECS;

/** Every field of the index pattern of events. */
export const eventFields = (): Field[] => [...Object.values(ECS), ...OWN.values()];

/** The fields of the facts index that stand beside the facts themselves. */
export const FACTS = {
  domain: { name: 'domain', type: 'keyword' },
  firstSeen: { name: 'first_seen', type: 'date' },
  created: { name: 'created', type: 'date' },
  expires: { name: 'expires', type: 'date' },
  registrar: { name: 'registrar', type: 'keyword' },
  rank: { name: 'rank', type: 'long' },
} as const satisfies Readonly<Record<string, Field>>;
