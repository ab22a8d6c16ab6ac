import { randomUUID } from 'node:crypto';
import { isAlive, processSpace } from '../stores/process-life.ts';
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
  readonly pid?: number;
  /** Where the process number means something. */
  readonly space?: string;
}

const KEY = 'look-ups';

/**
 * A lease in the registrations' own environment: reading and writing it is one transaction over all processes, and they
 * share the machine's clock. A process that dies loses it at once to others of its machine or container, and to those of
 * another container by the passing of time.
 */
export function openLease(environment: Environment, clock: Clock, leaseMs: number): Lease {
  const table = environment.table('lease', jsonCodec<Holder>());
  const id = randomUUID();
  const space = processSpace();
  const self = space === undefined ? { id } : { id, pid: process.pid, space };
  // By the number alone: start times differ between time namespaces. A number that is used again waits for the time.
  const hasEnded = (holder: Holder) =>
    space !== undefined && holder.space === space && holder.pid !== undefined && !isAlive(holder.pid);
  // A holder far in the future comes from a clock that was set back.
  const isInForce = ({ until }: Holder, now: number) => until > now && until <= now + 10 * leaseMs;
  return {
    hold: () =>
      environment.write(() => {
        const now = clock.now();
        const holder = table.get(KEY);
        const isTaken = holder !== undefined && holder.id !== id && isInForce(holder, now) && !hasEnded(holder);
        if (!isTaken) table.put(KEY, { ...self, until: now + leaseMs });
        return !isTaken;
      }),
    release: () =>
      environment.write(() => {
        if (table.get(KEY)?.id === id) table.remove(KEY);
      }),
  };
}
