import { toASCII, toUnicode } from 'tr46';

/** UTS #46 as registries use it today, without the checks that real log names fail (underscores, `*`, hyphens). */
const OPTIONS = {
  checkBidi: false,
  checkHyphens: false,
  checkJoiners: false,
  transitionalProcessing: false,
  useSTD3ASCIIRules: false,
  verifyDNSLength: false,
} as const;

// Full stops of other scripts that UTS #46 maps to a dot.
const OTHER_FULL_STOPS = /[\u3002\uff0e\uff61]/g;

/**
 * Whole name to lower-case A-labels. A label that does not convert (bad punycode, forbidden code point) keeps its
 * lower-cased text, so that an ugly name is still answered. Dots of other scripts become dots.
 */
export function nameToAscii(name: string): string {
  if (isPlainAscii(name)) return name.toLowerCase();
  return toASCII(name, OPTIONS) ?? name.replace(OTHER_FULL_STOPS, '.').split('.').map(labelToAscii).join('.');
}

/** One label to its A-label; its lower-cased text when it does not convert. */
export function labelToAscii(label: string): string {
  if (isPlainAscii(label)) return label.toLowerCase();
  return toASCII(label, OPTIONS) ?? label.toLowerCase();
}

/** A name of A-labels in its own script; labels that do not decode stay as they are. */
export function nameToUnicode(name: string): string {
  if (!name.includes('xn--')) return name;
  return name
    .split('.')
    .map((label) => {
      const { domain, error } = toUnicode(label, OPTIONS);
      return error ? label : domain;
    })
    .join('.');
}

/** ASCII without an `xn--` label: there UTS #46 does no more than lower-casing. */
function isPlainAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return !/xn--/i.test(text);
}
