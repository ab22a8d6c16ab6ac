import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../schema/answer.ts';
import type { Service } from '../../service.ts';

/** Counts of one server since its start or the last reset, as the predecessors' `/stats` tell them. */
export interface Counters {
  /** Names whose domain was known, and first contacts. */
  readonly hits: number;
  readonly misses: number;
  /** Look-ups that gave an answer, and those that did not. */
  readonly good: number;
  readonly failed: number;
}

export interface Counting {
  /** Counts an answered name. */
  answered(answer: Answer): void;
  /** Counts a look at a stored name. */
  looked(): void;
  read(): Counters;
  reset(): void;
}

/** Outcomes in which the registry answered, whatever it said. */
const GOOD: ReadonlySet<string> = new Set(['found', 'not_found']);

export function startCounting(service: Service): Counting {
  let hits = 0;
  let misses = 0;
  let before = { good: 0, failed: 0 };

  function lookups(): { good: number; failed: number } {
    const sum = { good: 0, failed: 0 };
    for (const { outcome, count } of service.lookupMetrics()?.lookups ?? []) {
      sum[GOOD.has(outcome) ? 'good' : 'failed'] += count;
    }
    return sum;
  }

  return {
    answered(answer) {
      if (answer.first_contact === true) misses++;
      else hits++;
    },
    looked() {
      hits++;
    },
    read() {
      const { good, failed } = lookups();
      return { hits, misses, good: good - before.good, failed: failed - before.failed };
    },
    reset() {
      hits = misses = 0;
      before = lookups();
    },
  };
}

/** Bytes of the stores on disk. */
export const storedBytes = (service: Service): number =>
  ['contacts', 'registrations']
    .map((folder) => statSync(join(service.settings.data, folder, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
