/**
 * Pieces of JSON texts as they stand. What goes through `JSON.parse` and `JSON.stringify` comes back changed: whole
 * numbers above 2^53 are rounded, 1.0 becomes 1. The texts here have been parsed before, so they are known to be JSON.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** The items of an array's text. */
export const arrayItemTexts = (text: string): string[] => partsOf(text.trim()).map((part) => part.trim());

/** An object's text without the members whose keys are unwanted. */
export function withoutMembers(text: string, isUnwanted: (key: string) => boolean): string {
  const kept = partsOf(text.trim()).filter((part) => {
    const key = part.trimStart();
    return !isUnwanted(JSON.parse(key.slice(0, endOfString(key, 0))) as string);
  });
  return `{${kept.join(',')}}`;
}

/** The text of an object's member; undefined when it has none of that key. */
export function memberText(text: string, key: string): string | undefined {
  for (const part of partsOf(text.trim())) {
    const member = part.trimStart();
    const end = endOfString(member, 0);
    if (JSON.parse(member.slice(0, end)) === key) return member.slice(member.indexOf(':', end) + 1).trim();
  }
  return undefined;
}

/** What stands between the commas of the outermost brackets. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  const last = text.length - 1;
  let depth = 0;
  let start = 1;
  for (let at = 1; at < last; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (OPENING.has(code)) depth++;
    else if (CLOSING.has(code)) depth--;
    else if (code === COMMA && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  const end = text.slice(start, last);
  return parts.length === 0 && end.trim() === '' ? [] : [...parts, end];
}

/** The offset after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charAt(end - 1 - backslashes) === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
}
