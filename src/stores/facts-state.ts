import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './lmdb-environment.ts';

/** How far the facts index of a search engine is behind. Times in milliseconds since the epoch. */
export interface FactsState {
  /** Domains whose facts are still to be written, and since when the oldest waits. */
  readonly waiting: number;
  readonly oldest?: number | undefined;
  /** Facts that never came into the index: refused, or too many waited. */
  readonly dropped: number;
  /** When facts were last compared with the index, and written where they were new. */
  readonly written?: number | undefined;
  /** When the enrich policy was last executed, and the oldest facts that it has not seen. */
  readonly executed?: number | undefined;
  readonly unexecutedSince?: number | undefined;
  /** What keeps facts from being written. */
  readonly problem?: string | undefined;
}

const FILE = 'facts.json';
export const NO_FACTS_YET: FactsState = { waiting: 0, dropped: 0 };

/** The state that a feed of this data directory has left; undefined when there never was one. */
export function readFactsState(data: string): FactsState | undefined {
  try {
    return { ...NO_FACTS_YET, ...(JSON.parse(readFileSync(join(data, FILE), 'utf8')) as Partial<FactsState>) };
  } catch {
    // There was no feed; or a crash cut the file off, and the next step writes it anew.
    return undefined;
  }
}

/** Throws {@link StoreError} when the directory cannot be written. */
export function keepFactsState(data: string, state: FactsState): void {
  const file = join(data, FILE);
  const next = `${file}.${String(process.pid)}`;
  try {
    writeFileSync(next, JSON.stringify(state));
    renameSync(next, file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`Cannot write ${file}: ${reason}. Make room on its disk, or make it writable.`, { cause });
  }
}

/** A state, and how old the oldest fact is that pipelines do not see yet; 0 when they see all. */
export interface FactsLag extends FactsState {
  readonly staleMs: number;
}

export const factsLag = (state: FactsState, now: number): FactsLag => ({
  ...state,
  staleMs: Math.max(0, now - Math.min(state.oldest ?? now, state.unexecutedSince ?? now)),
});
