import type { Service } from '../../service.ts';
import { askForPeer } from './ask.ts';
import { unsupportedMethodPage } from './error-pages.ts';
import { percentDecoded, plainText as text, type Peer, type PeerRequest } from './paths.ts';
import { fieldsText, notFoundRecord, recordText, whoisRecord } from './shape-1.ts';

/** Names that were told to be unregistered; the first time is told otherwise than the later ones. */
const MAX_TOLD = 10_000;
const NO_LIST = 'Alexa not loaded on server. Restart server with -a or --alexa and file path.';

/** A command and what stands behind it. */
interface Command {
  readonly word: 'alexa' | 'domain' | 'created';
  readonly target: string;
}

/**
 * domain_stats 1: ranks and WHOIS records as text. Its clients ask of it for facts, not events: they leave no contact,
 * which would be a first contact that nobody is told of.
 */
export function peer1(service: Service): Peer {
  const told = new Set<string>();
  const { legacyMultiValue } = service.settings;

  /** Exactly this text: neither a host name below a listed one nor another spelling has a rank here. */
  const rankOf = (name: string): string | undefined => {
    const ranks = service.ranks();
    return ranks && String(ranks.rankOf(name) ?? 0);
  };

  async function whois(target: string): Promise<string> {
    const parts = target.split('/');
    const name = parts.pop() ?? '';
    const none = `No whois record for ${name}`;
    const { parsed } = service.finishedName(name);
    if (parsed.kind !== 'domain') return none;
    await askForPeer(service, name, false);
    const domain = parsed.registrationDomain;
    const record = service.registrations.records.get(domain);
    if (record === undefined) return none;
    const rank = rankOf(domain);
    if (record.status === 'not_found') {
      const isFirst = parts.length === 0 && !told.has(domain);
      if (told.size >= MAX_TOLD) told.clear();
      told.add(domain);
      return isFirst ? notFoundRecord(name, record, rank) : none;
    }
    const fields = whoisRecord(domain, record, rank);
    if (fields === undefined) return none;
    return parts.length === 0 ? recordText(fields) : fieldsText(fields, parts, legacyMultiValue);
  }

  return (request) => {
    if (request.method !== 'GET') return unsupportedMethodPage(request.method);
    const command = readCommand(request);
    if (command === 'unreadable') return text('Unable to parse the url.');
    if (command === undefined) {
      return text(`API Documentation\nhttp://${request.address}/cmd/tgt cmd = domain or alexa tgt = domain name`);
    }
    const { word, target } = command;
    if (word === 'created') return text('');
    if (word === 'alexa') return text(rankOf(target) ?? NO_LIST);
    return whois(target).then(text);
  };
}

/** `/domain/…`, `/alexa/…`, the word anywhere in the path, or `/?cmd=&tgt=`. */
function readCommand({ path, query }: PeerRequest): Command | 'unreadable' | undefined {
  if (path === '/' && query !== undefined) return readQuery(query);
  const found = /^.*?\/(alexa|domain|created)\/(.*)$/s.exec(path);
  return found === null ? undefined : commandOf(found[1], found[2]);
}

function readQuery(query: string): Command | 'unreadable' | undefined {
  const values = new Map<string, string>();
  for (const pair of query.split('&')) {
    const [key, value, ...more] = pair.split('=');
    if (key === undefined || value === undefined || more.length > 0) return 'unreadable';
    values.set(key, value);
  }
  return commandOf(values.get('cmd'), values.get('tgt'));
}

function commandOf(word: string | undefined, target: string | undefined): Command | undefined {
  if (target === undefined) return undefined;
  if (word !== 'alexa' && word !== 'domain' && word !== 'created') return undefined;
  return { word, target: percentDecoded(target) };
}
