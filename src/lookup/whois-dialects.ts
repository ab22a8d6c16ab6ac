/** How the WHOIS servers of some TLDs want to be asked; all others get the bare name. */
const QUERY_FORMS: Readonly<Record<string, (domain: string) => string>> = {
  // DENIC: the short form of its answer; an internationalised name is given as A-labels only with `ace`.
  de: (domain) => `-T ${domain.includes('xn--') ? 'dn,ace' : 'dn'} ${domain}`,
  dk: (domain) => `--charset=utf-8 ${domain}`,
  // JPRS answers in English to `/e`.
  jp: (domain) => `${domain}/e`,
  // Verisign: without the word `domain` it lists name servers and registrars of that name too.
  ...Object.fromEntries(['com', 'net', 'cc', 'tv', 'name', 'jobs'].map((tld) => [tld, verisignForm])),
};

function verisignForm(domain: string): string {
  return `domain ${domain}`;
}

/** The line that asks for a domain, without its end. */
export const queryLine = (domain: string, tld: string): string =>
  Object.hasOwn(QUERY_FORMS, tld) ? (QUERY_FORMS[tld]?.(domain) ?? domain) : domain;

/** Charsets of servers that do not write UTF-8, by the TLD they serve. Others: Windows' Latin-1, which fits most. */
const CHARSETS: Readonly<Record<string, string>> = {
  br: 'iso-8859-1',
  fi: 'iso-8859-1',
  hu: 'iso-8859-1',
  is: 'iso-8859-1',
  lu: 'iso-8859-1',
  no: 'iso-8859-1',
  jp: 'iso-2022-jp',
  kg: 'windows-1251',
  ru: 'koi8-r',
  su: 'koi8-r',
  kr: 'euc-kr',
  cn: 'gb18030',
  tw: 'big5',
  pl: 'iso-8859-2',
  cz: 'iso-8859-2',
  tr: 'iso-8859-9',
};

/**
 * Text of an answer: UTF-8 when it is valid, else the charset of the TLD's server. ISO-2022-JP is seven-bit and valid
 * UTF-8 at the same time: its escape sequence tells. `cut` = the limit fell within the text, perhaps within a letter.
 */
export function decodeAnswer(bytes: Uint8Array, tld: string, cut: boolean): string {
  const charset = Object.hasOwn(CHARSETS, tld) ? CHARSETS[tld] : undefined;
  if (hasJapaneseEscape(bytes)) return new TextDecoder('iso-2022-jp').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return new TextDecoder(charset ?? 'windows-1252').decode(bytes);
  }
}

/** ESC $ or ESC ( . */
function hasJapaneseEscape(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0x1b); at !== -1; at = bytes.indexOf(0x1b, at + 1)) {
    if (bytes[at + 1] === 0x24 || bytes[at + 1] === 0x28) return true;
  }
  return false;
}
