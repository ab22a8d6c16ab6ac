import { objectAt, readJson, type JsonObject } from '../engine.ts';
import { registrationIn } from './document.ts';
import type { LateEngine } from './late-engine.ts';

/** Longest wait for the index before a registry is asked all the same. */
const WITHIN_MS = 2_000;
/** An engine that failed is not asked again for so long. */
const REST_MS = 30_000;

/**
 * Reads the registrations that other instances have looked up. An engine that is away or slow is as good as one that
 * knows nothing: undefined.
 */
export function factsReader(engine: LateEngine, index: string, clock: () => number) {
  let restUntil = 0;
  return async (domain: string): Promise<JsonObject | undefined> => {
    if (clock() < restUntil) return undefined;
    try {
      const reply = await within(
        engine
          .get()
          .then((opened) => opened.send({ method: 'GET', path: `/${index}/_doc/${encodeURIComponent(domain)}` })),
      );
      if (reply.status === 200) return registrationIn(objectAt(readJson(reply.text), '_source'));
      if (reply.status === 404) return undefined;
    } catch {
      // The feed, which writes to the same engine, tells what is wrong with it.
    }
    restUntil = clock() + REST_MS;
    return undefined;
  };
}

async function within<Type>(work: Promise<Type>): Promise<Type> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), WITHIN_MS).unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
