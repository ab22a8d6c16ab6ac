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

export interface SweepOptions {
  /** Indices, aliases and data streams; wildcards allowed. */
  readonly patterns: readonly string[];
  readonly complete: Complete;
  readonly signal?: AbortSignal;
  /** Told after each page: documents seen, and how many there are. */
  readonly onPage?: (seen: number, total: number) => void;
}

/**
 * Walks over the pending documents once, earliest event first, so that the earliest is the first contact. It can be cut
 * off anywhere and run any number of times at once: contacts are decided in the store, by the document's id, and a
 * document is written only if nobody else has.
 */
export async function sweepOnce(engine: Engine, options: SweepOptions): Promise<Pass> {
  const { patterns, complete, signal, onPage } = options;
  let [found, completed, conflicts, failed, waiting, total] = [0, 0, 0, 0, 0, 0];
  const problems = new Map<string, string>();
  for await (const page of pendingPages(engine, patterns)) {
    total = page.total ?? total;
    found += page.documents.length;
    // An index that refuses writes is not tried again in this pass.
    const open = page.documents.filter(({ index }) => !problems.has(index));
    failed += page.documents.length - open.length;
    const texts = await complete(open);
    const completions = open.flatMap((document, i) => {
      const text = texts[i];
      return text === undefined ? [] : [{ document, text }];
    });
    waiting += open.length - completions.length;
    const written = await writeCompletions(engine, completions);
    completed += written.completed;
    conflicts += written.conflicts;
    failed += written.failed;
    for (const [index, problem] of written.problems) problems.set(index, problem);
    onPage?.(found, total);
    if (signal?.aborted === true) break;
  }
  return { found, completed, conflicts, failed, waiting, problems: [...problems.values()] };
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
