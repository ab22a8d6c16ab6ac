import type { Settings } from '../../settings/table.ts';
import { connectEngine } from '../connect.ts';
import type { Engine } from '../engine.ts';

/** An engine that is connected to when it is first needed, and tried anew after a failure. */
export interface LateEngine {
  get(): Promise<Engine>;
  close(): Promise<void>;
}

/** Requests are sent once: whoever asks has something better to do than to wait. */
export function lateEngine(settings: Settings): LateEngine {
  let engine: Promise<Engine> | undefined;
  return {
    get() {
      engine ??= connectEngine(settings, { retryMs: 0 }).catch((error: unknown) => {
        engine = undefined;
        throw error;
      });
      return engine;
    },
    async close() {
      await engine?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    },
  };
}
