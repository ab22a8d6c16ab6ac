/** How fast one server may be asked. */
export interface PacingLimits {
  readonly intervalMs: number;
  /** Queries that may come at once after a pause. */
  readonly burst: number;
  readonly maxIntervalMs: number;
}

/** Spacing of the queries to one server, which adapts to what it takes. */
export interface Pacing {
  /** From when on the next query is allowed. */
  readyAt(): number;
  /** Books a query. */
  take(now: number): void;
  /** Takes back a query that was booked and not sent. */
  giveBack(): void;
  /** An answer: a tenth faster, down to the configured interval. */
  faster(): void;
  /** A limit or a time-out: half as fast, and nothing before the wait that the server asked for. */
  slower(now: number, waitMs?: number): void;
  /** The interval at present. */
  intervalMs(): number;
}

/** The generic cell rate algorithm: one number holds both the spacing and the burst. */
export function createPacing(limits: PacingLimits): Pacing {
  let interval = limits.intervalMs;
  let arrival = 0;
  let floor = 0;
  return {
    readyAt: () => Math.max(floor, arrival - (limits.burst - 1) * interval),
    take(now) {
      arrival = Math.max(now, arrival) + interval;
    },
    giveBack() {
      arrival -= interval;
    },
    faster() {
      interval = Math.max(interval * 0.9, limits.intervalMs);
    },
    slower(now, waitMs = 0) {
      interval = Math.min(Math.max(interval * 2, 1), Math.max(limits.maxIntervalMs, limits.intervalMs));
      floor = Math.max(floor, now + waitMs);
      // No burst right after a refusal.
      arrival = Math.max(arrival, now + limits.burst * interval);
    },
    intervalMs: () => interval,
  };
}
