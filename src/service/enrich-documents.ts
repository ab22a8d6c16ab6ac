import type { FinishedName } from '../core/answer-parts.ts';
import type { EventObject } from '../core/event-field.ts';
import { ecsFormat } from '../core/event-format.ts';
import type { Answering } from './answer-names.ts';
import { enrichedText, enrichEvents } from './enrich-events.ts';

/** A document that is about to be stored. */
interface Document {
  readonly source: EventObject;
  readonly text: string;
  readonly id?: string;
}

/** Documents' texts with their facts; the engine's id of a document stands in for the event's own. */
export function enrichDocuments(
  ask: Answering,
  finishedName: (name: string) => FinishedName,
  fields: readonly string[],
): (documents: readonly Document[]) => Promise<readonly string[]> {
  const enrich = enrichEvents(ask, finishedName);
  const options = { format: ecsFormat(fields), contact: true, waitMs: 0, all: false };
  return async (documents) => {
    const events = documents.map(({ source, id }) => (id === undefined ? source : { ...source, _id: id }));
    const found = await enrich(events, options);
    return documents.map(({ source, text }, index) => enrichedText(source, found[index], text));
  };
}
