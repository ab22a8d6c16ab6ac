import { nameToAscii } from '../core/idna.ts';
import { readRiskRule } from '../core/risk.ts';
import { matching, oneOf } from './kinds.ts';

export const checkZone = (zone: string): string | undefined =>
  /[\s/:@*]/.test(zone) || nameToAscii(zone) === '' ? `"${zone}" is no domain name` : undefined;

export const checkRiskRule = (rule: string): string | undefined => {
  const read = readRiskRule(rule);
  return typeof read === 'string' ? read : undefined;
};

export const checkServer = (server: string): string | undefined =>
  /^[a-z0-9.-]+=\S+$/i.test(server) ? undefined : `"${server}" must be TLD=SERVER, such as com=https://rdap.example/`;
export const listName = matching('NAME', /^(?:[a-z0-9][a-z0-9_-]{0,31})?$/, 'letters, digits, - and _, at most 32');
export const address = matching('URL', /^(?:https?:\/\/\S+)?$/, 'an address that begins with https:// or http://');

/** As `domain-stats pack keygen` prints it: 32 bytes in base64. */
export const isPackKeyText = (key: string): boolean => /^ed25519:[A-Za-z0-9+/]{43}=$/.test(key);

/** Names of domains go to a community server: in the clear only to the same machine. */
export const communityAddress = matching(
  'URL',
  /^(?:https:\/\/[^\s@]+|http:\/\/(?:127(?:\.\d+){3}|\[::1\]|localhost)(?::\d+)?\/?)?$/,
  'an address that begins with https:// (http:// for loopback alone), without credentials',
);

/** In a settings file 1 and 2 are numbers. */
const peers = oneOf('1.0.1', '2', '2-readme', '1', 'off');
export const peerKind: typeof peers = {
  ...peers,
  read: (raw) => peers.read(typeof raw === 'number' ? String(raw) : raw === false ? 'off' : raw),
};

export const checkEngineUrl = (url: string): string | undefined => {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return 'must be URLs such as https://es.example:9200';
  const { username, password } = new URL(url);
  return username + password === '' ? undefined : 'must hold no credentials: elasticsearch_user is for them';
};

export const engineAddress = matching(
  'URL',
  /^(?:https?:\/\/[^\s/@?#]+(?:\/[^\s?#]*)?)?$/,
  'an address such as http://es.example:9200, without credentials',
);

export const contactsPlace = matching(
  'PLACE',
  /^(?:(?:elasticsearch|opensearch)(?:\+https)?:\/\/[^\s/@?#]+(?:\/[a-z0-9][a-z0-9._-]*)?)?$/,
  'elasticsearch://HOST:PORT or opensearch://HOST:PORT (+https for TLS), perhaps with /INDEX, without credentials',
);
