import type { Draw } from './draw.ts';
import { DAY_MS, HOUR_MS, type Scene, type Stage, type Visit } from './scene.ts';
import { brandSites, ordinarySites, type Site } from './sites.ts';

const ORDINARY_SITES = 420;
/** Visits of one client on a working day. */
const VISITS = [16, 34] as const;
const HOSTS = ['www.', 'www.', 'www.', '', 'api.', 'mail.', 'static.'];
const KINDS = ['dns', 'dns', 'tls', 'tls', 'http'] as const;

/** What everybody does every day: the same few sites, in working hours, less at the weekend. */
export function habits({ draw, start, end, clients }: Stage): Scene & { readonly known: readonly Visit[] } {
  const brands = brandSites(end, draw);
  const sites = [...brands, ...ordinarySites(end, draw, ORDINARY_SITES)];
  const visits: Visit[] = [];
  const known: Visit[] = [];
  for (const client of clients) {
    const favourites = [...draw.some(brands, 6), ...draw.some(sites, 14)];
    for (const { domain } of favourites) {
      known.push({ at: start - draw.whole(1, 200) * DAY_MS, client, name: domain, scene: 'habits' });
    }
    for (let day = start; day < end; day += DAY_MS) visits.push(...dayOf(client, day, favourites, draw));
  }
  // A new client of a known site, and a site that is new to everybody, come up every day.
  const explored = draw.some(sites, 40);
  for (const { domain } of explored) {
    const at = start + draw.number() * (end - start);
    visits.push({ at, client: draw.one(clients), name: `www.${domain}`, scene: 'habits', kind: 'tls' });
  }
  return { visits: visits.filter(({ at }) => at < end), sites, known };
}

function dayOf(client: string, day: number, favourites: readonly Site[], draw: Draw): Visit[] {
  const weekday = new Date(day).getUTCDay();
  const count = Math.floor(draw.whole(...VISITS) * (weekday === 0 || weekday === 6 ? 0.3 : 1));
  const midnight = Math.floor(day / DAY_MS) * DAY_MS;
  return Array.from({ length: count }, (): Visit => {
    // The mean of three draws: most come around noon.
    const hour = 6 + ((draw.number() + draw.number() + draw.number()) / 3) * 14;
    const at = midnight + hour * HOUR_MS;
    // The first of the list are visited most.
    const { domain } = favourites[Math.floor(draw.number() ** 2 * favourites.length)] ?? draw.one(favourites);
    // The first and the last day of the week are one calendar day in two halves.
    const shifted = at < day ? at + DAY_MS : at;
    return { at: shifted, client, name: draw.one(HOSTS) + domain, scene: 'habits', kind: draw.one(KINDS) };
  });
}
