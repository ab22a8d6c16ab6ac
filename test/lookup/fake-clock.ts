import type { Clock } from '../../src/lookup/clock.ts';

/** A clock that stands still until it is told to move. */
export interface FakeClock extends Clock {
  /** Moves on, running what is due in order and letting the promises of each step settle. */
  advance(ms: number): Promise<void>;
  /** Lets promises settle without moving. */
  settle(): Promise<void>;
}

const settle = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resume) => setImmediate(resume));
};

export function fakeClock(start = Date.UTC(2026, 10, 20)): FakeClock {
  let now = start;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after(delayMs, run) {
      const timer = { at: now + Math.max(0, delayMs), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    settle,
    async advance(ms) {
      const target = now + ms;
      await settle();
      for (;;) {
        const next = timers.reduce<(typeof timers)[number] | undefined>(
          (least, timer) => (least === undefined || timer.at < least.at ? timer : least),
          undefined,
        );
        if (next === undefined || next.at > target) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = target;
    },
  };
}
