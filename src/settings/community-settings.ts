import { integer, list, matching, secret, text, toggle } from './kinds.ts';
import { checkZone, setting } from './setting.ts';

/** Names of domains go to a community server: in the clear only to the same machine. */
const communityAddress = matching(
  'URL',
  /^(?:https:\/\/[^\s@]+|http:\/\/(?:127(?:\.\d+){3}|\[::1\]|localhost)(?::\d+)?\/?)?$/,
  'an address that begins with https:// (http:// for loopback alone), without credentials',
);

/** Settings of a community's members and of its server. */
export const COMMUNITY_SETTINGS = {
  communityUrl: setting(
    communityAddress,
    '',
    'Community server that is told of registered domains and tells who saw them first; empty: nobody is told anything.',
  ),
  communityToken: setting(secret, '', "Your organisation's token there; better in a file or in the environment."),
  communityTokenFile: setting(text('FILE'), '', 'File that holds the token.'),
  communityPrefix: setting(
    integer('DIGITS', 0, 16),
    0,
    'Ask by so many hexadecimal digits of the hash of a domain (4 to 16) instead of its name; 0: by name.',
  ),
  communityServer: setting(toggle, false, 'Be a community server: its routes, health and metrics, and nothing else.'),
  communityRate: setting(integer('N', 1, 10_000_000), 60_000, 'Domains a minute that one token may ask for.'),
  communityQuota: setting(
    integer('N', 1, 1_000_000_000),
    5_000_000,
    'Domains a day (UTC) that one token may ask for, unless it has a quota of its own.',
  ),
  communityDeny: setting(list('NAMES'), [], 'Organisations that are refused though they have a token.'),
  communityMinClient: setting(
    matching('VERSION', /^\d+\.\d+\.\d+$/, 'a version such as 0.1.0'),
    '0.1.0',
    'Oldest version of domain-stats that the community server answers.',
  ),
  communityProhibited: setting(
    list('SUFFIXES', checkZone),
    [],
    'Suffixes below which the community server takes no names; clients are told and send none.',
  ),
  communitySignKey: setting(
    text('FILE'),
    '',
    'Private key, made by `pack keygen`, that signs the established list; without it there is none to pull.',
  ),
} as const;
