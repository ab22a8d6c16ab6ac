/** Time as the look-ups use it; tests bring their own. */
export interface Clock {
  now(): number;
  /** Runs something later; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, MAX_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Longer delays overflow Node's timers and would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;
