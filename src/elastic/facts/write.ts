import { isDeepStrictEqual } from 'node:util';
import { EngineError, ask, causeOf, isObject, objectAt, remedyOf, type Engine, type JsonObject } from '../engine.ts';
import { factsDocument, mergedFacts, type DomainFacts } from './document.ts';

/** What became of facts that were to be written. */
export interface FactsWritten {
  /** Documents made or changed. */
  readonly changed: number;
  /** Keys to be written again: another instance was quicker, or the engine is busy. */
  readonly again: readonly string[];
  readonly refused: number;
  /** Why facts were refused. */
  readonly problem?: string;
}

/**
 * Writes facts where they say more than the index does; what says the same is not touched, so that nothing changes for
 * whoever watches the index. Throws `EngineError`.
 */
export async function writeFacts(engine: Engine, index: string, facts: readonly DomainFacts[]): Promise<FactsWritten> {
  if (facts.length === 0) return { changed: 0, again: [], refused: 0 };
  const actions = await actionsFor(engine, index, facts);
  if (actions.length === 0) return { changed: 0, again: [], refused: 0 };
  const body = actions
    .map(({ action, document }) => `${JSON.stringify(action)}\n${JSON.stringify(document)}\n`)
    .join('');
  const answer = await ask(engine, { method: 'POST', path: `/${index}/_bulk`, body, isBulk: true });
  const items: readonly unknown[] = Array.isArray(answer.body['items']) ? answer.body['items'] : [];
  const again: string[] = [];
  let [changed, refused, problem] = [0, 0, ''];
  actions.forEach(({ key }, i) => {
    const item = items[i];
    const outcome = objectAt(item, isObject(item) && 'create' in item ? 'create' : 'index');
    const code = typeof outcome['status'] === 'number' ? outcome['status'] : 500;
    if (code < 300) changed++;
    else if (code === 409 || code === 429 || code >= 500) again.push(key);
    else {
      refused++;
      const { type, reason = 'no reason given' } = causeOf(outcome['error']);
      problem = `${index}: ${reason}. ${remedyOf(code, type)}`;
    }
  });
  return { changed, again, refused, ...(problem === '' ? {} : { problem }) };
}

interface Action {
  readonly key: string;
  readonly action: JsonObject;
  readonly document: JsonObject;
}

async function actionsFor(engine: Engine, index: string, facts: readonly DomainFacts[]): Promise<Action[]> {
  const ids = facts.map(({ key }) => key);
  const found = await ask(engine, { method: 'POST', path: `/${index}/_mget`, body: JSON.stringify({ ids }) });
  const list: unknown = found.body['docs'];
  const documents: readonly unknown[] = Array.isArray(list) ? list : [];
  return facts.flatMap(({ key, facts: ours }, i): Action[] => {
    const there = documents[i];
    const error = isObject(there) ? there['error'] : undefined;
    if (error !== undefined) throw unreadable(index, error);
    if (!isObject(there) || there['found'] !== true) {
      return [{ key, action: { create: { _id: key } }, document: factsDocument({ key, facts: ours }) }];
    }
    const source = objectAt(there, '_source');
    const document = factsDocument({ key, facts: mergedFacts(ours, objectAt(source, 'facts')) });
    if (isDeepStrictEqual(document, source)) return [];
    const { _seq_no: if_seq_no, _primary_term: if_primary_term } = there;
    return [{ key, action: { index: { _id: key, if_seq_no, if_primary_term } }, document }];
  });
}

/** Writing to an index that is not there would make one without our mapping. */
function unreadable(index: string, error: unknown): EngineError {
  const { reason = 'no reason given' } = causeOf(error);
  return new EngineError(`${index} cannot be read: ${reason}. Has \`domain-stats setup\` run, with the same --prefix?`);
}

/** Makes the enrich processor see what the index holds now. Throws `EngineError`. */
export async function executePolicy(engine: Engine, index: string, policy: string): Promise<void> {
  await ask(engine, { method: 'POST', path: `/${index}/_refresh` });
  await ask(engine, { method: 'PUT', path: `/_enrich/policy/${policy}/_execute?wait_for_completion=false` });
}
