import { ask, EngineError, isObject, objectAt, readJson, refusal, type Engine, type JsonObject } from './engine.ts';
import { factsDocument, mergedFacts, type DomainFacts } from './facts/document.ts';
import { eventMapping, factsMapping } from './setup/mappings.ts';

/** Where the demo lives: indices of its own, beside real events and facts. */
export interface DemoIndices {
  /** The index pattern of the dashboards takes it in. */
  readonly events: string;
  readonly facts: string;
}

export const demoIndices = (prefix: string): DemoIndices => ({
  events: `logstash-${prefix}-demo`,
  facts: `${prefix}-demo-facts`,
});

const MANAGED_BY = 'domain-stats demo';
const LINES_PER_BULK = 1000;

const keyword = { type: 'keyword', ignore_above: 1024 };
/** The fields that the demo's events have besides ours, as the Elastic Common Schema has them. */
const ECS: JsonObject = {
  '@timestamp': { type: 'date' },
  event: { properties: { id: keyword, kind: keyword, category: keyword, dataset: keyword } },
  source: { properties: { ip: { type: 'ip' } } },
  network: { properties: { protocol: keyword } },
  dns: { properties: { question: { properties: { name: keyword, type: keyword } }, response_code: keyword } },
  tls: { properties: { client: { properties: { server_name: keyword } } } },
  url: { properties: { domain: keyword, scheme: keyword } },
  labels: { properties: { scene: keyword } },
  tags: keyword,
};

/** Fills the demo's indices anew with answered events (JSON lines) and the facts in them. Throws {@link EngineError}. */
export async function fillDemo(
  engine: Engine,
  { events, facts }: DemoIndices,
  lines: AsyncIterable<string>,
): Promise<{ readonly events: number; readonly facts: number }> {
  await removeDemo(engine, { events, facts });
  await create(engine, events, { properties: { ...ECS, ...objectAt(eventMapping(), 'properties') } });
  await create(engine, facts, factsMapping);
  const known = new Map<string, JsonObject>();
  let count = 0;
  const batch: string[] = [];
  for await (const line of lines) {
    const event = readJson(line);
    for (const { key, facts: ours } of factsIn(objectAt(event, 'domain_stats'))) {
      known.set(key, mergedFacts(ours, known.get(key) ?? {}));
    }
    batch.push(JSON.stringify({ index: { _id: objectAt(event, 'event')['id'] } }), line);
    count++;
    if (batch.length >= 2 * LINES_PER_BULK) await bulk(engine, events, batch.splice(0));
  }
  await bulk(engine, events, batch);
  const rows = [...known].flatMap(([key, its]) => [
    JSON.stringify({ index: { _id: key } }),
    JSON.stringify(factsDocument({ key, facts: its })),
  ]);
  await bulk(engine, facts, rows);
  await ask(engine, { method: 'POST', path: `/${events},${facts}/_refresh` });
  return { events: count, facts: known.size };
}

/** Removes what the demo has made, and nothing else of these names. Throws {@link EngineError}. */
export async function removeDemo(engine: Engine, { events, facts }: DemoIndices): Promise<void> {
  for (const name of [events, facts]) {
    const { status, body } = await ask(engine, { method: 'GET', path: `/${name}/_mapping` }, [404]);
    if (status === 404) continue;
    const made = objectAt(objectAt(objectAt(body, name), 'mappings'), '_meta')['managed_by'];
    if (made !== MANAGED_BY) {
      throw new EngineError(`There is an index ${name} that the demo has not made. Choose another --prefix.`);
    }
    await ask(engine, { method: 'DELETE', path: `/${name}` });
  }
}

const create = (engine: Engine, name: string, mappings: JsonObject) =>
  ask(engine, {
    method: 'PUT',
    path: `/${name}`,
    body: JSON.stringify({
      settings: { index: { number_of_shards: 1, auto_expand_replicas: '0-1' } },
      mappings: { ...mappings, _meta: { managed_by: MANAGED_BY } },
    }),
  });

async function bulk(engine: Engine, index: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const request = {
    method: 'POST',
    path: `/${index}/_bulk`,
    body: lines.join('\n') + '\n',
    isBulk: true,
  } as const;
  const { body } = await ask(engine, request);
  const items: unknown = body['errors'] === true ? body['items'] : [];
  const failed = Array.isArray(items)
    ? items.map((item) => objectAt(item, 'index')).find((item) => isObject(item['error']))
    : undefined;
  if (failed !== undefined) {
    throw refusal(request, { status: Number(failed['status']), text: JSON.stringify({ error: failed['error'] }) });
  }
}

/**
 * What an answer tells of its domain, in the form of the facts index. Under a private suffix the registration is that of
 * the suffix's owner, of whom it tells nothing else.
 */
function factsIn({ domain, public_suffix, first_seen, rank, ...rest }: JsonObject): DomainFacts[] {
  const registration = objectAt(rest, 'registration');
  const registered = registration['domain'];
  if (typeof domain !== 'string' || typeof registered !== 'string') return [];
  const facts = { domain, public_suffix, first_seen, rank, registration };
  if (registered === domain) return [{ key: domain, facts }];
  const hosted = { category: 'hosted', registration };
  return [
    { key: registered, facts: hosted },
    { key: domain, facts: { ...facts, ...hosted } },
  ];
}
