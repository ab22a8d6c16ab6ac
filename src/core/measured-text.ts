import type { DomainName } from './name.ts';

/**
 * The strings of a name that entropy measures, as fqdn_parser has them: everything left of the **ICANN** suffix, since
 * a private suffix is a name that somebody chose. Only the four characters `www.` at the front are removed, once: of
 * `www.ck` the label `www` is measured.
 */
export interface MeasuredText {
  /** The registered label by the ICANN section. */
  readonly domain: string;
  /** All labels, without a leading `www.` and without dots. */
  readonly fqdn: string;
  /** The same labels one by one. */
  readonly labels: readonly string[];
}

/** Of a host: all labels left of the ICANN suffix ({@link hostOf}). */
export function measuredText(host: string): MeasuredText {
  const measured = host.startsWith('www.') ? host.slice(4) : host;
  const labels = measured.split('.');
  return { domain: host.slice(host.lastIndexOf('.') + 1), fqdn: labels.join(''), labels };
}

/** All labels of a name left of its ICANN suffix. */
export function hostOf({ name, icannSuffix }: DomainName): string {
  return name.slice(0, name.length - icannSuffix.length - 1);
}

/** The label that stands left of a domain's public suffix, private section included: what its owner chose. */
export function registeredLabel(name: DomainName): string {
  const suffix = name.isSuffix ? name.icannSuffix : name.publicSuffix;
  const host = name.domain.slice(0, name.domain.length - suffix.length - 1);
  return host.slice(host.lastIndexOf('.') + 1);
}
