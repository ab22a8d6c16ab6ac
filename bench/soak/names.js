// The names that the soak asks for, and what is to be said of each: written down from the rules, not read from answers.

/** Names by kind. `domain` is absent where no contact is kept (docs/answer.md, `status`). */
export const KINDS = [
  { name: 'a..b.com', status: 'invalid' },
  { name: '*', status: 'invalid' },
  { name: `${'x'.repeat(64)}.com`, status: 'invalid' },
  { name: '192.0.2.1', status: 'ip' },
  { name: '2001:db8::1', status: 'ip' },
  { name: 'localhost', status: 'internal' },
  { name: 'printer.local', status: 'internal' },
  { name: '8.8.8.8.in-addr.arpa', status: 'internal' },
  { name: 'com', status: 'suffix' },
  { name: 'co.uk', status: 'suffix' },
];

/** Requests that are refused, with the status of the refusal (docs/http.md). */
export const REFUSED = [
  { method: 'POST', path: '/v1/domains', body: '[{"name":', status: 400 },
  { method: 'POST', path: '/v1/events', body: '[{"url.domain":', status: 400 },
  {
    method: 'POST',
    path: '/v1/domains',
    body: JSON.stringify(Array.from({ length: 1001 }, () => ({ name: 'refused.com' }))),
    status: 413,
  },
  { method: 'GET', path: '/v1/domains', status: 400 },
  { method: 'GET', path: '/v1/domains/refused.com?wait=soon', status: 400 },
  { method: 'GET', path: '/v1/domains/refused.com?scope=No%20Scope', status: 400 },
  { method: 'GET', path: '/v1/contacts?limit=0', status: 400 },
  { method: 'GET', path: '/v1/nothing/here', status: 404 },
  { method: 'DELETE', path: '/v1/domains/refused.com', status: 404 },
];

/** Ways in which a registered domain is made; each with hosts below it. */
const SUFFIXES = ['com', 'org', 'co.uk', 'com.au', 'github.io'];
let made = 0;

/** A registered domain that nobody has asked for yet. */
export const freshDomain = () => `fresh-${made++}.${SUFFIXES[made % SUFFIXES.length]}`;

const HOSTS = ['', 'www.', 'a.b.', 'WWW.', '_dmarc.'];
let turn = 0;

/** A host of a registered domain, in some spelling. */
export const hostOf = (domain) => `${HOSTS[turn++ % HOSTS.length]}${domain}`;

export const RANKED = 2000;
export const rankedDomain = (index) => `ranked-${index}.com`;
/** Two rank lists of the same domains: up and down, so that no domain has the same rank in both. */
export const RANK_OF = [(index) => index + 1, (index) => RANKED - index];
export const rankList = (which) =>
  Array.from({ length: RANKED }, (_, index) => [RANK_OF[which](index), rankedDomain(index)])
    .sort(([a], [b]) => a - b)
    .map((row) => row.join(','))
    .join('\n');

/** Registered domains whose suppression comes and goes. */
export const QUIET = Array.from({ length: 5 }, (_, index) => `quiet-${index}.com`);
