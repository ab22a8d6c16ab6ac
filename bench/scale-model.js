// What a fleet needs, calculated from measured coefficients; docs/scale.md has the formulae in words.

const SECONDS_PER_DAY = 86_400;
/** A fleet's known domains are taken to have come within a year. */
const DAYS_OF_KNOWN = 365;
/** Worker processes of a host, each on a core of its own and planned for this share of it. They share a data directory. */
const WORKERS = 8;
const LOAD = 0.5;
/** Refresh of a registration older than two years, the common kind; only of domains that are met again. */
const REFRESH_DAYS = 180;

/**
 * CPU microseconds of instances and engine for what passes: `events` of which some claim a contact. `requests`: requests to
 * the engine that the claims go in.
 */
export function cpuOf(c, { events, created, conflicts, requests }) {
  const claims = created + conflicts;
  return {
    instances: (events - claims) * c.warm + created * c.created + conflicts * c.conflict + requests * c.request,
    engine: created * c.engineCreated + conflicts * c.engineConflict + requests * c.engineRequest,
  };
}

/** A fleet for so many events a second (`perSecond`) and so many domains known in all. */
export function fleetOf(c, { perSecond, domains }) {
  const newPerSecond = domains / (DAYS_OF_KNOWN * SECONDS_PER_DAY);
  // What every host does for each new domain of the fleet, however many hosts there are.
  const claiming = (newPerSecond * (c.conflict + c.request)) / 1e6;
  const hostsFor = (microseconds) => Math.ceil((perSecond * microseconds) / 1e6 / (WORKERS * LOAD - claiming));
  const hosts = hostsFor(c.known);
  // Each host claims each domain once; at such rates nearly each claim is a request of its own.
  const conflicts = (hosts - 1) * newPerSecond;
  const claims = newPerSecond + conflicts;
  const { engine } = cpuOf(c, { events: claims, created: newPerSecond, conflicts, requests: claims });
  return {
    coresWarm: (perSecond * c.warm) / 1e6,
    hostsWarm: hostsFor(c.warm),
    hosts,
    hostsProxied: hostsFor(c.proxied),
    diskBytes: domains * c.contactBytes,
    cacheBytes: domains * c.contactCacheBytes,
    indexBytes: domains * c.indexBytes,
    claimsPerSecond: claims,
    engineCores: engine / 1e6,
    lookUpsPerDay: newPerSecond * SECONDS_PER_DAY + domains / REFRESH_DAYS,
  };
}

/** What instances claim when batches go round them in turn: an exact replay, one batch after the other. */
export function replay(batches, instances) {
  const fleet = new Set();
  const caches = Array.from({ length: instances }, () => new Set());
  const counts = { events: 0, created: 0, conflicts: 0, requests: 0 };
  batches.forEach((batch, place) => {
    const cache = caches[place % instances];
    const before = counts.created + counts.conflicts;
    for (const domain of batch) {
      counts.events++;
      if (cache.has(domain)) continue;
      cache.add(domain);
      counts[fleet.has(domain) ? 'conflicts' : 'created']++;
      fleet.add(domain);
    }
    if (counts.created + counts.conflicts > before) counts.requests++;
  });
  return { ...counts, known: caches.map(({ size }) => size) };
}
