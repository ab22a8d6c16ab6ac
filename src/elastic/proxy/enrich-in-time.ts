import { fieldTexts } from '../../core/event-field.ts';
import { isObject, type JsonObject } from '../engine.ts';
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

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The document marked as the ingest pipelines do it; one that holds an answer already stays as it is. */
export function pendingText({ source, text }: PassingDocument, fields: readonly string[]): string {
  if (Object.keys(source).some((key) => key === 'domain_stats' || key.startsWith('domain_stats.'))) return text;
  const found = firstName(source, fields);
  if (found === undefined) return text;
  const mark = JSON.stringify({ ...found, status: 'pending', pending: ['registration', 'contact'] });
  return `${text.slice(0, -1)},"domain_stats":${mark}}`;
}

function firstName(source: JsonObject, fields: readonly string[]) {
  if (!isObject(source)) return undefined;
  for (const field of fields) {
    const [name] = fieldTexts(source, field);
    if (name !== undefined) return { name, source_field: field };
  }
  return undefined;
}
