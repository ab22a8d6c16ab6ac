import { arrayItemTexts, memberText } from '../../core/json-text.ts';
import { isObject, objectAt, readJson, type JsonObject } from '../engine.ts';

/** A document that is not complete yet, as it was found. */
export interface PendingDocument {
  /** The concrete index, behind aliases and data streams. */
  readonly index: string;
  readonly id: string;
  readonly routing?: string;
  readonly seqNo: number;
  readonly primaryTerm: number;
  readonly source: JsonObject;
  /** The source as it is stored, to the letter. */
  readonly text: string;
}

/** One page of a search. */
export interface Page {
  readonly documents: readonly PendingDocument[];
  /** Where the next page begins. */
  readonly after: unknown;
  /** The point in time may get another name with each answer. */
  readonly pit: string | undefined;
  /** How many documents the whole search finds; told by the first page. */
  readonly total: number | undefined;
}

/** Reads a search's answer; the sources stay the texts that they are. */
export function readPage(text: string): Page {
  const answer = readJson(text);
  const hits = objectAt(answer, 'hits');
  const list: readonly unknown[] = Array.isArray(hits['hits']) ? hits['hits'] : [];
  const texts = arrayItemTexts(memberText(memberText(text, 'hits') ?? '{}', 'hits') ?? '[]');
  const documents = list.flatMap((hit, i) => documentOf(hit, texts[i] ?? '{}'));
  const last = list.at(-1);
  const pit = answer['pit_id'];
  const total = objectAt(hits, 'total')['value'];
  return {
    documents,
    after: isObject(last) ? last['sort'] : undefined,
    pit: typeof pit === 'string' ? pit : undefined,
    total: typeof total === 'number' ? total : undefined,
  };
}

function documentOf(hit: unknown, hitText: string): PendingDocument[] {
  if (!isObject(hit) || !isObject(hit['_source'])) return [];
  const { _index: index, _id: id, _seq_no: seqNo, _primary_term: primaryTerm, _routing: routing } = hit;
  if (typeof index !== 'string' || typeof id !== 'string') return [];
  if (typeof seqNo !== 'number' || typeof primaryTerm !== 'number') return [];
  const text = memberText(hitText, '_source') ?? '{}';
  const found = { index, id, seqNo, primaryTerm, source: hit['_source'], text };
  return [typeof routing === 'string' ? { ...found, routing } : found];
}
