import { setTimeout as pause } from 'node:timers/promises';
import { ask, causeOf, isObject, objectAt, remedyOf, type Engine } from '../engine.ts';
import type { PendingDocument } from './documents.ts';

/** A document and the source text that takes the place of its own. */
export interface Completion {
  readonly document: PendingDocument;
  readonly text: string;
}

/** What became of the completions. */
export interface Written {
  completed: number;
  /** Changed or deleted since they were found; whoever is still pending is found again. */
  conflicts: number;
  /** Refused; the reasons by index. */
  failed: number;
  readonly problems: Map<string, string>;
  /** How many documents an index has refused. */
  readonly refusals: Map<string, number>;
  /** Indices that have taken a document. */
  readonly taken: Set<string>;
}

const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 100;

/**
 * Replaces documents that are still as they were found, and no others. No pipeline runs again. What the engine is too
 * busy for is sent again, later.
 */
export async function writeCompletions(engine: Engine, completions: readonly Completion[]): Promise<Written> {
  const counts = { completed: 0, conflicts: 0, failed: 0 };
  const written: Written = { ...counts, problems: new Map(), refusals: new Map(), taken: new Set() };
  let left = completions;
  for (let attempt = 1; left.length > 0; attempt++) {
    const body = left.map(linesOf).join('');
    const answer = await ask(engine, { method: 'POST', path: '/_bulk?pipeline=_none', body, isBulk: true });
    const items: unknown = answer.body['items'];
    const outcomes: readonly unknown[] = Array.isArray(items) ? items : [];
    const isLast = attempt === ATTEMPTS;
    left = left.filter((completion, i) => !settle(completion, objectAt(outcomes[i], 'index'), isLast, written));
    if (left.length > 0) await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
  return written;
}

function linesOf({ document, text }: Completion): string {
  const { index, id, routing, seqNo, primaryTerm } = document;
  const action = { _index: index, _id: id, routing, if_seq_no: seqNo, if_primary_term: primaryTerm };
  // Line breaks in JSON stand between its tokens only.
  return `${JSON.stringify({ index: action })}\n${text.replaceAll(/[\r\n]+/g, ' ')}\n`;
}

/** Counts one outcome; false when the document is to be sent again. */
function settle({ document }: Completion, outcome: object, isLast: boolean, written: Written): boolean {
  const { status, error } = outcome as { status?: unknown; error?: unknown };
  const code = typeof status === 'number' ? status : 500;
  if (code < 300) {
    written.completed++;
    written.taken.add(document.index);
  } else if (code === 409 || code === 404) written.conflicts++;
  else if ((code === 429 || code >= 500) && !isLast) return false;
  else {
    written.failed++;
    written.refusals.set(document.index, (written.refusals.get(document.index) ?? 0) + 1);
    const { type, reason = 'no reason given' } = causeOf(isObject(error) ? error : undefined);
    written.problems.set(document.index, `${document.index}: ${reason}. ${remedyOf(code, type)}`);
  }
  return true;
}
