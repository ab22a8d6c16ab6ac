import type { FinishedName } from '../core/answer-parts.ts';
import { fieldTexts, isEventObject, type EventObject } from '../core/event-field.ts';
import { ecsFormat } from '../core/event-format.ts';
import type { Answering } from './answer-names.ts';
import { enrichedText, enrichEvents, type EnrichOptions } from './enrich-events.ts';
import { neverLess, pendingOf, type FormerAnswer } from './never-less.ts';

/** A stored document. */
export interface StoredDocument {
  readonly id: string;
  readonly source: EventObject;
  /** The source as it is stored. */
  readonly text: string;
}

/** How a document is asked about; those that are asked alike are asked together. */
interface Way {
  readonly options: EnrichOptions;
  readonly places: number[];
}

/** The name that a pipeline found, for documents whose fields are not (or no longer) among ours. */
const NAME_FOUND = 'domain_stats.name';

/**
 * Completes documents that have something pending: their new texts, undefined where nothing more is known than before.
 * Contacts are decided only where they are pending, over all documents given, by event time.
 */
export function completeDocuments(
  ask: Answering,
  finishedName: (name: string) => FinishedName,
  fields: readonly string[],
): (documents: readonly StoredDocument[]) => Promise<readonly (string | undefined)[]> {
  const enrich = enrichEvents(ask, finishedName);
  return async (documents) => {
    const texts = new Array<string | undefined>(documents.length).fill(undefined);
    const formers = documents.map(({ source }) => formerAnswer(source));
    for (const { options, places } of waysOf(documents, formers, fields)) {
      const events = places.map((place) => withId(documents[place]));
      const enriched = await enrich(events, options);
      places.forEach((place, i) => {
        const [document, former, enrichment] = [documents[place], formers[place], enriched[i]];
        if (document === undefined || former === undefined || enrichment === undefined) return;
        const answer = neverLess(former, { ...enrichment.main.object(), ...enrichment.kept });
        if (pendingOf(answer).length >= pendingOf(former).length) return;
        const main = { object: () => answer, text: () => JSON.stringify(answer) };
        texts[place] = enrichedText(document.source, { ...enrichment, main, kept: {} }, document.text);
      });
    }
    return texts;
  };
}

/** The engine's id of a document stands in for the event's own. */
const withId = (document: StoredDocument | undefined): EventObject => ({ ...document?.source, _id: document?.id });

function waysOf(
  documents: readonly StoredDocument[],
  formers: readonly FormerAnswer[],
  fields: readonly string[],
): Iterable<Way> {
  const ways = new Map<string, Way>();
  documents.forEach(({ source }, place) => {
    const contact = pendingOf(formers[place] ?? {}).includes('contact');
    const all = Array.isArray(source['domain_stats_all']);
    const isFound = fields.some((field) => fieldTexts(source, field).length > 0);
    const key = `${String(contact)} ${String(all)} ${String(isFound)}`;
    let way = ways.get(key);
    if (way === undefined) {
      const format = ecsFormat(isFound ? fields : [NAME_FOUND]);
      ways.set(key, (way = { options: { format, contact, all, waitMs: 0 }, places: [] }));
    }
    way.places.push(place);
  });
  return ways.values();
}

/** The answer that stands in a document, nested or under dotted keys. */
function formerAnswer(source: EventObject): FormerAnswer {
  const answer: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    if (key === 'domain_stats' && isEventObject(value)) Object.assign(answer, value);
    if (key.startsWith('domain_stats.')) setAt(answer, key.split('.').slice(1), value);
  }
  return answer;
}

function setAt(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = { ...(isEventObject(target[key]) ? target[key] : {}) };
  setAt(inner, rest, value);
  target[key] = inner;
}
