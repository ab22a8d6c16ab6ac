import { ask, EngineError, isObject, objectAt, type Engine } from '../engine.ts';

/** What documents tell of the names in one field. */
export interface HistoryQuery {
  /** Indices, aliases, data streams; patterns are allowed. */
  readonly index: string;
  /** A field that can be aggregated: a keyword. */
  readonly field: string;
  readonly timeField: string;
}

/** A name and when it was seen. Times in milliseconds since the epoch; null where no document has a time. */
export interface SeenName {
  readonly name: string;
  readonly first: number | null;
  readonly last: number | null;
  readonly count: number;
}

/** One page of names, and where the next one begins; undefined at the end. */
export interface NamePage {
  readonly names: readonly SeenName[];
  readonly after: string | undefined;
}

const PAGE = 1000;

/** The names behind `after` in the order of the engine. Throws {@link EngineError}. */
export async function namePage(
  engine: Pick<Engine, 'send'>,
  { index, field, timeField }: HistoryQuery,
  after: string | undefined,
): Promise<NamePage> {
  const composite = {
    size: PAGE,
    sources: [{ name: { terms: { field } } }],
    ...(after === undefined ? {} : { after: { name: after } }),
  };
  const times = { first: { min: { field: timeField } }, last: { max: { field: timeField } } };
  const body = JSON.stringify({ size: 0, track_total_hits: false, aggs: { names: { composite, aggs: times } } });
  const answer = await ask(engine, { method: 'POST', path: searchPath(index), body });
  refuseHalf(answer.body);
  const names = objectAt(objectAt(answer.body, 'aggregations'), 'names');
  const buckets: unknown = names['buckets'];
  const next = objectAt(names, 'after_key')['name'];
  return {
    names: Array.isArray(buckets) ? buckets.filter(isObject).flatMap(seenName) : [],
    after: typeof next === 'string' ? next : undefined,
  };
}

/** About how many names there are. */
export async function countNames(engine: Pick<Engine, 'send'>, { index, field }: HistoryQuery): Promise<number> {
  const body = JSON.stringify({ size: 0, aggs: { names: { cardinality: { field, precision_threshold: 40_000 } } } });
  const answer = await ask(engine, { method: 'POST', path: searchPath(index), body });
  const { value } = objectAt(objectAt(answer.body, 'aggregations'), 'names');
  return typeof value === 'number' ? value : 0;
}

const searchPath = (index: string): string => `/${encodeURIComponent(index)}/_search?ignore_unavailable=true`;

/** A page from some of the shards only would leave names out without a word. */
function refuseHalf(answer: object): void {
  const { failed } = objectAt(answer, '_shards');
  if (typeof failed !== 'number' || failed === 0) return;
  throw new EngineError(
    `${String(failed)} shards did not answer: run the same command again, it goes on where it was.`,
  );
}

function seenName(bucket: Readonly<Record<string, unknown>>): SeenName[] {
  const name = objectAt(bucket, 'key')['name'];
  const timeOf = (key: string): number | null => {
    const { value } = objectAt(bucket, key);
    return typeof value === 'number' ? value : null;
  };
  const { doc_count: count } = bucket;
  if (typeof name !== 'string') return [];
  return [{ name, first: timeOf('first'), last: timeOf('last'), count: typeof count === 'number' ? count : 1 }];
}
