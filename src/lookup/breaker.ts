/** Keeps a server that fails from being asked again and again. */
export interface Breaker {
  /** `half-open`: one probe is allowed, and its end decides. */
  state(now: number): 'closed' | 'open' | 'half-open';
  /** From when on a query is allowed; Infinity while a probe is under way. */
  readyAt(): number;
  /** A query goes out; in the half-open state it is the probe. */
  begin(): void;
  /** An answer of the server, whatever it says: "not found" and limits are answers. */
  success(): void;
  failure(now: number): void;
  /** The query was stopped by ourselves: it tells nothing. */
  cancel(): void;
}

const FAILURES_IN_A_ROW = 5;
const WINDOW = 20;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** Opens after five failures in a row or when more than half of the last twenty failed; each failed probe doubles the pause. */
export function createBreaker(): Breaker {
  const recent: boolean[] = [];
  let inARow = 0;
  let pauseMs = 0;
  let openUntil = 0;
  let probing = false;

  const isOpen = () => pauseMs > 0;
  const close = () => {
    recent.length = 0;
    inARow = 0;
    pauseMs = 0;
    openUntil = 0;
    probing = false;
  };
  const open = (now: number) => {
    pauseMs = Math.min(pauseMs === 0 ? FIRST_PAUSE_MS : pauseMs * 2, LONGEST_PAUSE_MS);
    openUntil = now + pauseMs;
    probing = false;
  };
  const note = (failed: boolean) => {
    recent.push(failed);
    if (recent.length > WINDOW) recent.shift();
    inARow = failed ? inARow + 1 : 0;
  };

  return {
    state: (now) => (!isOpen() ? 'closed' : now < openUntil || probing ? 'open' : 'half-open'),
    readyAt: () => (probing ? Infinity : openUntil),
    begin() {
      if (isOpen()) probing = true;
    },
    success() {
      if (isOpen()) close();
      else note(false);
    },
    failure(now) {
      if (isOpen()) {
        // A late end of a query from before the opening does not count twice.
        if (probing) open(now);
        return;
      }
      note(true);
      const failures = recent.filter(Boolean).length;
      if (inARow >= FAILURES_IN_A_ROW || (recent.length === WINDOW && failures > WINDOW / 2)) open(now);
    },
    cancel() {
      probing = false;
    },
  };
}
