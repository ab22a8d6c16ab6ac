import type { RecordedPeer } from './recordings.ts';

/** A way in which we answer otherwise than the predecessor did, on purpose. */
export interface Difference {
  readonly peer: RecordedPeer;
  /** Scenarios in which it shows; all when absent. */
  readonly scenarios?: readonly string[];
  /** `METHOD path` of the requests. */
  readonly requests: RegExp;
  /** What the recorded body looks like; anything when absent. */
  readonly theirs?: RegExp;
  /** Exactly what differs. */
  readonly what: readonly string[];
  /** Why: a fault of the predecessor that the reference names (section and number), or a date. */
  readonly reason: string;
}

const OFFLINE = ['offline'];
const STUB = ['stub'];
const NAME = /^GET \/[^/]+$/;
const ERRORS = ['alerts', 'category', 'seen_by_isc', 'seen_by_web'];

/** domain_stats 1.0.1. Numbers are those of its list "Beat", section 3. */
const V101: readonly Difference[] = [
  {
    peer: '1.0.1',
    requests: NAME,
    theirs: /"category":"ERROR".*"seen_by_you":"ERROR"/,
    what: ['seen_by_you'],
    reason: '1, 3: an outage takes the first contact away; ours is kept and told as a date',
  },
  {
    peer: '1.0.1',
    requests: NAME,
    theirs: /HTTP.?ConnectionPool|RDAP lookup to|Expecting value|Invalid RDAP/,
    what: ['alerts: text'],
    reason: '3: exception texts with object addresses among the alerts; ours is one sentence of the reason',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/cache_get\?domain=(nf404|old)-one\.com$/,
    theirs: /"category":"ERROR"/,
    what: ['cache_expires', 'cache_value.alerts: text', 'cache_value.seen_by_you'],
    reason:
      '1, 3: an outage is a verdict for 7 days; our first contact does not expire, and the facts come when they come',
  },
  {
    peer: '1.0.1',
    scenarios: STUB,
    requests: /^GET \/(noreg|noevents|notz)-one\.com$/,
    theirs: /500 Internal Server Error/,
    what: ['status', 'content-type', 'body'],
    reason: '4: HTTP 500 without a registration event, without events, for a date without zone; ours keeps the shape',
  },
  {
    peer: '1.0.1',
    scenarios: STUB,
    requests: /^GET \/noexp-one\.com$/,
    what: ERRORS,
    reason: '4: no expiration event makes all ERROR; the date of registration is known and told',
  },
  {
    peer: '1.0.1',
    scenarios: STUB,
    requests: /^GET \/expired-one\.com$/,
    theirs: /YOUR-FIRST-CONTACT/,
    what: ['alerts'],
    reason: '1: an expired registration raises YOUR-FIRST-CONTACT on every request; ours once',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/(b%C3%BCcher\.de|%E4%BE%8B%E3%81%88\.jp|%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80\.%D1%80%D1%84)$/,
    what: ['freq_score[]'],
    reason: 'names: Unicode and punycode are two records; ours are one, scored in its A-labels',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/xn--(bcher-kva\.de|r8jz45g\.jp)$/,
    theirs: /YOUR-FIRST-CONTACT/,
    what: ['alerts'],
    reason: 'names: Unicode and punycode are two records, each with a first contact; ours are one',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/%20facebook\.com$/,
    what: ['alerts', 'freq_score[]', 'seen_by_isc', 'seen_by_web', 'seen_by_you'],
    reason: 'names: a leading space makes a record of its own',
  },
  {
    peer: '1.0.1',
    scenarios: OFFLINE,
    requests: /^GET \/%20facebook\.com$/,
    what: ['category'],
    reason: 'names: a leading space makes a record of its own, and that was not known',
  },
  ...[OFFLINE, STUB].map((scenarios) => ({
    peer: '1.0.1' as const,
    scenarios,
    requests: /^GET \/(%00\.com|user@example\.com|a{64}\.com|a{70,}\.com|.*\.arpa)$/,
    what: scenarios === OFFLINE ? ['alerts', 'freq_score'] : [...ERRORS, 'freq_score', 'seen_by_you'],
    reason:
      'names, accepted silently: NUL, mail addresses, labels over 63 characters, reverse look-ups; none is a domain',
  })),
  {
    peer: '1.0.1',
    requests: /^GET \/(a\.){110,}example\.com$/,
    what: [...ERRORS, 'freq_score', 'seen_by_you'],
    reason: 'names, accepted silently: over 253 characters; no name of DNS',
  },
  {
    peer: '1.0.1',
    scenarios: STUB,
    requests: /^GET \/(\*\.com|b%FCcher\.de)$/,
    what: ERRORS,
    reason: 'names, accepted silently: a wildcard and invalid UTF-8 are no registrations; their contacts are kept',
  },
  {
    peer: '1.0.1',
    scenarios: STUB,
    requests: /^GET \/((bar\.)?foo\.github\.io|foo\.blogspot\.com|bucket\.s3\.amazonaws\.com|x\.cloudfront\.net)$/,
    what: ERRORS,
    reason:
      'names, private section: a registry is asked for a name below a private suffix, which none holds; the stub knew all',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/stats$/,
    what: ['size'],
    reason: '10: bytes of another store',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/stats$/,
    theirs: /"hit":[1-9]/,
    what: ['hit', 'miss'],
    reason: '1, 7: a first contact is the cache entry, so what is asked for again and again misses; counted by worker',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/cache_browse\?limit=-1/,
    what: ['length'],
    reason: 'cache_browse: a negative limit takes the cap away; and the replay does not have the 37 997 imported names',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/cache_browse\?limit=1000&offset=37500$/,
    what: ['length'],
    reason: 'a date: the replay has only those of the 37 997 imported names that the answers show',
  },
  {
    peer: '1.0.1',
    requests: /^GET \/cache_browse\?limit=abc$/,
    what: ['alerts', 'category', 'seen_by_isc', 'seen_by_web'].map((key) => `[].cache_value.${key}`),
    reason:
      'names, private section: dates that the import file gives to names below a private suffix, which no registry holds',
  },
];

const V2_OFFLINE = ['v2-offline'];
const V2_STUB = ['v2-stub'];
const V2_ERRORS = ['seen_by_web', 'seen_by_isc', 'category', 'alerts'];
const NO_DOMAIN =
  /^GET \/(com|co\.uk|localhost|a\.localhost|foo\.local|8\.8\.8\.8|.*\.arpa|2001:db8::1|\.\.\.|-|\*|a{70,}\.com|)$/;
const SUB_PATH = /^GET \/(fresh1\.com\/x|foo\/fresh1\.com|stats\/|showcache\/)$/;
const SPELLINGS = /^GET \/(fresh1\.com\.|fresh1\.com\/|%20fresh1\.com|fresh1%2Ecom)$/;

/** domain_stats 2. Reasons are those of "Beat", section 2. */
const V2: readonly Difference[] = [
  {
    peer: '2',
    requests: NAME,
    theirs: /"seen_by_you": "ERROR", "category": "ERROR"/,
    what: ['seen_by_you'],
    reason: 'TTL: errors are not kept and with them the first contact; ours is kept and told as a date',
  },
  {
    peer: '2',
    requests: NAME,
    theirs: /HTTP.?ConnectionPool|RDAP lookup to/,
    what: ['alerts: text'],
    reason: 'exception texts among the alerts (also section 3, 3); ours is one sentence of the reason',
  },
  ...[NO_DOMAIN, SUB_PATH].flatMap((requests) => [
    {
      peer: '2' as const,
      scenarios: V2_OFFLINE,
      requests,
      what: ['alerts'],
      reason: 'suffixes, the empty name, addresses, single labels, sub-paths are all looked up; they are no domains',
    },
    {
      peer: '2' as const,
      scenarios: V2_STUB,
      requests,
      what: [...V2_ERRORS, 'seen_by_you'],
      reason: 'suffixes, the empty name, addresses, single labels, sub-paths are all looked up; they are no domains',
    },
  ]),
  {
    peer: '2',
    requests: SPELLINGS,
    what: ['seen_by_isc', 'alerts'],
    reason: 'trailing dot, trailing slash and escapes make other domains; ours is the one that was known',
  },
  {
    peer: '2',
    scenarios: V2_OFFLINE,
    requests: SPELLINGS,
    what: ['seen_by_web', 'category', 'seen_by_you'],
    reason: 'trailing dot, trailing slash and escapes make other domains; ours is the one that was known',
  },
  {
    peer: '2',
    requests: /^GET \/expdb\.com$/,
    what: ['seen_by_isc'],
    reason: 'an expired registration deletes the row; ours is served on',
  },
  {
    peer: '2',
    scenarios: V2_OFFLINE,
    requests: /^GET \/expdb\.com$/,
    what: ['seen_by_web', 'category', 'alerts'],
    reason: 'an expired registration deletes the row; ours is served on',
  },
  {
    peer: '2',
    scenarios: V2_STUB,
    requests: /^GET \/(noreg|noexp|notz)-one\.com$/,
    theirs: /^$/,
    what: ['body'],
    reason: 'exceptions give an empty 200: no registration, no expiry, no zone in the date',
  },
  {
    peer: '2',
    scenarios: V2_STUB,
    requests: /^GET \/tzoff-one\.com$/,
    what: ['seen_by_web'],
    reason: 'a date: its zone was passed over; ours is in UTC',
  },
  {
    peer: '2',
    scenarios: V2_STUB,
    requests: /^GET \/(bar\.)?foo\.github\.io$/,
    what: V2_ERRORS,
    reason: 'no suffix list: github.io was one domain and its tenants none',
  },
  {
    peer: '2',
    requests: /^GET \/xn--bcher-kva\.de$/,
    what: ['alerts'],
    reason: 'escapes make other domains: bücher.de and its A-label had a first contact each',
  },
  {
    peer: '2',
    requests: /^GET \/showcache$/,
    what: ['body'],
    reason: 'a date: other rows; ours are the contacts, theirs what had not been dropped',
  },
  {
    peer: '2',
    requests: /^GET \/a{60000,}/,
    what: ['status', 'content-type', 'body'],
    reason: 'request lines over 64 KiB: 414; Node refuses a head over 16 KiB with 431',
  },
];

/** domain_stats 1. Reasons are those of section 1. */
const V1: readonly Difference[] = [
  {
    peer: '1',
    requests: /^GET \/(domain\/|\?cmd=domain&tgt=)(sans|clo-udul)\.org$/,
    what: ['body'],
    reason:
      'a date: one date of registration instead of two; and UTF-8, as Latin-1 is text that no client parses safely',
  },
  {
    peer: '1',
    requests: /^GET \/domain\/creation_date\*\/sans\.org$/,
    what: ['body'],
    reason: 'a date: one date of registration instead of two',
  },
  {
    peer: '1',
    scenarios: ['v1.1-alexa-verbose-all'],
    requests: /^GET \/domain\/creation_date\/./,
    theirs: /^\[datetime/,
    what: ['body'],
    reason: 'a date: one date of registration instead of two',
  },
  {
    peer: '1',
    requests: /^GET \/domain\/org\/google\.com$/,
    theirs: /\\xe9/,
    what: ['body'],
    reason: 'text that no client can parse safely: Latin-1 without a word about it; ours is UTF-8',
  },
  { peer: '1', requests: /^GET \/domain\/time\/google\.com$/, what: ['body'], reason: 'a date: when it was cached' },
  {
    peer: '1',
    scenarios: ['v1.1-noalexa', 'v1.1-default-dst'],
    requests: /^GET \/domain\/nomatch-one\.com$/,
    theirs: /NOT FOUND/,
    what: ['body'],
    reason: 'a date: without a fraction of a second the record fits one line',
  },
  {
    peer: '1',
    requests: /^GET \/domain\/(creation_date\/)?neterr-one\.com$/,
    theirs: /^$/,
    what: ['body'],
    reason: 'a network error gives an empty 200; ours says that there is no record',
  },
  {
    peer: '1',
    requests: /^GET \/domain\/(creation_date\/|8\.8\.8\.8)?$/,
    what: ['body'],
    reason: '/domain/ with an empty name asks WHOIS, and so does an address; ours has no record of either',
  },
  {
    peer: '1',
    scenarios: ['v1.1-default-dst'],
    requests: /^GET \/domain\/alexa\/google\.com$/,
    what: ['body'],
    reason: 'a date: the rank when the bundled cache was made; we bundle none',
  },
  {
    peer: '1',
    requests: /^GET \/a{60000,}/,
    what: ['status', 'content-type', 'body'],
    reason: 'request lines over 64 KiB: 414; Node refuses a head over 16 KiB with 431',
  },
];

/** Every difference there is: a row that nothing needs any more fails the test as much as one that is missing. */
export const DIFFERENCES: readonly Difference[] = [...V101, ...V2, ...V1];
