import { eventField, fieldTexts, isAnswerKey } from '../../core/event-field.ts';
import { withoutMembers } from '../../core/json-text.ts';
import type { JsonObject } from '../engine.ts';
import { within } from '../within.ts';
import type { PassingDocument } from './operation-documents.ts';

/** The service's part: documents' texts with their facts. */
export type EnrichDocuments = (documents: readonly PassingDocument[]) => Promise<readonly string[]>;

/** What becomes of the documents that pass, counted. */
export interface PassedCounts {
  /** Went with their facts. */
  enriched: number;
  /** Went without: enrichment was late or failed. */
  pending: number;
}

export interface InTimeOptions {
  readonly enrich: EnrichDocuments;
  readonly fields: readonly string[];
  readonly deadlineMs: number;
  readonly counts: PassedCounts;
  /** Told of an enrichment that failed; the documents go all the same. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Enriches the documents of one request, whose waiting has one budget. When it is used up, or enrichment fails,
 * documents go marked pending: what was decided meanwhile is found again by the document's id.
 */
export function enrichInTime(options: InTimeOptions): EnrichDocuments {
  let leftMs = options.deadlineMs;
  return async (documents) => {
    if (documents.length === 0) return [];
    const started = performance.now();
    const texts = leftMs <= 0 ? undefined : await within(leftMs, options.enrich(documents).catch(failed));
    leftMs -= performance.now() - started;
    options.counts[texts === undefined ? 'pending' : 'enriched'] += documents.length;
    return texts ?? documents.map((document) => pendingText(document, options.fields));
  };

  function failed(error: unknown): undefined {
    options.onFault(error);
  }
}

/**
 * The document marked as the ingest pipelines do it, with the scope that it may bring; one that holds an answer already
 * stays as it is.
 */
export function pendingText({ source, text }: PassingDocument, fields: readonly string[]): string {
  if (eventField(source, 'domain_stats.status') !== undefined) return text;
  const found = firstName(source, fields);
  if (found === undefined) return text;
  const [scope] = fieldTexts(source, 'domain_stats.scope');
  const mark = JSON.stringify({ ...found, scope, status: 'pending', pending: ['registration', 'contact'] });
  const base = Object.keys(source).some(isAnswerKey) ? withoutMembers(text, isAnswerKey) : text;
  return `${base.slice(0, -1)},"domain_stats":${mark}}`;
}

function firstName(source: JsonObject, fields: readonly string[]) {
  for (const field of fields) {
    const [name] = fieldTexts(source, field);
    if (name !== undefined) return { name, source_field: field };
  }
  return undefined;
}
