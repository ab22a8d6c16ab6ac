import { updateMeta } from '../stores/meta.ts';

export interface AutoUpdateOptions {
  readonly intervalMs: number;
  /** Runs one update to its end, in a process of its own: building a list must not hold this one. */
  readonly run: () => Promise<unknown>;
  readonly onFault: (error: unknown) => void;
  readonly clock?: () => number;
  /** How often to look whether it is time. */
  readonly checkMs?: number;
}

/** Checked often, so that a server that starts late or slept makes up for it; a check reads one small file. */
const CHECK_MS = 60_000;
/** The first check comes soon after the start, when requests have begun to flow. */
const FIRST_CHECK_MS = 5_000;

/**
 * Updates data sets every so often. When it was begun last is kept in `meta.json`, so that a restart does not download
 * again and of several servers on one directory one does it. Returns what stops it.
 */
export function startAutoUpdate(data: string, options: AutoUpdateOptions): () => void {
  const { intervalMs, run, onFault, clock = Date.now, checkMs = CHECK_MS } = options;
  let isRunning = false;

  async function check(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    try {
      if (await claim(data, intervalMs, clock())) await run();
    } catch (error) {
      onFault(error);
    } finally {
      isRunning = false;
    }
  }

  const first = setTimeout(() => void check(), Math.min(FIRST_CHECK_MS, checkMs)).unref();
  const timer = setInterval(() => void check(), Math.min(checkMs, intervalMs)).unref();
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}

/** Whether it is time, and this process is the one to do it. */
async function claim(data: string, intervalMs: number, now: number): Promise<boolean> {
  let isMine = false;
  await updateMeta(data, (meta) => {
    const begun = meta.auto_update === undefined ? -Infinity : Date.parse(meta.auto_update);
    // A time ahead of the clock comes from a clock that was wrong.
    isMine = !(now - begun < intervalMs) || begun > now;
    return isMine ? { ...meta, auto_update: new Date(now).toISOString() } : meta;
  });
  return isMine;
}
