/** What a token may still ask in this minute; refilled evenly. */
export interface Allowance {
  readonly left: number;
  readonly at: number;
}

const MINUTE_MS = 60_000;

/**
 * Takes `count` asks out of an allowance of `perMinute`: the new allowance, or how long to wait for them. A fresh one is
 * full.
 */
export function takeFrom(
  before: Allowance | undefined,
  count: number,
  perMinute: number,
  now: number,
): { readonly allowance: Allowance } | { readonly waitMs: number } {
  const refill = before === undefined ? perMinute : ((now - before.at) * perMinute) / MINUTE_MS;
  const left = Math.min(perMinute, (before?.left ?? 0) + Math.max(0, refill));
  // More than a whole minute's worth goes when the allowance is full: it could never go otherwise.
  const needed = Math.min(count, perMinute);
  if (left < needed) return { waitMs: Math.ceil(((needed - left) * MINUTE_MS) / perMinute) };
  return { allowance: { left: left - count, at: now } };
}
