import { nameToUnicode } from '../../core/idna.ts';
import type { Service } from '../../service.ts';
import { contactDomains } from '../../service/browse-contacts.ts';
import { askForPeer, isPeerName, PEER_SCOPE } from './ask.ts';
import { startCounting, storedBytes } from './counters.ts';
import { longLinePage, methodPage, notFoundPage, optionsReply } from './error-pages.ts';
import { parameterOf, percentDecoded, type Peer, type PeerReply, type PeerRequest } from './paths.ts';
import { asciiJson } from './python-text.ts';
import { cacheEntry, cacheEntryText, namedAnswer, refusedName, type CacheEntry } from './shape-1-0-1.ts';

/** Longest request line that 1.0.1's server reads. */
const MAX_LINE = 4094;
/** Most rows of one `/cache_browse`; 1.0.1's setting of that name, at its default. */
const BROWSE_LIMIT = 100;

const json = (text: string): PeerReply => ({ status: 200, type: 'application/json', body: text + '\n' });
const message = (text: string): PeerReply => json(asciiJson({ text }));

/** domain_stats 1.0.1: `/{name}` and five pages beside it. Everything that is no such page is a name. */
export function peer101(service: Service): Peer {
  const counting = startCounting(service);
  const { newDays } = service.settings;

  const pages: Readonly<Record<string, (request: PeerRequest) => PeerReply | Promise<PeerReply>>> = {
    stats: () => {
      const { hits, misses, good, failed } = counting.read();
      const size = storedBytes(service);
      return json(asciiJson({ hit: hits, miss: misses, rdap_fail: failed, rdap_good: good, size, warnings: [] }));
    },
    'stats-reset': () => {
      counting.reset();
      return message('Success');
    },
    cache_get: async ({ query }) => {
      const domain = parameterOf(query, 'domain') ?? '';
      if (domain === '') return message('Try /cache_get?domain=markbaggett.com');
      const entry = await storedEntry(domain);
      if (entry === undefined) return message('That domain is not in the database.');
      counting.looked();
      return json(cacheEntryText(entry));
    },
    cache_browse: (request) => browse(request),
    depuny: ({ query }) => {
      const domain = parameterOf(query, 'domain') ?? '';
      return message(domain === '' ? 'Try /depuny?domain=xn--bcher-kva.de' : nameToUnicode(domain.toLowerCase()));
    },
  };

  /** A contact under exactly this key; names are not normalised here. */
  async function storedEntry(domain: string): Promise<CacheEntry | undefined> {
    if (!isPeerName(service, domain)) return undefined;
    const answer = await askForPeer(service, domain, false);
    if (answer?.domain !== domain || answer.first_seen === undefined) return undefined;
    return cacheEntry(answer, newDays);
  }

  async function browse({ query, origin }: PeerRequest): Promise<PeerReply> {
    const offset = Math.max(0, wholeNumber(parameterOf(query, 'offset')) ?? 0);
    const asked = wholeNumber(parameterOf(query, 'limit')) ?? BROWSE_LIMIT;
    const limit = asked < 0 ? BROWSE_LIMIT : Math.min(asked, BROWSE_LIMIT);
    const domains = [...contactDomains(service.contacts, PEER_SCOPE, offset, limit)];
    const replies = await service.ask(
      domains.map((name) => ({ name })),
      { contact: false, waitMs: 0 },
    );
    const rows = replies.map((reply) => cacheEntryText(cacheEntry(reply.object(), newDays)));
    const more = `${origin}/cache_browse?offset=${String(offset + limit)}&limit=${String(limit)}`;
    // A full page may have a next one; 1.0.1 leaves it out for whoever asked for more than the limit.
    const next = domains.length === limit && asked <= BROWSE_LIMIT ? [asciiJson({ next: more })] : [];
    return json(`[${[...next, ...rows].join(',')}]`);
  }

  async function answerName(name: string): Promise<PeerReply> {
    // A trailing space was no name to 1.0.1; ours would be trimmed.
    if (/\s$/.test(name) || !isPeerName(service, name)) return json(refusedName());
    const answer = await askForPeer(service, name, true);
    if (answer === undefined) return json(refusedName());
    counting.answered(answer);
    return json(namedAnswer(answer));
  }

  return (request) => {
    const { method, url, path } = request;
    const line = method.length + url.length + ' '.length + ' HTTP/1.1'.length;
    if (line > MAX_LINE) return longLinePage(line, MAX_LINE);
    const name = percentDecoded(path.slice(1));
    if (name === '' || name.includes('/')) return notFoundPage();
    if (method === 'OPTIONS') return optionsReply();
    if (method !== 'GET' && method !== 'HEAD') return methodPage();
    const page = Object.hasOwn(pages, name) ? pages[name] : undefined;
    return page === undefined ? answerName(name) : page(request);
  };
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
