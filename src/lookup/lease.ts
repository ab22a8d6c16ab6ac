import { randomUUID } from 'node:crypto';
import { jsonCodec, type Environment } from '../stores/table.ts';
import type { Clock } from './clock.ts';

/** Who of several processes owns the look-ups. */
export interface Lease {
  /** Takes the lease or renews it; false while another process holds it. */
  hold(): Promise<boolean>;
  /** Gives it up, so that another process need not wait for its end. */
  release(): Promise<void>;
}

interface Holder {
  readonly id: string;
  readonly until: number;
}

const KEY = 'look-ups';

/**
 * A lease in the registrations' own environment: reading and writing it is one transaction over all processes, and they
 * share the machine's clock. A process that dies loses it by the passing of time.
 */
export function openLease(environment: Environment, clock: Clock, leaseMs: number): Lease {
  const table = environment.table('lease', jsonCodec<Holder>());
  const id = randomUUID();
  return {
    hold: () =>
      environment.write(() => {
        const now = clock.now();
        const holder = table.get(KEY);
        // A holder far in the future comes from a clock that was set back.
        const isTaken =
          holder !== undefined && holder.id !== id && holder.until > now && holder.until <= now + 10 * leaseMs;
        if (!isTaken) table.put(KEY, { id, until: now + leaseMs });
        return !isTaken;
      }),
    release: () =>
      environment.write(() => {
        if (table.get(KEY)?.id === id) table.remove(KEY);
      }),
  };
}
