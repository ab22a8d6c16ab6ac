import { STATUSES, type Answer } from '../schema/answer.ts';

/** What a process has answered since its start; plain numbers, so that counting costs the warm path nothing. */
export interface Counters {
  /** Contacts by how they were decided. */
  readonly contacts: Record<'first' | 'known' | 'undecided', number>;
  /** Names answered, by their status. */
  readonly names: Record<Answer['status'], number>;
  /** Documents with names that passed the bulk proxy: with their facts, or pending. */
  readonly documents: Record<'enriched' | 'pending', number>;
  /** Documents that the sweep found pending: written, changed by others meanwhile, or refused by the engine. */
  readonly sweep: Record<'completed' | 'conflicts' | 'failed', number>;
}

export const newCounters = (): Counters => ({
  contacts: { first: 0, known: 0, undecided: 0 },
  names: Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Answer['status'], number>,
  documents: { enriched: 0, pending: 0 },
  sweep: { completed: 0, conflicts: 0, failed: 0 },
});
