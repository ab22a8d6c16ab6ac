/**
 * Scripts that names are written in: the recommended ones of UAX #31 (table 5) and those in limited use that have
 * registrations. A script that is not named here counts as one of its own together with all others not named.
 */
const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Armenian',
  'Bengali',
  'Canadian_Aboriginal',
  'Cherokee',
  'Devanagari',
  'Ethiopic',
  'Georgian',
  'Gujarati',
  'Gurmukhi',
  'Hebrew',
  'Javanese',
  'Kannada',
  'Khmer',
  'Lao',
  'Malayalam',
  'Mongolian',
  'Myanmar',
  'Oriya',
  'Sinhala',
  'Syriac',
  'Tamil',
  'Telugu',
  'Thaana',
  'Thai',
  'Tibetan',
  'Tifinagh',
  'Yi',
] as const;

/** Writing systems that use several scripts together and count as one (UTS #39 section 5.1): Japanese, Korean, Chinese. */
const TOGETHER: readonly (readonly string[])[] = [
  ['Han', 'Hiragana', 'Katakana'],
  ['Han', 'Hangul'],
  ['Han', 'Bopomofo'],
];

/** One pattern for each writing system: it matches a text that can be written in it alone. */
const WRITING_SYSTEMS = [...SCRIPTS.map((script) => [script]), ...TOGETHER].map(
  (scripts) =>
    new RegExp(`^[${['Common', 'Inherited', ...scripts].map((script) => `\\p{scx=${script}}`).join('')}]*$`, 'u'),
);

const NAMED = new RegExp(`[${[...SCRIPTS, ...TOGETHER.flat()].map((script) => `\\p{scx=${script}}`).join('')}]`, 'u');

/**
 * Whether a label mixes scripts in the sense of UTS #39 section 5.1, by script extensions: no writing system has all of
 * its characters. `аррӏе` is wholly Cyrillic, `pаypal` with one Cyrillic letter mixes.
 */
export function mixesScripts(label: string): boolean {
  return NAMED.test(label) && !WRITING_SYSTEMS.some((system) => system.test(label));
}
