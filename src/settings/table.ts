import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_RISK_RULES } from '../core/risk.ts';
import {
  address,
  checkEngineUrl,
  checkRiskRule,
  checkServer,
  checkZone,
  communityAddress,
  contactsPlace,
  engineAddress,
  isPackKeyText,
  listName,
  peerKind,
} from './value-forms.ts';
import { bytes, decimal, duration, integer, list, matching, oneOf, secret, text, toggle } from './kinds.ts';
import { setting } from './setting.ts';

/** Where data lives unless told otherwise (XDG base directories). */
const defaultData = (): string =>
  join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'domain-stats');

/** Every setting. The key gives the flag (`--baby-days`), the variable (`DOMAIN_STATS_BABY_DAYS`) and the file's key (`baby_days`). */
export const SETTINGS = {
  data: setting(text('DIR'), defaultData(), 'Data directory, on a local disk.'),
  host: setting(text('HOST'), '127.0.0.1', 'Address to listen on. Any but loopback needs --auth-file or --no-auth.'),
  port: setting(integer('PORT', 0, 65535), 5730, 'Port to listen on; 0 picks a free one.'),
  workers: setting(integer('N', 1, 64), 1, 'Processes that answer on one port; one of them makes the look-ups.'),
  authFile: setting(text('FILE'), '', 'File with hashed tokens and passwords, made by `domain-stats auth`.'),
  noAuth: setting(toggle, false, 'Serve other hosts without authentication, knowingly.'),
  tlsCert: setting(text('FILE'), '', 'Certificate chain (PEM); with --tls-key the service speaks HTTPS.'),
  tlsKey: setting(text('FILE'), '', 'Private key (PEM).'),
  zones: setting(list('ZONES', checkZone), [], 'Your own zones: names in and below them are `internal`.'),
  fields: setting(
    list('FIELDS'),
    ['dns.question.name', 'url.domain', 'tls.client.server_name', 'destination.domain', 'http.request.host'],
    'Event fields that may hold a name; the first that does is the main one.',
  ),
  clients: setting(toggle, false, 'Count the distinct clients of each domain (kept as keyed hashes).'),
  clientCap: setting(integer('N', 1, 100000), 1000, 'Clients are counted exactly up to this many a domain.'),
  babyDays: setting(integer('DAYS', 1, 3650), 30, 'Younger than this is a baby domain.'),
  newDays: setting(integer('DAYS', 1, 36500), 730, 'Younger than this is new, else established.'),
  riskRules: setting(
    list('RULES', checkRiskRule),
    DEFAULT_RISK_RULES,
    'Conjunctions of facts and the risk they stand for, `medium: baby + first_contact`; the highest that holds counts.',
  ),
  freqAvgAlert: setting(decimal('SCORE', 0, 100), 5, 'Letter-pair average below which a domain is called low.'),
  freqWordAlert: setting(decimal('SCORE', 0, 100), 4, 'Letter-pair word score below which a domain is called low.'),
  randomnessAlert: setting(decimal('SCORE', 0, 1), 0.9, 'Randomness from which a label is called RANDOM-LOOKING.'),
  lookalikeTargets: setting(
    integer('N', 0, 100_000),
    1000,
    'So many of the best-ranked domains are guarded against look-alikes.',
  ),
  rankList: setting(
    listName,
    '',
    'The rank list that answers use, of those imported, e.g. umbrella; without it the first by name.',
  ),
  pslUrl: setting(
    address,
    'https://publicsuffix.org/list/public_suffix_list.dat',
    'Where `update psl` gets the Public Suffix List.',
  ),
  tldsUrl: setting(address, 'https://www.iana.org/domains/root/db', "Where `update tlds` gets IANA's root zone page."),
  rdapUrl: setting(address, 'https://data.iana.org/rdap/dns.json', "Where `update rdap` gets IANA's RDAP bootstrap."),
  ranksUrl: setting(
    address,
    '',
    'Where `update ranks` gets the list named by rank_list: your choice, since each list has its own terms of use.',
  ),
  downloadLimit: setting(bytes(1024, 4 * 1024 ** 3), 100 * 1024 ** 2, 'Largest file that `update` takes.'),
  downloadTimeout: setting(duration(100, 3_600_000), 300_000, 'Longest time that one download may take in all.'),
  packKeys: setting(
    list('KEYS', (key) => (isPackKeyText(key) ? undefined : `"${key}" is no public key such as ed25519:…`)),
    [],
    'Public keys, printed by `pack keygen`, whose packs are applied.',
  ),
  autoUpdate: setting(duration(0, 30 * 86_400_000), 0, 'How often `serve` updates data sets by itself; 0: never.'),
  lookups: setting(toggle, true, 'Look up unknown registrations behind the requests.'),
  lookupContact: setting(text('MAIL|URL'), '', 'Whom a registry can write to; sent with every RDAP query.'),
  lookupDeadline: setting(
    duration(100, 120_000),
    10_000,
    'Longest time of one query to a registry, redirects included.',
  ),
  lookupQueue: setting(
    integer('N', 1, 10_000_000),
    100_000,
    'Domains that wait for their look-up at most; more are dropped and counted, and come again with their next event.',
  ),
  rdapInterval: setting(duration(1, 600_000), 1000, 'Time between two queries to one RDAP server.'),
  whoisInterval: setting(duration(1, 600_000), 2000, 'Time between two queries to one WHOIS server.'),
  rdapServers: setting(
    list('TLD=URL', checkServer),
    [],
    'RDAP servers that go before the known ones, `com=https://rdap.example/`.',
  ),
  whoisServers: setting(
    list('TLD=HOST', checkServer),
    [],
    'WHOIS servers that go before the known ones, `de=whois.example:43`.',
  ),
  ianaWhois: setting(
    text('HOST'),
    'whois.iana.org',
    'Asked for the WHOIS server of a TLD that has none in the table; empty: nobody is.',
  ),
  followRegistrar: setting(toggle, false, 'Ask the registrar too for what the registry does not publish.'),
  keepContactFields: setting(
    toggle,
    true,
    'Store contact fields of registrations, for the routes of domain_stats 1 alone.',
  ),
  allowPrivateAddresses: setting(
    toggle,
    false,
    'Let registries be on private and loopback addresses. For laboratories only.',
  ),
  elasticsearchUrl: setting(
    list('URLS', checkEngineUrl),
    [],
    'Elasticsearch or OpenSearch; several hosts of one cluster may be given.',
  ),
  elasticsearchUser: setting(text('USER'), '', 'User of the search engine.'),
  elasticsearchPassword: setting(secret, '', 'Its password; better in a file or in the environment than in a flag.'),
  elasticsearchPasswordFile: setting(text('FILE'), '', 'File that holds the password.'),
  elasticsearchApiKey: setting(secret, '', 'API key, base64 of `id:key`, instead of user and password.'),
  elasticsearchApiKeyFile: setting(text('FILE'), '', 'File that holds the API key.'),
  elasticsearchCa: setting(
    text('FILE'),
    '',
    "Certificates (PEM) that sign the engine's; else the system's are trusted.",
  ),
  elasticsearchFingerprint: setting(
    text('SHA256'),
    '',
    'SHA-256 fingerprint of the self-signed CA certificate that the engine sends, to trust it without a file.',
  ),
  prefix: setting(
    matching('PREFIX', /^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, . _ and -'),
    'domain-stats',
    'Begins the names of all that `setup` makes in the search engine.',
  ),
  lookupIndex: setting(
    toggle,
    false,
    'Make the facts index one that LOOKUP JOIN can use (Elasticsearch 8.18 or newer).',
  ),
  eventIndices: setting(
    list('PATTERNS'),
    ['logs-*', 'filebeat-*', 'packetbeat-*', 'logstash-*'],
    'Indices of events that the dashboards read.',
  ),
  shareFacts: setting(
    toggle,
    false,
    'Bring registrations and first contacts into the facts index of the search engine, and ask it before a registry.',
  ),
  factsPolicyEvery: setting(
    duration(1000, 86_400_000),
    300_000,
    'Shortest time between two executions of the enrich policy; each copies the whole facts index.',
  ),
  sweepIndex: setting(
    list('PATTERNS'),
    [],
    'Indices, aliases or data streams whose pending documents the server completes; none: it does not.',
  ),
  sweepEvery: setting(duration(100, 3_600_000), 10_000, 'Pause between two passes over them.'),
  bulkProxy: setting(
    engineAddress,
    '',
    'The engine behind the bulk proxy: shippers send to bulk_port instead, and their documents are enriched in passing.',
  ),
  bulkPort: setting(
    integer('PORT', 0, 65535),
    9201,
    'Port of the bulk proxy, on the address of `host`; 0 picks a free one.',
  ),
  bulkLimit: setting(
    bytes(1024, 2 * 1024 ** 3),
    100 * 1024 ** 2,
    'Largest bulk body or document, unpacked, that the proxy takes.',
  ),
  bulkDeadline: setting(
    duration(1, 60_000),
    1000,
    'How long one bulk request may wait for its facts in all; documents without them by then go `pending`.',
  ),
  bulkIds: setting(
    oneOf('content', 'engine'),
    'content',
    'Who gives an `_id` to a bulk document that holds a name and has none: the proxy, made from its content, so that sending it again does not double it; or the engine.',
  ),
  contacts: setting(
    contactsPlace,
    '',
    'Index in which several instances share their first contacts; none: each has its own. Credentials are those of elasticsearch_user and so on.',
  ),
  contactsWait: setting(
    duration(1, 60_000),
    1000,
    'How long a new contact may wait for that index; by then it is undecided, and `pending` says so.',
  ),
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
  durability: setting(
    oneOf('flush', 'sync'),
    'flush',
    'A first contact is answered after its commit (flush: safe against kill -9, on disk within a second or so) or after the disk has it (sync: safe against power loss).',
  ),
  flushEvery: setting(duration(100, 60_000), 5000, 'How often last times and counts of known contacts are written.'),
  nameCache: setting(integer('NAMES', 0, 10_000_000), 20_000, 'How many names keep their finished facts in memory.'),
  batchMax: setting(integer('N', 1, 100_000), 1000, 'Most names in one request.'),
  pageMax: setting(integer('N', 1, 100_000), 1000, 'Most rows in one page of a list.'),
  bodyLimit: setting(bytes(1024, 1024 ** 3), 8 * 1024 ** 2, 'Largest request body.'),
  maxWait: setting(duration(0, 60_000), 2000, 'Longest time that a request may ask to wait for a registration.'),
  requestTimeout: setting(duration(1000, 600_000), 30_000, 'A request that has not arrived whole by then is dropped.'),
  legacy: setting(
    peerKind,
    '1.0.1',
    'Which predecessor the routes outside /v1 speak like: domain_stats 1.0.1, domain_stats 2 as recorded or as its README has it, domain_stats 1, or none.',
  ),
  legacyWait: setting(
    duration(0, 60_000),
    0,
    'How long the routes of the predecessors wait for an unknown registration, at most max_wait.',
  ),
  legacyMultiValue: setting(
    oneOf('last', 'first', 'all'),
    'last',
    'What domain_stats 1 tells of a field with several values: the last (its README), the first (its version 1.1) or all (its --all).',
  ),
  logLevel: setting(
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
    'info',
    'Least severe message that is logged. Domain names appear at debug only.',
  ),
} as const;

export type SettingKey = keyof typeof SETTINGS;
export type Settings = { readonly [Key in SettingKey]: ReturnType<(typeof SETTINGS)[Key]['kind']['read']> };
