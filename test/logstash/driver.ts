import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { JsonObject } from './config/event.ts';
import { startRuby, type Engine } from './ruby.ts';

/** Batches for the plugin, as `drive.rb` takes them. */
export interface Job {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly batches: readonly (readonly JsonObject[])[];
  readonly threads?: number;
  /** Let jobs with the same settings go through the same plugin object. */
  readonly keep?: boolean;
}

/** What came out of the plugin. */
export interface Outcome {
  readonly batches: readonly (readonly JsonObject[])[];
  readonly metrics: Readonly<Record<string, number>> & { readonly breaker?: unknown };
  readonly warnings: readonly unknown[];
}

/** The plugin in a Ruby of its own that takes one job after the other. */
export interface Driver {
  run(job: Job): Promise<Outcome>;
  stop(): Promise<void>;
}

export function startDriver(engine: Engine): Driver {
  const child = startRuby(engine, 'drive.rb');
  const waiting: { resolve: (outcome: Outcome) => void; reject: (error: Error) => void }[] = [];
  let complaints = '';
  child.stderr!.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line) as Outcome));
  child.once('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the driver ended: ${complaints}`));
  });
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin!.write(`${JSON.stringify(job)}\n`);
      }),
    async stop() {
      child.stdin!.end();
      if (child.exitCode === null) await once(child, 'close');
    },
  };
}
