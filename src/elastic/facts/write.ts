import { setTimeout as pause } from 'node:timers/promises';
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
  /** Why facts were refused, or have to come again because the engine is busy. */
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
    const isBusy = code === 429 || code >= 500;
    if (code < 300) changed++;
    else if (code === 409 || isBusy) again.push(key);
    else refused++;
    if (code >= 300 && code !== 409) {
      const { type, reason = 'no reason given' } = causeOf(outcome['error']);
      problem = `${index}: ${reason}. ${remedyOf(code, type)}`;
    }
  });
  return { changed, again, refused, ...(problem === '' ? {} : { problem }) };
}

const TRIES = 8;
const FIRST_PAUSE_MS = 100;

/** Writes facts, and with growing pauses again what another instance or a busy engine kept out. Throws `EngineError`. */
export async function writeAllFacts(
  engine: Engine,
  index: string,
  facts: readonly DomainFacts[],
  firstPauseMs = FIRST_PAUSE_MS,
): Promise<Omit<FactsWritten, 'again'>> {
  let [changed, refused, refusal] = [0, 0, undefined as string | undefined];
  let left = facts;
  for (let tries = 0; left.length > 0; tries++) {
    if (tries > 0) await pause(firstPauseMs * 2 ** (tries - 1));
    const result = await writeFacts(engine, index, left);
    changed += result.changed;
    refused += result.refused;
    if (result.refused > 0) refusal = result.problem;
    left = left.filter(({ key }) => result.again.includes(key));
    if (left.length > 0 && tries === TRIES - 1) {
      const why = result.problem ?? 'other instances write the same ones. Try again later.';
      throw new EngineError(`${String(left.length)} facts could not be written in ${String(TRIES)} tries: ${why}`);
    }
  }
  return { changed, refused, ...(refusal === undefined ? {} : { problem: refusal }) };
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
