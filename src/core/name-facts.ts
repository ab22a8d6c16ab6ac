import type { NameFacts } from '../schema/name-facts.ts';
import { labelForms, nameAsciiForm, type LookalikeLetters } from './ascii-form.ts';
import { nameToUnicode } from './idna.ts';
import { measuredText } from './measured-text.ts';
import { entropyOf, labelEntropies } from './name-entropy.ts';
import type { ParsedName } from './name.ts';
import { isPrivateIpv4 } from './private-address.ts';
import type { CharacterTables } from './relative-entropy.ts';
import { matchSuffix, type SuffixList } from './suffix-list.ts';
import type { TldTable } from './tld-facts.ts';

/** What names are parsed with. */
export interface NameFactsData {
  readonly suffixes: SuffixList;
  readonly tlds: TldTable;
  readonly characters: CharacterTables;
  readonly letters: LookalikeLetters;
}

/** A name of which nothing is known; lists are made anew, for they belong to the answer. */
const nothing = () => ({
  is_ip: false,
  ipv4: false,
  ipv6: false,
  is_fqdn: false,
  is_tld_multi_part: false,
  is_tld_punycode: false,
  is_tld_listed: false,
  is_private_suffix: false,
  host_labels: [] as string[],
  pqdn_labels: [] as string[],
});

/**
 * fqdn_parser's whole answer for a parsed name, without its faults: wildcard and exception rules count, A-labels stay
 * A-labels, an unlisted TLD, a single label or a trailing dot is answered, and no character raises an error. Names of
 * one's own network (`printer.local`) are split as well: here nobody is asked and nothing is kept.
 */
export function nameFacts(parsed: ParsedName, data: NameFactsData): NameFacts {
  const { name } = parsed;
  if (parsed.kind === 'invalid') return { name, status: 'invalid', ...nothing(), invalid_reason: parsed.reason };
  if (parsed.kind === 'ip') return { name, status: 'ip', ...nothing(), ...addressFacts(name, parsed.version) };
  const split = splitName(name, data.suffixes);
  const unicode = nameToUnicode(name);
  return {
    name,
    status: parsed.kind !== 'domain' ? parsed.kind : parsed.isSuffix ? 'suffix' : 'ok',
    ...nothing(),
    ...ownParts(parsed),
    ...(unicode === name ? {} : { unicode }),
    ...tldFacts(split, data),
    ...hostFacts(split, data),
    fqdn: name,
    fqdn_ascii: nameAsciiForm(name, labelForms(data.letters)),
  };
}

/** The parts under the names of the answer document. */
function ownParts(parsed: ParsedName): Partial<NameFacts> {
  if (parsed.kind === 'suffix') return { public_suffix: parsed.publicSuffix };
  if (parsed.kind !== 'domain') return {};
  const { domain, subdomain, publicSuffix } = parsed;
  return { domain, ...(subdomain === '' ? {} : { subdomain }), public_suffix: publicSuffix };
}

function addressFacts(address: string, version: 4 | 6): Partial<NameFacts> {
  return version === 4
    ? { is_ip: true, ipv4: true, fqdn: address, is_ipv4_private: isPrivateIpv4(address) }
    : { is_ip: true, ipv6: true, fqdn: address };
}

interface Split {
  /** All labels left of the effective TLD, joined; empty when there are none. */
  readonly host: string;
  /** Empty for a single label that is no TLD. */
  readonly effective: string;
  readonly listed: boolean;
  readonly privateSuffix?: string;
}

function splitName(name: string, suffixes: SuffixList): Split {
  const { start, icannStart, listed } = matchSuffix(suffixes.rules, name);
  if (icannStart === 0) return listed ? { host: '', effective: name, listed } : { host: name, effective: '', listed };
  return {
    host: name.slice(0, icannStart - 1),
    effective: name.slice(icannStart),
    listed,
    ...(start < icannStart ? { privateSuffix: name.slice(start) } : {}),
  };
}

function tldFacts({ effective, listed, privateSuffix }: Split, data: NameFactsData): Partial<NameFacts> {
  if (effective === '') return {};
  const label = effective.slice(effective.lastIndexOf('.') + 1);
  const facts = data.tlds.tlds.get(label);
  const punycode = label.startsWith('xn--');
  return {
    tld: facts?.unicode ?? nameToUnicode(label),
    ...(punycode ? { tld_puny: label } : {}),
    tld_ascii: nameAsciiForm(label, labelForms(data.letters)),
    ...(facts === undefined ? {} : { tld_type: facts.type }),
    ...(facts?.registry === undefined ? {} : { tld_registry: facts.registry }),
    ...(facts?.created === undefined ? {} : { tld_create_date: `${facts.created}T00:00:00.000Z` }),
    effective_tld: effective,
    is_tld_multi_part: effective.length > label.length,
    is_tld_punycode: punycode,
    is_tld_listed: listed,
    is_private_suffix: privateSuffix !== undefined,
    ...(privateSuffix === undefined ? {} : { private_suffix: privateSuffix }),
  };
}

function hostFacts({ host, effective }: Split, data: NameFactsData): Partial<NameFacts> {
  if (host === '') return {};
  const labels = host.split('.');
  if (effective === '') return { host_labels: labels };
  const own = labels.at(-1) ?? '';
  const above = labels.slice(0, -1);
  return {
    is_fqdn: true,
    host_labels: labels,
    registrable_domain: `${own}.${effective}`,
    registrable_domain_host: own,
    pqdn: above.join('.'),
    pqdn_labels: above,
    entropy: {
      ...entropyOf(measuredText(host), data.characters),
      labels: labelEntropies(labels, data.characters.fqdn),
    },
  };
}
