import { DAY_MS, HOUR_MS, type Scene, type SceneName, type Stage, type Visit } from './scene.ts';
import { registered, type Site } from './sites.ts';
import { REGISTRARS } from './words.ts';

/** Honest young companies: every rule that looks for youth alone finds them, too. */
export const startups = (stage: Stage): Scene =>
  visited(stage, 'startup', 6, [
    ['brightrecipe.app', 12],
    ['quickrental.io', 22],
    ['smartbakery.com', 5],
    ['localfitness.club', 18],
    ['greenmotor.com', 160],
    ['digitalcastle.net', 45],
  ]);

/** A brand's own other spellings. */
export const ownSpellings = (stage: Stage): Scene =>
  visited(stage, 'brand', 5, [
    ['four-thcoffee.com', 4100],
    ['wingtip-toys.com', 3800],
    ['fabrikam.dev', 210],
    ['relecloud.net', 2900],
    ['lit-ware.com', 190],
  ]);

/** Registrations that ended while the sites are still up. */
export const ended = (stage: Stage): Scene =>
  visited(stage, 'expired', 4, [
    ['musicbridge.org', 2600, -6],
    ['paperflower.net', 1900, -3],
  ]);

/** Tenants of platforms: the platform's age says nothing of theirs. */
export const hostedPages = (stage: Stage): Scene => ({
  ...visited(
    stage,
    'hosted',
    5,
    [],
    ['team-notes.github.io', 'account-verify.pages.dev', 'winter-sale.web.app', 'recipes.netlify.app'],
  ),
  sites: ['github.io', 'pages.dev', 'web.app', 'netlify.app'].map((domain) => ({
    domain,
    rank: 700,
    record: registered(stage.end, { age: 3300 }),
  })),
});

/** A content delivery network: random hosts under old domains, and one random domain that is really its own. */
export function contentDelivery({ draw, start, end, clients }: Stage): Scene {
  const visits: Visit[] = [];
  for (let i = 0; i < 260; i++) {
    const at = start + draw.number() * (end - start);
    const host = `${draw.text('0123456789abcdef', 12)}.edge.northdelivery.net`;
    const tenant = `d${draw.one(['3k7xq2m9vhz81', '1p0w8rjt5yqnc', '2zv6hs4kd9bxm'])}.cloudfront.net`;
    const own = 'qx7vkzr2hj9wtd.net';
    const name = i % 12 === 5 ? own : i % 3 === 2 ? tenant : host;
    visits.push({ at, client: draw.one(clients), name, scene: 'cdn', kind: 'tls' });
  }
  const registrar = REGISTRARS[1];
  return {
    visits,
    sites: [
      { domain: 'northdelivery.net', rank: 260, record: registered(end, { age: 4200, registrar }) },
      { domain: 'cloudfront.net', rank: 90, record: registered(end, { age: 6600, registrar }) },
      { domain: 'qx7vkzr2hj9wtd.net', record: registered(end, { age: 120, registrar }) },
    ],
  };
}

/** Seen for the first time in the last hour: nobody has asked the registries yet. */
export const justSeen = ({ draw, end, clients }: Stage): Scene => ({
  visits: ['silverletter.com', 'planetinsure.net', 'modernwindow.org', 'dailyharbor.com'].flatMap((domain) =>
    draw.some(clients, 3).map((client, i): Visit => {
      const at = end - HOUR_MS + draw.whole(0, 40) * 60_000 + i * 1000;
      return { at, client, name: `www.${domain}`, scene: 'fresh', kind: 'tls' };
    }),
  ),
  sites: [],
});

/** Names that are no domains of the Internet. */
export const ownNetwork = ({ draw, start, end, clients }: Stage): Scene => ({
  visits: Array.from({ length: 120 }, (): Visit => {
    const name = draw.one([
      'printer.local',
      'wpad',
      'files.corp.internal',
      '21.1.20.10.in-addr.arpa',
      '10.20.1.5',
      'co.uk',
    ]);
    return { at: start + draw.number() * (end - start), client: draw.one(clients), name, scene: 'infrastructure' };
  }),
  sites: [],
});

/** Domains of some age, in days, each visited some times by a few clients from its first day in the week on. */
function visited(
  { draw, start, end, clients }: Stage,
  scene: SceneName,
  times: number,
  domains: readonly (readonly [domain: string, age: number, left?: number])[],
  others: readonly string[] = [],
): Scene {
  const names = [...domains.map(([domain]) => domain), ...others];
  const visits = names.flatMap((name) => {
    const first = start + draw.number() * 4 * DAY_MS;
    const some = draw.some(clients, 3);
    return Array.from({ length: times }, (): Visit => {
      const at = first + draw.number() ** 2 * (end - first);
      return { at, client: draw.one(some), name: `www.${name}`, scene, kind: 'tls' };
    });
  });
  const sites = domains.map(([domain, age, left = 400]): Site => {
    const registrar = draw.one(REGISTRARS.slice(0, 4));
    return { domain, record: registered(end, { age, registrar, left }) };
  });
  return { visits: visits.map((visit) => afterRegistration(visit, domains, end)), sites };
}

/** A domain is not visited before it is there. */
function afterRegistration(visit: Visit, domains: readonly (readonly [string, number, number?])[], end: number): Visit {
  const age = domains.find(([domain]) => visit.name.endsWith(domain))?.[1];
  const created = age === undefined ? -Infinity : end - age * DAY_MS;
  return visit.at > created ? visit : { ...visit, at: created + ((visit.at % DAY_MS) / DAY_MS) * (end - created) };
}
