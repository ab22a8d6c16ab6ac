import { isoTime } from '../core/event-time.ts';
import { nameToAscii } from '../core/idna.ts';
import { isObject, memberOf, objectsIn, stringsIn, type JsonObject } from './json-values.ts';
import { entitiesWithRole, readCard } from './rdap-entities.ts';
import {
  isPossibleCreation,
  isPossibleDate,
  readRegistrationDate,
  type RegistrationDate,
} from './registration-dates.ts';
import { distinct, hostName, publishedText, statusName, type RegistrationFacts } from './registration-facts.ts';

/**
 * What an RDAP document says. `failed`: it is no domain object, with the reason. Whether the answer is about the name
 * that was asked is for the caller to see: `domain_name` is what the document says.
 */
export interface RdapAnswer extends RegistrationFacts {
  outcome: 'found' | 'failed';
  reason?: string;
}

const MAX_ITEMS = 200;

/**
 * Reads an RDAP domain object (RFC 9083 section 5.3). Never throws: everything in it is optional and unchecked. `now`
 * bounds creation dates (default: the present).
 */
export function parseRdapDomain(document: unknown, now: number = Date.now()): RdapAnswer {
  if (!isObject(document)) return { outcome: 'failed', reason: 'no JSON object' };
  const code = memberOf(document, 'errorCode');
  if (code !== undefined)
    return { outcome: 'failed', reason: `error code ${typeof code === 'number' ? String(code) : '?'}` };
  const objectClass = memberOf(document, 'objectClassName');
  if (typeof objectClass !== 'string' || objectClass.toLowerCase() !== 'domain') {
    return { outcome: 'failed', reason: 'no domain object' };
  }
  const facts: RegistrationFacts = {};
  setName(facts, document);
  setDates(facts, document, now);
  setRegistrar(facts, document);
  setRegistrant(facts, document);
  const statuses = distinct(stringsIn(memberOf(document, 'status'), MAX_ITEMS).map(rdapStatus));
  if (statuses !== undefined) facts.statuses = statuses;
  const hosts = objectsIn(memberOf(document, 'nameservers'), MAX_ITEMS).map((host) => ldhName(host));
  const nameServers = distinct(hosts.map((host) => (host === undefined ? undefined : hostName(host))));
  if (nameServers !== undefined) facts.name_servers = nameServers;
  // One registry spells the key `secureDns`.
  const secure = memberOf(document, 'secureDNS') ?? memberOf(document, 'secureDns');
  const signed = isObject(secure) ? memberOf(secure, 'delegationSigned') : undefined;
  if (typeof signed === 'boolean') facts.dnssec = signed;
  const port43 = memberOf(document, 'port43');
  if (typeof port43 === 'string' && publishedText(port43) !== undefined) facts.whois_server = port43.toLowerCase();
  return { outcome: 'found', ...facts };
}

/** The registrar's own RDAP record of the name, as the document links to it (`rel=related`). */
export function relatedLink(document: unknown): string | undefined {
  if (!isObject(document)) return undefined;
  const link = objectsIn(memberOf(document, 'links'), MAX_ITEMS).find((item) => {
    const relation = memberOf(item, 'rel');
    const type = memberOf(item, 'type');
    return relation === 'related' && (type === undefined || type === 'application/rdap+json');
  });
  const href = link === undefined ? undefined : memberOf(link, 'href');
  return typeof href === 'string' ? href : undefined;
}

/** RDAP's word for EPP's `ok` (RFC 8056). Its other words differ only in their spaces. */
const rdapStatus = (status: string): string | undefined =>
  status.trim().toLowerCase() === 'active' ? 'ok' : statusName(status);

/** The name as A-labels: `ldhName`, or `unicodeName` where only that is given. */
function ldhName(object: JsonObject): string | undefined {
  const name = memberOf(object, 'ldhName') ?? memberOf(object, 'unicodeName');
  return typeof name === 'string' && name.length <= 253 ? nameToAscii(name.trim().replace(/\.$/, '')) : undefined;
}

function setName(facts: RegistrationFacts, document: JsonObject): void {
  const name = ldhName(document);
  if (name !== undefined && name !== '') facts.domain_name = name;
}

/**
 * Of duplicate events the earliest registration and the latest of the others count. `last update of RDAP database` is
 * the time of the answer and no fact of the domain.
 */
function setDates(facts: RegistrationFacts, document: JsonObject, now: number): void {
  const created: RegistrationDate[] = [];
  const times: Record<string, number[]> = {};
  for (const event of objectsIn(memberOf(document, 'events'), MAX_ITEMS)) {
    const action = memberOf(event, 'eventAction');
    const value = memberOf(event, 'eventDate');
    if (typeof action !== 'string' || typeof value !== 'string') continue;
    const date = readRegistrationDate(value);
    if (date === undefined) continue;
    const name = action.trim().toLowerCase();
    if (name === 'registration') {
      if (isPossibleCreation(date.at, now)) created.push(date);
    } else if (DATED_ACTIONS.has(name) && isPossibleDate(date.at)) (times[name] ??= []).push(date.at);
  }
  const first = created.sort((a, b) => a.at - b.at)[0];
  if (first !== undefined) {
    facts.created = isoTime(first.at);
    facts.created_precision = first.precision;
  }
  const latest = (action: string) => (times[action] === undefined ? undefined : isoTime(Math.max(...times[action])));
  const expires = latest('expiration') ?? latest('registrar expiration');
  if (expires !== undefined) facts.expires = expires;
  const updated = latest('last changed');
  if (updated !== undefined) facts.updated = updated;
  const again = latest('reregistration');
  if (again !== undefined) facts.reregistered = again;
}

const DATED_ACTIONS: ReadonlySet<string> = new Set([
  'expiration',
  'registrar expiration',
  'last changed',
  'reregistration',
]);

function setRegistrar(facts: RegistrationFacts, document: JsonObject): void {
  const registrar = entitiesWithRole(document, 'registrar')[0];
  if (registrar === undefined) return;
  const card = readCard(registrar);
  const handle = memberOf(registrar, 'handle');
  const name = card.name ?? card.organization ?? (typeof handle === 'string' ? publishedText(handle) : undefined);
  if (name !== undefined) facts.registrar = name;
  const id = objectsIn(memberOf(registrar, 'publicIds'), MAX_ITEMS).find((item) => {
    const type = memberOf(item, 'type');
    return typeof type === 'string' && type.toLowerCase().includes('iana registrar id');
  });
  const identifier = id === undefined ? undefined : memberOf(id, 'identifier');
  if (/^\d{1,9}$/.test(String(identifier))) facts.registrar_iana_id = String(identifier);
  const url = objectsIn(memberOf(registrar, 'links'), MAX_ITEMS).find((link) => memberOf(link, 'rel') === 'about');
  const href = url === undefined ? undefined : memberOf(url, 'href');
  if (typeof href === 'string' && publishedText(href) !== undefined) facts.registrar_url = href.slice(0, 300);
  // The abuse contact is the registrar's, nested in it; an abuse contact of the document itself is the registry's.
  const abuse = entitiesWithRole(registrar, 'abuse')[0];
  if (abuse === undefined) return;
  const { email, phone } = readCard(abuse);
  if (email !== undefined) facts.abuse_email = email;
  if (phone !== undefined) facts.abuse_phone = phone;
}

function setRegistrant(facts: RegistrationFacts, document: JsonObject): void {
  const registrant = entitiesWithRole(document, 'registrant')[0];
  if (registrant === undefined) return;
  const card = readCard(registrant);
  const fields = {
    contact_name: card.name,
    organization: card.organization,
    address: card.street,
    city: card.city,
    state: card.region,
    postal_code: card.postalCode,
    country: card.country,
  } as const;
  for (const [field, value] of Object.entries(fields) as [keyof typeof fields, string | undefined][]) {
    if (value !== undefined) facts[field] = value;
  }
}
