/** What a service closes, in this order: those that still write or ask go before those that they use. */
const ORDER = [
  'writes',
  'lookups',
  'shared',
  'community',
  'live',
  'contacts',
  'registrations',
  'suppressions',
  'communityServer',
] as const;

/** How each part that is open is closed. */
export type Closers = Partial<Record<(typeof ORDER)[number], () => unknown>>;

/**
 * Closes all parts, each also when one before it could not be closed, and runs `finished`. Throws the first fault at the
 * end.
 */
export async function closeAll(closers: Closers, finished: () => void): Promise<void> {
  const faults: unknown[] = [];
  for (const part of ORDER) {
    try {
      await closers[part]?.();
    } catch (error) {
      faults.push(error);
    }
  }
  finished();
  if (faults.length > 0) throw faults[0];
}
