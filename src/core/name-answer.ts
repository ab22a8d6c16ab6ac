import type { NameAnswer } from '../schema/name.ts';
import { nameToUnicode } from './idna.ts';
import type { ParsedName } from './name.ts';

/** What a parsed name tells of itself, under the names of the answer document. */
export function nameAnswer(parsed: ParsedName): NameAnswer {
  const { name } = parsed;
  if (parsed.kind === 'invalid') return { name, status: 'invalid', reason: parsed.reason };
  const unicode = nameToUnicode(name);
  const own = unicode === name ? {} : { unicode };
  if (parsed.kind === 'ip' || parsed.kind === 'internal') return { name, status: parsed.kind, ...own };
  if (parsed.kind === 'suffix') return { name, status: 'suffix', ...own, public_suffix: parsed.publicSuffix };
  return {
    name,
    status: parsed.isSuffix ? 'suffix' : 'ok',
    ...own,
    domain: parsed.domain,
    ...(parsed.subdomain === '' ? {} : { subdomain: parsed.subdomain }),
    public_suffix: parsed.publicSuffix,
    registration_domain: parsed.registrationDomain,
    registrable: parsed.registrable,
  };
}
