import { inputSize } from '../datasets/input.ts';
import type { RowReports } from '../datasets/read-rows.ts';
import type { ReadProgress } from './line-reader.ts';
import { progressLine } from './progress.ts';
import { UsageError } from './usage-error.ts';

/** What is told of a list while it becomes a data set: a progress bar, and bad lines on standard error. */
export interface CountedInput {
  readonly reports: Required<RowReports> & { readonly onRead: (bytes: number) => void };
  /** Leaves the bar standing. */
  readonly end: () => void;
}

/** Throws {@link UsageError} when the file cannot be read. */
export async function countedInput(file: string, unit: string): Promise<CountedInput> {
  const progress: ReadProgress = { read: 0, total: await sizeOf(file) };
  const line = progressLine(unit, progress);
  return {
    reports: {
      onRead: (bytes) => (progress.read += bytes),
      onRows: (count) => line.add(count),
      onBadRow: (number, error) => process.stderr.write(`line ${String(number)}: ${error}\n`),
    },
    end: () => line.end(),
  };
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return await inputSize(file);
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
