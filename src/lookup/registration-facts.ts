import type { CREATED_PRECISIONS } from '../schema/answer.ts';

/**
 * What came of asking a registry. `refused`: a limit or a ban, which says nothing of the domain. `unsupported`: nobody
 * serves this TLD. `failed`: no usable answer; an empty one is a failure and never "not registered".
 */
export type LookupOutcome = 'found' | 'not_found' | 'unsupported' | 'refused' | 'failed';

/**
 * Facts of one registration under the names of the answer document; dates are ISO 8601 UTC; what was not published is
 * absent. The second half are the fields that only the routes of domain_stats 1 give.
 */
export interface RegistrationFacts {
  domain_name?: string;
  created?: string;
  updated?: string;
  expires?: string;
  /** `day` also when a time was given without a zone; `before` when the registry says only that. */
  created_precision?: (typeof CREATED_PRECISIONS)[number];
  /** A later registration of the same name (RDAP's `reregistration`), kept beside `created`. */
  reregistered?: string;
  registrar?: string;
  registrar_iana_id?: string;
  registrar_url?: string;
  statuses?: string[];
  name_servers?: string[];
  abuse_email?: string;
  abuse_phone?: string;
  country?: string;
  dnssec?: boolean;
  whois_server?: string;
  referral_url?: string;
  contact_name?: string;
  organization?: string;
  address?: string;
  city?: string;
  state?: string;
  postal_code?: string;
  emails?: string[];
}

/** Texts that stand where a value was taken out (privacy laws, "not available"): they are no values. */
const BLANKED =
  /^(?:[-.*\s]+|n\/?a|none|null|nil|unknown|not (?:applicable|available|disclosed|shown|displayed|published|defined|provided)\b.*|no data|private|privado|datos privados|hidden.*|(?:data |gdpr |information |contact )?(?:redacted|masked|withheld|protected|removed)\b.*|data protected.*|non-public data|statutory masking enabled|registration private|undisclosed|-+ ?n\/a ?-+)$/i;

/** A published value, trimmed; undefined for empty and blanked ones. */
export function publishedText(text: string | undefined): string | undefined {
  const trimmed = text?.replace(/\s+/g, ' ').trim();
  return trimmed === undefined || trimmed === '' || BLANKED.test(trimmed)
    ? undefined
    : trimmed.slice(0, MAX_TEXT_LENGTH);
}

const MAX_TEXT_LENGTH = 300;

/** The first mail address in a text. */
export const mailAddressIn = (text: string): string | undefined =>
  /[^\s<>()[\],;:"'@]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/i.exec(text)?.[0].toLowerCase();

const HOST =
  /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z][a-z-]{0,61}[a-z]|xn--[a-z0-9-]{1,59})$/;

/** A host name in lower case without its trailing dot; undefined for addresses and words. */
export function hostName(text: string): string | undefined {
  const host = text.toLowerCase().replace(/^[([{<-]+|[.,;)\]}>]+$/g, '');
  return HOST.test(host) ? host : undefined;
}

/** EPP status names (RFC 5731, RFC 3915) and what RDAP calls them in other words (RFC 8056). */
const EPP_STATUSES: ReadonlyMap<string, string> = new Map(
  [
    ...['ok', 'inactive', 'pendingCreate', 'pendingDelete', 'pendingRenew', 'pendingRestore', 'pendingTransfer'],
    ...['pendingUpdate', 'addPeriod', 'autoRenewPeriod', 'renewPeriod', 'redemptionPeriod', 'transferPeriod'],
    ...['clientDeleteProhibited', 'clientHold', 'clientRenewProhibited', 'clientTransferProhibited'],
    ...['clientUpdateProhibited', 'serverDeleteProhibited', 'serverHold', 'serverRenewProhibited'],
    ...['serverTransferProhibited', 'serverUpdateProhibited', 'linked'],
  ].map((status) => [status.toLowerCase(), status]),
);

/**
 * One form for a status: EPP's camel case for EPP names however they are spelt (`CLIENT DELETE PROHIBITED`,
 * `client delete prohibited`, with or without ICANN's URL); other words pass in lower case.
 */
export function statusName(text: string): string | undefined {
  const plain = text
    .slice(0, MAX_TEXT_LENGTH)
    .replace(/\(?https?:\/\/.*$/i, '')
    .replace(/\(.*$/, '')
    // `ok - Normal state.`: the name, then its explanation; `200 Active` (nz): a number before it.
    .replace(/ -+ .*$/, '')
    .replace(/^\d{3} (?=[a-z])/i, '')
    .trim();
  if (/^[\W_]*$|^(?:redacted|none|n\/a)/i.test(plain)) return undefined;
  const name = plain.replace(
    /^(\w+) prohibited by (registrar|registry)$/i,
    (_, verb: string, by: string) => `${by.toLowerCase() === 'registrar' ? 'client' : 'server'} ${verb} prohibited`,
  );
  const packed = name.toLowerCase().replace(/[^a-z]/g, '');
  const epp = EPP_STATUSES.get(packed) ?? EPP_STATUSES.get(packed.replace(/graceperiod$/, 'period'));
  return epp ?? name.toLowerCase().slice(0, 60);
}

/** Values without repetitions, in their order; undefined when there are none. */
export function distinct(values: Iterable<string | undefined>, limit = 64): string[] | undefined {
  const seen = new Set<string>();
  for (const value of values) if (value !== undefined && seen.size < limit) seen.add(value);
  return seen.size === 0 ? undefined : [...seen];
}
