import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../engine.ts';
import { sweepOnce, type SweepOptions } from './sweep.ts';

export interface FollowOptions extends Omit<SweepOptions, 'signal'> {
  readonly connect: (signal: AbortSignal) => Promise<Engine>;
  readonly everyMs: number;
  /** Told once when passes begin to fail, or a new problem shows; with undefined when they succeed again. */
  readonly onProblem: (problem: string | undefined) => void;
}

export interface Following {
  /** Ends after the page under way, or soon when the engine hangs: what comes then is not looked at any more. */
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 2_000;

/** Passes for ever, with a pause between them. Whatever fails is told and tried again. */
export function followSweep(options: FollowOptions): Following {
  const stop = new AbortController();
  let engine: Engine | undefined;
  let told: string | undefined;
  const isStopped = () => stop.signal.aborted;

  function tell(problem: string | undefined): void {
    if (problem !== told) options.onProblem(problem);
    told = problem;
  }

  async function run(): Promise<void> {
    while (!isStopped()) {
      try {
        engine ??= await options.connect(stop.signal);
        const pass = await sweepOnce(engine, { ...options, signal: stop.signal });
        tell(pass.problems.length === 0 ? undefined : pass.problems.join(' '));
      } catch (error) {
        if (!isStopped()) tell(error instanceof Error ? error.message : String(error));
      }
      await pause(options.everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await engine?.close();
  }

  const running = run();
  return {
    async stop() {
      stop.abort();
      await Promise.race([running, pause(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
