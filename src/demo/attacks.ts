import { nameToAscii } from '../core/idna.ts';
import { DAY_MS, HOUR_MS, type Scene, type Stage, type Visit } from './scene.ts';
import { answeredOnly, registered, type Site } from './sites.ts';
import { CHEAP_REGISTRARS } from './words.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Look-alikes of well-known sites: digits, letters set close, hyphens, other TLDs, letters of other scripts. */
const LOOKALIKES = [
  'c0ntoso.com',
  'fabr1kam.com',
  'w00dgrovebank.com',
  'tailspin-toys.com',
  'litvvare.com',
  'proserware.shop',
  'woodgrove-bank.top',
  'margiestravel.click',
  'adaturn.com',
  'contoso.top',
  'lamnahea1thcare.com',
  'cont\u043eso.com',
];

const DAYS_BEFORE_THE_WAVE = [0.2, 0.6, 2, 5, 12];

/** A wave of letters with links to look-alikes that are some hours to days old: three hours of a morning, a few later. */
export function phishingWave({ draw, start, end, clients }: Stage): Scene {
  const wave = start + 4 * DAY_MS;
  const visits: Visit[] = [];
  const sites: Site[] = LOOKALIKES.map((name, i) => {
    const domain = nameToAscii(name);
    const begins = wave + i * 0.25 * HOUR_MS;
    for (const client of draw.some(clients, draw.whole(2, 9))) {
      const at = begins + draw.number() ** 3 * 30 * HOUR_MS;
      visits.push({
        at,
        client,
        name: draw.one(['login.', 'www.', 'account.', '']) + domain,
        scene: 'phishing',
        kind: 'tls',
      });
    }
    const age = (end - wave) / DAY_MS + (DAYS_BEFORE_THE_WAVE[i % DAYS_BEFORE_THE_WAVE.length] ?? 0);
    return {
      domain,
      record: registered(end, {
        age,
        registrar: draw.one(CHEAP_REGISTRARS),
        left: 360,
        askedAgo: (end - begins) / DAY_MS,
      }),
    };
  });
  return { visits, sites };
}

/** A machine asks for made-up names at night; few of them exist, and those it goes on talking to. */
export function generatedNames({ draw, start, end, clients }: Stage): Scene {
  const night = start + 5 * DAY_MS;
  const client = clients[17] ?? draw.one(clients);
  const visits: Visit[] = [];
  const sites: Site[] = [];
  for (let i = 0; i < 180; i++) {
    const domain = `${draw.text(LETTERS, draw.whole(13, 18))}.${draw.one(['com', 'net', 'info', 'biz'])}`;
    const exists = i % 45 === 20;
    const at = night + i * 14_000 + draw.whole(0, 9000);
    visits.push({ at, client, name: domain, scene: 'dga', answer: exists ? 'NOERROR' : 'NXDOMAIN' });
    if (!exists) {
      sites.push({ domain, record: answeredOnly(end, 'not_found', (end - at) / DAY_MS) });
      continue;
    }
    const registrar = draw.one(CHEAP_REGISTRARS);
    sites.push({ domain, record: registered(end, { age: (end - at) / DAY_MS + 1.5, registrar, left: 363 }) });
    for (let later = at + HOUR_MS; later < end; later += 2.5 * HOUR_MS) {
      visits.push({ at: later + draw.whole(0, 600_000), client, name: domain, scene: 'dga', kind: 'tls' });
    }
  }
  return { visits, sites };
}

/** Data that leaves in the labels of one domain. */
export function tunnel({ draw, start, end, clients }: Stage): Scene {
  const client = clients[35] ?? draw.one(clients);
  const domain = 'sync-relay.net';
  const visits = Array.from({ length: 160 }, (_, i): Visit => {
    const name = `${draw.text('abcdefghijklmnopqrstuvwxyz234567', 30)}.${draw.text('0123456789abcdef', 4)}.${domain}`;
    return { at: start + 2 * DAY_MS + i * 90_000 + draw.whole(0, 60_000), client, name, scene: 'tunnel' };
  });
  return { visits, sites: [{ domain, record: registered(end, { age: 400, registrar: CHEAP_REGISTRARS[0] ?? '' }) }] };
}

/** Names that were given up and caught by somebody else: old in every log, new at the registry. */
export function caughtNames({ draw, start, end, clients }: Stage): Scene {
  const domains = ['harborsupply.net', 'valleyjournal.org', 'brightcycle.com', 'ticketgarden.com'];
  const visits: Visit[] = [];
  const sites = domains.map((domain, i): Site => {
    const scene = i === 3 ? 'relaunch' : 'drop-catch';
    for (let visit = 0; visit < 7; visit++) {
      const at = start + (2 + draw.number() * 5) * DAY_MS;
      visits.push({ at, client: draw.one(clients), name: `www.${domain}`, scene, kind: 'http' });
    }
    const registrar = draw.one(CHEAP_REGISTRARS);
    return { domain, record: registered(end, { age: 9 + 4 * i, formerAge: 3400 + 300 * i, registrar, left: 355 }) };
  });
  return { visits, sites };
}
