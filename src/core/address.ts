import { isIP } from 'node:net';

/** An IPv4 or IPv6 address in the form that answers show: lower case, no brackets, no trailing dot. */
export interface Address {
  readonly text: string;
  readonly version: 4 | 6;
}

/**
 * Reads an address as it stands in logs: dotted quad (also with a trailing dot), IPv6 with or without brackets and
 * with a zone id (RFC 4007; `%25` inside brackets, RFC 6874). `1.2.3` and `0x7f.1` are names, not addresses.
 */
export function readAddress(text: string): Address | undefined {
  if (!mayBeAddress(text)) return undefined;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).replace('%25', '%') : text;
  const undotted = bare.endsWith('.') ? bare.slice(0, -1) : bare;
  const version = isIP(undotted);
  if (version === 0) return undefined;
  return { text: undotted.toLowerCase(), version: version === 4 ? 4 : 6 };
}

/** Cheap refusal for nearly all names: an address ends in a digit or has a colon. */
function mayBeAddress(text: string): boolean {
  if (text.includes(':')) return true;
  const last =
    text.charCodeAt(text.length - 1) === 46 ? text.charCodeAt(text.length - 2) : text.charCodeAt(text.length - 1);
  return last >= 48 && last <= 57;
}
