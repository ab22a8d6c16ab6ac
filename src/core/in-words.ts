const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['year', 365 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** A span of time as a person says it: `3 days`, `1 hour`; years only from two on. */
export function spanInWords(ms: number): string {
  for (const [name, size] of UNITS) {
    const count = Math.floor(ms / size);
    if (count >= (name === 'year' ? 2 : 1)) return `${String(count)} ${name}${count === 1 ? '' : 's'}`;
  }
  return 'a moment';
}

/** A time as a person says it: `3 days ago`, `in 1 hour`; both in milliseconds since the epoch. */
export const agoInWords = (time: number, now: number): string =>
  time > now ? `in ${spanInWords(time - now)}` : `${spanInWords(now - time)} ago`;

/** A size as a person says it: `4.2 MB`. */
export function sizeInWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${unit === 0 || size >= 100 ? String(Math.round(size)) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A count with marks between its thousands: `12,345`. */
export const countInWords = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
