import { setTimeout as pause } from 'node:timers/promises';
import { EngineError, ask, type Engine } from '../engine.ts';
import type { PendingDocument } from './documents.ts';
import { pendingPages } from './search.ts';
import { writeCompletions } from './write.ts';

/** New source texts of documents; undefined for one about which nothing more is known yet. */
export type Complete = (documents: readonly PendingDocument[]) => Promise<readonly (string | undefined)[]>;

/** One walk over all pending documents. */
export interface Pass {
  readonly found: number;
  /** Documents that were written; some may have something pending still. */
  readonly completed: number;
  readonly conflicts: number;
  readonly failed: number;
  /** Documents that wait for a look-up. */
  readonly waiting: number;
  /** Why documents could not be written, a sentence for each index. */
  readonly problems: readonly string[];
}

/** What becomes of documents. */
type Counts = Record<'completed' | 'conflicts' | 'failed', number>;

export interface SweepOptions {
  /** Indices, aliases and data streams; wildcards allowed. */
  readonly patterns: readonly string[];
  readonly complete: Complete;
  readonly signal?: AbortSignal;
  /** Added to page by page. */
  readonly counts?: Counts;
  /** Told after each page: documents seen, and how many there are. */
  readonly onPage?: (seen: number, total: number) => void;
}

/** An index that has refused so many documents, and taken none, is not tried again in the same pass. */
const MAX_REFUSALS = 20;

/**
 * Walks over the pending documents once, earliest event first, so that the earliest is the first contact. It can be cut
 * off anywhere and run any number of times at once: contacts are decided in the store, by the document's id, and a
 * document is written only if nobody else has.
 */
export async function sweepOnce(engine: Engine, options: SweepOptions): Promise<Pass> {
  const { patterns, complete, signal, counts, onPage } = options;
  let [found, waiting, total] = [0, 0, 0];
  const pass: Counts = { completed: 0, conflicts: 0, failed: 0 };
  const problems = new Map<string, string>();
  const refusals = new Map<string, number>();
  const taken = new Set<string>();
  const isOpen = ({ index }: PendingDocument) => taken.has(index) || (refusals.get(index) ?? 0) < MAX_REFUSALS;
  for await (const page of pendingPages(engine, patterns)) {
    if (signal?.aborted === true) break;
    total = page.total ?? total;
    found += page.documents.length;
    const open = page.documents.filter(isOpen);
    const texts = await complete(open);
    const completions = open.flatMap((document, i) => {
      const text = texts[i];
      return text === undefined ? [] : [{ document, text }];
    });
    waiting += open.length - completions.length;
    const written = await writeCompletions(engine, completions);
    written.failed += page.documents.length - open.length;
    for (const sums of counts === undefined ? [pass] : [pass, counts]) {
      for (const outcome of ['completed', 'conflicts', 'failed'] as const) sums[outcome] += written[outcome];
    }
    for (const [index, problem] of written.problems) problems.set(index, problem);
    for (const [index, count] of written.refusals) refusals.set(index, (refusals.get(index) ?? 0) + count);
    for (const index of written.taken) taken.add(index);
    onPage?.(found, total);
  }
  return { found, ...pass, waiting, problems: [...problems.values()] };
}

/** Pause before a pass that follows a cut-off one, and how many cut-offs in a row are too many. */
const AGAIN_MS = 500;
const MAX_CUT_OFF = 20;

/**
 * Passes until nothing more can be completed: what waits for look-ups is come back to for `waitMs`. A pass that the
 * engine cuts off (it started again, a point in time ran out) is followed by another.
 */
export async function sweepUntilDone(engine: Engine, options: SweepOptions, waitMs: number): Promise<Pass> {
  const end = Date.now() + waitMs;
  let [completed, cutOff] = [0, 0];
  for (;;) {
    try {
      // What was written a moment ago is to be found; whoever may not refresh finds it a second later.
      const path = `/${options.patterns.map(encodeURIComponent).join(',')}/_refresh?ignore_unavailable=true`;
      await ask(engine, { method: 'POST', path }, [403, 404]);
      const pass = await sweepOnce(engine, options);
      completed += pass.completed;
      cutOff = 0;
      const isWaiting = pass.waiting > 0 && Date.now() < end;
      const isChanging = pass.completed + pass.conflicts > 0;
      if (options.signal?.aborted === true || !(isWaiting || isChanging)) return { ...pass, completed };
    } catch (error) {
      if (!(error instanceof EngineError) || error.status === undefined || error.status === 401) throw error;
      if (error.status === 403 || ++cutOff > MAX_CUT_OFF) throw error;
    }
    await pause(AGAIN_MS);
  }
}
