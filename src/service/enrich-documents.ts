import type { FinishedName } from '../core/answer-parts.ts';
import { ecsFormat } from '../core/event-format.ts';
import type { PassingDocument } from '../elastic/proxy/operation-documents.ts';
import type { Answering } from './answer-names.ts';
import { enrichedText, enrichEvents } from './enrich-events.ts';

/** Documents' texts with their facts; the engine's id of a document stands in for the event's own. */
export function enrichDocuments(
  ask: Answering,
  finishedName: (name: string) => FinishedName,
  fields: readonly string[],
): (documents: readonly PassingDocument[]) => Promise<readonly string[]> {
  const enrich = enrichEvents(ask, finishedName);
  const options = { format: ecsFormat(fields), contact: true, waitMs: 0, all: false };
  return async (documents) => {
    const events = documents.map(({ source, id }) => (id === undefined ? source : { ...source, _id: id }));
    const found = await enrich(events, options);
    return documents.map(({ source, text }, index) => enrichedText(source, found[index], text));
  };
}
