import { nameToUnicode } from '../core/idna.ts';
import type { Suffix } from '../schema/answer.ts';
import type { Draft, NameSource } from './name-source.ts';

/** fqdn_parser's facts of the suffix. Of a TLD that is not on the suffix list nothing is claimed but what it is. */
export const suffix: NameSource<Suffix> = (name, { tlds }) => {
  const effective = name.icannSuffix;
  const tld = effective.slice(effective.lastIndexOf('.') + 1);
  const isListed = name.kind === 'suffix' || name.listed;
  const facts = isListed ? tlds.tlds.get(tld) : undefined;
  const punycode = tld.startsWith('xn--');
  const part: Draft<Suffix> = { tld, effective, multi_part: effective.length !== tld.length, punycode };
  if (facts !== undefined) {
    part.tld_type = facts.type;
    if (facts.registry !== undefined) part.tld_registry = facts.registry;
    if (facts.created !== undefined) part.tld_created = `${facts.created}T00:00:00.000Z`;
  }
  if (name.kind === 'domain' && name.privateSuffix !== undefined) part.private = name.privateSuffix;
  if (punycode) part.unicode = facts?.unicode ?? nameToUnicode(tld);
  return part;
};
