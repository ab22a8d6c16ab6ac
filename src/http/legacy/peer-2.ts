import type { Answer } from '../../schema/answer.ts';
import type { Service } from '../../service.ts';
import { contactDomains } from '../../service/browse-contacts.ts';
import { askForPeer, isPeerName, PEER_SCOPE } from './ask.ts';
import { startCounting, storedBytes, type Counters } from './counters.ts';
import { unsupportedMethodPage } from './error-pages.ts';
import { percentDecoded, plainText as text, type Peer, type PeerReply } from './paths.ts';
import { cacheEntry } from './shape-1-0-1.ts';
import * as readmeShape from './shape-2-readme.ts';
import { CACHE_HEAD, cacheRow, namedAnswer, refusedName, shortDate } from './shape-2.ts';

/** Rows of `/showcache`: the oldest contacts. */
const SHOWN_ROWS = 1000;

interface Shape {
  readonly namedAnswer: (answer: Answer) => string;
  readonly refusedName: () => string;
}

/** What `/stats` is made of. */
interface Sizes extends Counters {
  readonly max: number;
  readonly current: number;
  readonly bytes: number;
  readonly applicationKilobytes: number;
}

/** domain_stats 2 as recorded. */
export const peer2 = (service: Service): Peer =>
  peerOfShape(service, { namedAnswer, refusedName }, recordedStats, () => showCache(service));

/** domain_stats 2 as its README has it; that edition shows no cache. */
export const peer2Readme = (service: Service): Peer => peerOfShape(service, readmeShape, readmeStats);

/** Whatever stands behind the first slash is a name, but for two pages. */
function peerOfShape(
  service: Service,
  shape: Shape,
  stats: (sizes: Sizes) => string,
  showcache?: () => Promise<string>,
): Peer {
  const counting = startCounting(service);

  function sizes(): Sizes {
    return {
      ...counting.read(),
      max: service.settings.nameCache,
      current: service.contacts.contacts.count(),
      bytes: storedBytes(service),
      applicationKilobytes: Math.round(process.memoryUsage.rss() / 1024),
    };
  }

  async function answerName(name: string): Promise<PeerReply> {
    if (!isPeerName(service, name)) return text(shape.refusedName());
    const answer = await askForPeer(service, name, true);
    if (answer === undefined) return text(shape.refusedName());
    counting.answered(answer);
    return text(shape.namedAnswer(answer));
  }

  return ({ method, path }) => {
    if (method !== 'GET') return unsupportedMethodPage(method);
    if (path === '/stats') return text(stats(sizes()));
    if (path === '/showcache' && showcache !== undefined) return showcache().then(text);
    // A trailing slash belongs to the address, not to the name.
    return answerName(percentDecoded(path.slice(1)).replace(/\/$/, ''));
  };
}

function recordedStats({ hits, misses, max, current, bytes, applicationKilobytes }: Sizes): string {
  const [hit, miss] = [String(hits), String(misses)];
  return (
    `cache_stats(hit=${hit}, miss=${miss}, expire=0), ('Max Size': ${String(max)}, 'Current size': ${String(current)}, ` +
    `'Cache Bytes':${String(bytes)}, 'Application Kilobytes':${String(applicationKilobytes)})\n` +
    `database_stats(hit=${hit},miss=${miss},insert=${miss},delete=0)`
  );
}

const readmeStats = ({ hits, misses, max, current, bytes, applicationKilobytes }: Sizes): string =>
  `CacheInfo(hits=${String(hits)}, misses=${String(misses)}, maxsize=${String(max)}, currsize=${String(current)}, ` +
  `cache_bytes=${String(bytes)}, app_kbytes=${String(applicationKilobytes)})`;

async function showCache(service: Service): Promise<string> {
  const names = [...contactDomains(service.contacts, PEER_SCOPE, 0, SHOWN_ROWS)].map((name) => ({ name }));
  const replies = await service.ask(names, { contact: false, waitMs: 0 });
  const rows = replies.map((reply) => {
    const answer = reply.object();
    const { expires, domain } = cacheEntry(answer, service.settings.newDays);
    const until = expires === 'Never' ? expires : shortDate(expires);
    return cacheRow(domain, until, namedAnswer(answer));
  });
  return [...CACHE_HEAD, ...rows, ''].join('\n');
}
