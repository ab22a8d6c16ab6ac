import { readAddress } from './address.ts';
import { nameToAscii } from './idna.ts';
import { isInZones, isSpecialUse } from './special-use.ts';
import { matchSuffix, type SuffixList } from './suffix-list.ts';

/** RFC 1035 section 3.1: octets of a label, and of a name written without its trailing dot. */
const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 253;

/** Why a text is no name; each is a sentence's worth to whoever reads the log. */
export type InvalidReason =
  | 'empty'
  | 'empty_label'
  | 'label_too_long'
  | 'name_too_long'
  | 'control_character'
  | 'unpaired_surrogate'
  | 'logstash_literal'
  | 'url_or_port'
  | 'mail_address'
  | 'lone_wildcard';

interface InvalidName {
  readonly kind: 'invalid';
  /** As asked. */
  readonly name: string;
  readonly reason: InvalidReason;
}

interface AddressName {
  readonly kind: 'ip';
  readonly name: string;
  readonly version: 4 | 6;
}

interface InternalName {
  readonly kind: 'internal';
  readonly name: string;
}

/** A bare suffix of the ICANN section: nobody's domain. */
export interface BareSuffix {
  readonly kind: 'suffix';
  readonly name: string;
  readonly publicSuffix: string;
  readonly icannSuffix: string;
}

/** A name with a registered domain; `isSuffix` when it is itself a bare private suffix (`github.io`). */
export interface DomainName {
  readonly kind: 'domain';
  readonly name: string;
  readonly isSuffix: boolean;
  /** Key of contacts: registered domain with the private section. */
  readonly domain: string;
  /** Key of registrations: registered domain by the ICANN section alone. */
  readonly registrationDomain: string;
  /** Labels left of `domain`; empty when none. */
  readonly subdomain: string;
  readonly publicSuffix: string;
  readonly icannSuffix: string;
  /** Present when a private rule is longer than the ICANN one. */
  readonly privateSuffix?: string;
  /** Whether the TLD is on the list. */
  readonly listed: boolean;
  /** Whether a registry could hold `registrationDomain`: listed, and letters, digits and hyphens only. */
  readonly registrable: boolean;
}

export type ParsedName = InvalidName | AddressName | InternalName | BareSuffix | DomainName;

/**
 * Reads a queried string: cleaning, IDNA, limits, addresses, special-use names, suffixes. Never throws; an ugly name is
 * answered with what can be known of it. `zones` are the operator's own, as A-labels.
 */
export function readName(asked: string, list: SuffixList, zones: ReadonlySet<string>): ParsedName {
  const trimmed = asked.trim();
  const address = readAddress(trimmed);
  if (address !== undefined) return { kind: 'ip', name: address.text, version: address.version };

  const flaw = flawOfText(trimmed);
  if (flaw !== undefined) return { kind: 'invalid', name: asked, reason: flaw };

  let name = nameToAscii(trimmed);
  // What stood before the root's dot may end in a space, and UTS #46 maps some characters to one.
  if (name.endsWith('.')) name = name.slice(0, -1);
  name = name.trim();
  const nameFlaw = flawOfName(name, trimmed);
  if (nameFlaw !== undefined) return { kind: 'invalid', name: asked, reason: nameFlaw };
  // Full-width digits and dots become an address only through UTS #46.
  const mapped = name === trimmed ? undefined : readAddress(name);
  if (mapped !== undefined) return { kind: 'ip', name: mapped.text, version: mapped.version };

  if (isSpecialUse(name) || isInZones(name, zones)) return { kind: 'internal', name };
  return split(name, list);
}

/** What makes a text no name before any conversion. */
function flawOfText(text: string): InvalidReason | undefined {
  if (text === '') return 'empty';
  if (text.includes('%{')) return 'logstash_literal';
  if (/^https?:\/\//i.test(text)) return 'url_or_port';
  return hasControl(text) ? 'control_character' : text.isWellFormed() ? undefined : 'unpaired_surrogate';
}

/** What makes a converted name no name; `asked` only to tell an empty text from an empty label. */
function flawOfName(name: string, asked: string): InvalidReason | undefined {
  if (name === '') return asked === '.' ? 'empty_label' : 'empty';
  if (name === '*') return 'lone_wildcard';
  if (name.includes('@')) return 'mail_address';
  if (/[:/]/.test(name)) return 'url_or_port';
  if (hasControl(name)) return 'control_character';
  let start = 0;
  while (start <= name.length) {
    const dot = name.indexOf('.', start);
    const end = dot === -1 ? name.length : dot;
    if (end === start) return 'empty_label';
    if (end - start > MAX_LABEL_BYTES || byteLength(name.slice(start, end)) > MAX_LABEL_BYTES) return 'label_too_long';
    start = end + 1;
  }
  return byteLength(name) > MAX_NAME_BYTES ? 'name_too_long' : undefined;
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || (code >= 127 && code < 160)) return true;
  }
  return false;
}

/** UTF-8 length; only a label that did not convert is not ASCII. */
function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function split(name: string, list: SuffixList): ParsedName {
  const match = matchSuffix(list.rules, name);
  const publicSuffix = name.slice(match.start);
  const icannSuffix = name.slice(match.icannStart);
  if (match.icannStart === 0) {
    // A single label is a host of one's own network unless it is a listed TLD.
    return match.listed ? { kind: 'suffix', name, publicSuffix, icannSuffix } : { kind: 'internal', name };
  }
  const domainStart = labelBefore(name, match.start);
  const registrationDomain = name.slice(labelBefore(name, match.icannStart));
  return {
    kind: 'domain',
    name,
    isSuffix: match.start === 0,
    domain: name.slice(domainStart),
    registrationDomain,
    subdomain: domainStart === 0 ? '' : name.slice(0, domainStart - 1),
    publicSuffix,
    icannSuffix,
    ...(match.start < match.icannStart ? { privateSuffix: publicSuffix } : {}),
    listed: match.listed,
    registrable: match.listed && /^[a-z0-9.-]+$/.test(registrationDomain),
  };
}

/** Where the label left of an offset begins; the offset 0 has none to its left. */
function labelBefore(name: string, offset: number): number {
  return offset < 2 ? 0 : name.lastIndexOf('.', offset - 2) + 1;
}
