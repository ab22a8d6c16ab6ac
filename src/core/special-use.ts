import { nameToAscii } from './idna.ts';

/**
 * Top-level names that never belong to the public DNS registry tree: the IANA special-use registry (RFC 6761 and
 * successors: RFC 6762 local, RFC 7686 onion, RFC 9476 alt), ICANN's reserved `internal`, and all of `.arpa`
 * (infrastructure, RFC 3172; `home.arpa` of RFC 8375 lies below it). `example.com` and its sisters are registered
 * domains and not in here.
 */
const SPECIAL_TOP_LEVEL: ReadonlySet<string> = new Set([
  'alt',
  'arpa',
  'example',
  'internal',
  'invalid',
  'local',
  'localhost',
  'onion',
  'test',
]);

/** Whether a name of A-labels ends in a special-use top-level name. */
export function isSpecialUse(name: string): boolean {
  return SPECIAL_TOP_LEVEL.has(name.slice(name.lastIndexOf('.') + 1));
}

/** Zones as an operator writes them, as A-labels without a trailing dot. */
export const readZones = (zones: readonly string[]): ReadonlySet<string> =>
  new Set(zones.map((zone) => nameToAscii(zone).replace(/\.$/, '')));

/** Whether a name is one of the zones or lies below one, by whole labels. */
export function isInZones(name: string, zones: ReadonlySet<string>): boolean {
  if (zones.size === 0) return false;
  for (let start = 0; ;) {
    if (zones.has(name.slice(start))) return true;
    const dot = name.indexOf('.', start);
    if (dot === -1) return false;
    start = dot + 1;
  }
}
