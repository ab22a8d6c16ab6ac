import {
  distinct,
  hostName,
  mailAddressIn,
  publishedText,
  statusName,
  type RegistrationFacts,
} from './registration-facts.ts';
import { setDates } from './whois-dates.ts';
import type { LabelFact } from './whois-labels.ts';
import type { WhoisLine } from './whois-lines.ts';

/** The sorts of value that one label can have. */
const LISTS: readonly ('name_servers' | 'statuses')[] = ['name_servers', 'statuses'];
const TEXTS = [
  ...(['registrar_url', 'whois_server', 'referral_url', 'abuse_phone', 'contact_name', 'organization'] as const),
  ...(['address', 'city', 'state', 'postal_code', 'country'] as const),
];

/** Reads all facts from the labelled lines of an answer about `domain`. */
export function readFacts(lines: readonly WhoisLine[], domain: string, tld: string, now: number): RegistrationFacts {
  const facts: RegistrationFacts = {};
  setDates(facts, lines, tld, now);
  // dk: `DNS: example.dk` is the name itself, in its DNS form.
  const listed = lines.filter(({ label, value }) => label !== 'dns' || value.toLowerCase() !== domain);
  for (const list of LISTS) setList(facts, list, valuesOf(listed, list));
  addHostsWithoutLabel(facts, lines, domain);
  for (const fact of TEXTS) setText(facts, fact, valuesOf(lines, fact)[0]);
  setText(facts, 'registrar', registrarOf(lines));
  setText(facts, 'domain_name', valuesOf(lines, 'domain')[0]?.split(/[\s(]/, 1)[0]?.toLowerCase());
  setText(
    facts,
    'registrar_iana_id',
    valuesOf(lines, 'registrar_iana_id').find((id) => /^\d{1,9}$/.test(id)),
  );
  setText(
    facts,
    'abuse_email',
    valuesOf(lines, 'abuse_email')
      .map(mailAddressIn)
      .find((mail) => mail !== undefined),
  );
  const signed = lines.filter(({ meaning }) => meaning?.fact === 'dnssec').map(({ value }) => isSigned(value));
  const dnssec = signed.find((value) => value !== undefined);
  if (dnssec !== undefined) facts.dnssec = dnssec;
  setContact(facts, lines);
  return facts;
}

/** Facts that are one text under one label. */
export type TextFact = (typeof TEXTS)[number] | 'registrar';

export const isTextFact = (fact: LabelFact): fact is TextFact =>
  fact === 'registrar' || TEXTS.some((text) => text === fact);

/** Published values of a fact, those of the domain's own block first; weak labels of contacts left out. */
function valuesOf(lines: readonly WhoisLine[], fact: LabelFact): string[] {
  const own: string[] = [];
  const foreign: string[] = [];
  for (const line of lines) {
    if (line.meaning?.fact !== fact) continue;
    // `NOT AVAILABLE` is a status (be: not available any more), but a blanked value elsewhere.
    const value = fact === 'statuses' ? line.value : publishedText(line.value);
    if (value === undefined || value === '') continue;
    const isOwn = line.section === 'domain' || line.section === 'name_servers';
    if (isOwn) own.push(value);
    else if (line.meaning.strong || fact !== 'statuses') foreign.push(value);
  }
  return fact === 'statuses' && own.length > 0 ? own : [...own, ...foreign];
}

export function setList(facts: RegistrationFacts, fact: 'name_servers' | 'statuses', values: readonly string[]): void {
  const list =
    fact === 'statuses'
      ? distinct(
          values
            .flatMap((value) => (isEppList(value) ? value.split(/[,\s]+/) : value.split(/\s+\/\s+|,\s+/)))
            .map(statusName),
        )
      : distinct(values.flatMap(hostsIn));
  if (list !== undefined) facts[fact] = list;
}

/** Hosts of one value: several of them, addresses between them, or a zone-file line (`x.pt NS ns1.x.pt`); never prose. */
function hostsIn(value: string): (string | undefined)[] {
  const tokens = value
    .replace(/^.*\sNS\s+/, '')
    .replace(/^[-*]\s+/, '')
    .split(/[\s,;|]+/, 40);
  if (tokens.length > 3 && hostName(tokens[0] ?? '') === undefined) return [];
  // uz prints `not.defined.` where an address is missing.
  return tokens.map(hostName).filter((host) => host !== 'not.defined');
}

/** `clientHold, clientTransferProhibited` and `clientHold clientTransferProhibited`. */
const isEppList = (value: string): boolean =>
  /^(?:(?:client|server|pending)[A-Z][A-Za-z]+[,\s]+)+(?:client|server|pending)[A-Z][A-Za-z]+$/.test(value);

/** Tonic (.to) answers in lines of the bare label and a host: `go ns-1.example.com`. */
function addHostsWithoutLabel(facts: RegistrationFacts, lines: readonly WhoisLine[], domain: string): void {
  if (facts.name_servers !== undefined || lines.length > 20) return;
  const hosts = lines
    .filter(({ label }) => label === '')
    .map(({ value }) => /^([a-z0-9-]+)\s+(\S+)$/i.exec(value))
    .filter((match) => match !== null);
  const labels = new Set(hosts.map((match) => match[1]?.toLowerCase()));
  const own = labels.has(domain.split('.', 1)[0] ?? '');
  if (labels.size !== 1 || (hosts.length < 2 && !own) || labels.has('domain')) return;
  const list = distinct(hosts.map((match) => hostName(match[2] ?? '')));
  if (list?.length === hosts.length) facts.name_servers = list;
}

export function setText(
  facts: RegistrationFacts,
  fact: Exclude<LabelFact, 'domain' | 'dnssec' | 'name_servers' | 'statuses'> | 'domain_name',
  value: string | undefined,
): void {
  if (value !== undefined && value !== '') facts[fact] = value;
}

/** The registrar's name, from its label or from the section headed by it; without the tag and the URL behind it. */
function registrarOf(lines: readonly WhoisLine[]): string | undefined {
  const named = lines.filter(
    ({ meaning, value }) => meaning?.fact === 'registrar' && publishedText(value) !== undefined,
  );
  const inSection = lines.filter(
    ({ section, label, value }) =>
      section === 'registrar' && REGISTRAR_NAMES.includes(label) && publishedText(value) !== undefined,
  );
  // A handle (`REG-MARKMONITOR`) is the last choice: the object it refers to has the name.
  const line =
    named.find(({ meaning, value }) => meaning?.rank === 0 && !(inSection.length > 0 && isHandle(value))) ??
    inSection[0] ??
    named[0];
  const name = line?.value
    .replace(/\s*[([]\s*(?:https?:|tag\b|www\.|nic-hdl).*$/i, '')
    .replace(/\s+https?:\/\/\S*$/i, '')
    // Afilias put its own handle behind: `MarkMonitor Inc. (R151-LRMS)`.
    .replace(/\s*\(R\d+-[A-Z]+\)$/, '');
  return publishedText(name);
}

const isHandle = (value: string): boolean => /^[A-Z\d]{2,}(?:-[A-Z\d]+)+$/.test(value.trim());

const REGISTRAR_NAMES = [
  'name',
  'organization',
  'organisation',
  'organization name',
  'organisation name',
  'company',
  'org',
];

/** `unsigned` and its sisters are false; a key or digest is true; other texts tell nothing. */
function isSigned(value: string): boolean | undefined {
  const text = value.trim().toLowerCase();
  if (/^(?:unsigned|not?\b|n$|none|inactive|false|0$|disabled|unsigned delegation|nicht|nein|nao)/.test(text))
    return false;
  return /^(?:signed|yes\b|y$|active|true|1$|enabled|\d{1,5} \d|\d{3} \d)/.test(text) ? true : undefined;
}

/** Fields of the registrant from the section headed by it, where labels are bare (`Name:`, `City:`). */
function setContact(facts: RegistrationFacts, lines: readonly WhoisLine[]): void {
  const own = lines.filter(({ section }) => section === 'registrant');
  const first = (labels: readonly string[]) =>
    own
      .filter(({ label }) => labels.includes(label))
      .map(({ value }) => publishedText(value))
      .find((value) => value !== undefined);
  for (const [fact, labels] of REGISTRANT_LABELS) if (facts[fact] === undefined) setText(facts, fact, first(labels));
  const emails = distinct(
    lines.slice(0, MAX_MAIL_LINES).map(({ value }) => mailAddressIn(value)),
    10,
  );
  if (emails !== undefined) facts.emails = emails;
}

const MAX_MAIL_LINES = 300;
const REGISTRANT_LABELS: readonly (readonly [
  'contact_name' | 'organization' | 'address' | 'city' | 'state' | 'postal_code' | 'country',
  readonly string[],
])[] = [
  ['contact_name', ['name', 'nombre']],
  ['organization', ['organization', 'organisation', 'company', 'organizacion']],
  ['address', ['address', 'street', 'direccion']],
  ['city', ['city', 'ciudad']],
  ['state', ['state', 'state province', 'province']],
  ['postal_code', ['postal code', 'zip code', 'zipcode', 'zip', 'postalcode']],
  ['country', ['country', 'country code', 'countrycode', 'pais']],
];
