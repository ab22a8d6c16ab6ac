import type { Rank } from '../../schema/answer.ts';
import type { Service } from '../../service.ts';
import { askForPeer } from './ask.ts';
import { startCounting } from './counters.ts';
import { unsupportedMethodPage } from './error-pages.ts';
import { percentDecoded, type Peer, type PeerReply, type PeerRequest } from './paths.ts';
import { fieldsText, notFoundRecord, recordText, whoisRecord } from './shape-1.ts';

const text = (body: string): PeerReply => ({ status: 200, type: 'text/plain', body });

/** Names that were told to be unregistered; the first time is told otherwise than the later ones. */
const MAX_TOLD = 10_000;
const NO_LIST = 'Alexa not loaded on server. Restart server with -a or --alexa and file path.';
/** A name that any rank list can be asked for. */
const ANY_NAME = 'example.com';

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
  const counting = startCounting(service);
  const told = new Set<string>();
  const { legacyMultiValue } = service.settings;

  function rankOf(name: string): Rank | undefined {
    const { groupsText } = service.finishedName(name);
    return groupsText === '' ? undefined : (JSON.parse(`{${groupsText}}`) as { rank?: Rank }).rank;
  }

  const hasRanks = (): boolean => rankOf(ANY_NAME) !== undefined;

  /** Exactly this text: neither a host name below a listed one nor another spelling has a rank here. */
  function exactRank(name: string): string {
    const { parsed } = service.finishedName(name);
    const isListedForm = parsed.kind === 'domain' && parsed.domain === name;
    return String((isListedForm ? rankOf(name)?.value : undefined) ?? 0);
  }

  async function whois(target: string): Promise<string> {
    const parts = target.split('/');
    const name = parts.pop() ?? '';
    const none = `No whois record for ${name}`;
    const { parsed } = service.finishedName(name);
    if (parsed.kind !== 'domain') return none;
    await askForPeer(service, counting, name, false);
    const domain = parsed.registrationDomain;
    const record = service.registrations.records.get(domain);
    if (record === undefined) return none;
    const rank = hasRanks() ? exactRank(domain) : undefined;
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
    if (word === 'alexa') return text(hasRanks() ? exactRank(target) : NO_LIST);
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
