import type { ReadProgress } from './line-reader.ts';

const REDRAW_MS = 200;
const BAR_WIDTH = 24;

/** A line on a terminal's standard error that shows how far a long work is; silent elsewhere. */
export interface ProgressLine {
  /** Counts finished items and redraws now and then. */
  add(count: number): void;
  /** Leaves the last state standing. */
  end(): void;
}

export function progressLine(unit: string, progress: ReadProgress): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { add: () => undefined, end: () => undefined };
  const started = Date.now();
  let drawn = 0;
  let done = 0;

  function draw(): void {
    drawn = Date.now();
    const rate = Math.round((done * 1000) / Math.max(1, drawn - started));
    stderr.write(`\r\x1b[K${bar(progress)}${String(done)} ${unit}, ${String(rate)}/s`);
  }

  return {
    add(count) {
      done += count;
      if (Date.now() - drawn >= REDRAW_MS) draw();
    },
    end() {
      draw();
      stderr.write('\n');
    },
  };
}

function bar({ read, total }: ReadProgress): string {
  if (total === undefined || total === 0) return '';
  const share = Math.min(1, read / total);
  const filled = Math.round(share * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${String(Math.round(share * 100))} % `;
}
