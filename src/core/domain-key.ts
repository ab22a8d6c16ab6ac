import type { ParsedName } from './name.ts';

/**
 * The registered domain that a text names, for lists that are kept by domain: what is below one, or is none, is refused
 * with what to give instead, so that nobody believes a whole domain covered by one of its hosts.
 */
export function domainKey(parsed: ParsedName): { readonly domain: string } | { readonly problem: string } {
  const shown = JSON.stringify(parsed.name.slice(0, 80));
  switch (parsed.kind) {
    case 'invalid':
      return { problem: `${shown} is no domain name (${parsed.reason.replaceAll('_', ' ')})` };
    case 'ip':
      return { problem: `${shown} is an address, not a domain name` };
    case 'internal':
      return { problem: `${shown} is internal and answered as such; it needs nothing else` };
    case 'suffix':
      return { problem: `${shown} is a public suffix and nobody's domain; give a domain below it` };
    case 'domain':
      return parsed.name === parsed.domain
        ? { domain: parsed.domain }
        : { problem: `${shown} lies below the registered domain ${parsed.domain}; give that` };
  }
}
