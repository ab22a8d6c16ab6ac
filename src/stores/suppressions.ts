import { jsonCodec, type Codec, type Environment } from './table.ts';

/** An order to be silent about a domain. Times in milliseconds since the epoch. */
export interface Suppression {
  readonly reason: string;
  readonly owner: string;
  readonly created: number;
  /** Without effect from then on; absent = never. */
  readonly expires?: number;
}

/**
 * Suppressions by registered domain. They are few, so each process has all of them in memory; what another process
 * changes has effect within seconds and is listed at once, what this one changes has effect at once.
 */
export interface SuppressionStore {
  /** Whether a suppression is in force: a map read for every event. */
  isSuppressed(domain: string, now: number): boolean;
  get(domain: string): Suppression | undefined;
  /** All of them, expired ones too, in the order of the domains. */
  entries(): readonly (readonly [domain: string, suppression: Suppression])[];
  /** Resolves after the commit. */
  put(domain: string, suppression: Suppression): Promise<void>;
  /** Resolves after the commit with whether there was one. */
  remove(domain: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface SuppressionOptions {
  /** How often to look for changes of other processes, in milliseconds. */
  readonly lookEveryMs: number;
  readonly onFault: (error: unknown) => void;
}

/** The key under which changes are counted: one row tells whether all must be read again. */
const CHANGES = 'changes';

export function openSuppressions(environment: Environment, options: SuppressionOptions): SuppressionStore {
  const table = environment.table('suppressions', jsonCodec<Suppression>());
  const counter = environment.table('suppression_changes', counterCodec);
  let known = new Map<string, Suppression>();
  let seen = -1;

  function look(): void {
    environment.refresh();
    const changes = counter.get(CHANGES) ?? 0;
    if (changes === seen) return;
    known = new Map(table.entries());
    seen = changes;
  }

  async function change<Result>(write: () => Result): Promise<Result> {
    const result = await environment.write(() => {
      counter.put(CHANGES, (counter.get(CHANGES) ?? 0) + 1);
      return write();
    });
    look();
    return result;
  }

  look();
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      options.onFault(error);
    }
  }, options.lookEveryMs).unref();

  return {
    isSuppressed(domain, now) {
      const suppression = known.get(domain);
      return suppression !== undefined && isInForce(suppression, now);
    },
    get(domain) {
      look();
      return known.get(domain);
    },
    entries() {
      look();
      return [...known];
    },
    put: (domain, suppression) => change(() => table.put(domain, suppression)),
    remove: (domain) =>
      change(() => {
        const present = table.get(domain) !== undefined;
        table.remove(domain);
        return present;
      }),
    async close() {
      clearInterval(timer);
      await environment.flushed();
      await environment.close();
    },
  };
}

export const isInForce = ({ expires }: Suppression, now: number): boolean => expires === undefined || expires > now;

const counterCodec: Codec<number> = {
  version: 1,
  encode(count) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(count);
    return bytes;
  },
  decode: (bytes) => bytes.readDoubleLE(),
};
