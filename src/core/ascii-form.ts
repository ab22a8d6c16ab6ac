import anyAscii from 'any-ascii';
import { nameToUnicode } from './idna.ts';

/** The file format of the embedded map: for each ASCII text the characters that look like it. */
export interface LookalikeLettersFile {
  readonly unicode: string;
  readonly letters: Readonly<Record<string, string>>;
}

/** What each non-ASCII character looks like, in ASCII. */
export type LookalikeLetters = ReadonlyMap<string, string>;

/**
 * Letters that Unicode's confusables (which go by the shapes of a font, capitals included) do not lead to ASCII, but
 * that stand in for a Latin letter: lower-case forms whose capitals are drawn as Latin ones (`к` of `К`), small
 * capitals, and `ß` as it is read.
 */
const SUPPLEMENT: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['ł', 'l'],
  ['ø', 'o'],
  ['ƅ', 'b'],
  ['ʟ', 'l'],
  ['в', 'b'],
  ['ь', 'b'],
  ['к', 'k'],
  ['м', 'm'],
  ['н', 'h'],
  ['т', 't'],
  ['ĸ', 'k'],
  ['κ', 'k'],
  ['τ', 't'],
  ['χ', 'x'],
  ['ω', 'w'],
  ['ʙ', 'b'],
  ['ɢ', 'g'],
  ['ʜ', 'h'],
  ['ᴊ', 'j'],
  ['ᴋ', 'k'],
  ['ᴍ', 'm'],
  ['ɴ', 'n'],
  ['ᴘ', 'p'],
  ['ʀ', 'r'],
  ['ᴛ', 't'],
  ['ð', 'd'],
];

/** Makes the map: the file's letters, then the supplement, which never overrides the file. */
export function lookalikeLetters(file: LookalikeLettersFile): LookalikeLetters {
  const map = new Map<string, string>();
  for (const [target, letters] of Object.entries(file.letters)) for (const letter of letters) map.set(letter, target);
  for (const [letter, target] of SUPPLEMENT) if (!map.has(letter)) map.set(letter, target);
  return map;
}

/** A label in ASCII, and how it came to be so. */
export interface AsciiForm {
  /** The label in its own script. */
  readonly unicode: string;
  /** Empty when nothing of the label can be told in ASCII. */
  readonly text: string;
  /** Whether every character looks like ASCII; otherwise the label is a word of another script, transliterated. */
  readonly looksAscii: boolean;
}

/**
 * A label as a reader sees it in ASCII. Each character is itself, or what it looks like, or that of its base letter
 * without accents. Confusables of ASCII itself (`1` for `l`) are not applied here: they serve to compare two names. A
 * label with a letter that looks like none of ASCII (`президент`) is a word, not an imitation: it is transliterated as
 * a whole, for display only.
 */
export function labelAsciiForm(label: string, letters: LookalikeLetters): AsciiForm {
  if (!label.startsWith('xn--')) return { unicode: label, text: label, looksAscii: true };
  const unicode = nameToUnicode(label);
  if (unicode === label) return { unicode, text: label, looksAscii: false };
  const mapped = unicode.normalize('NFKC').toLowerCase();
  let text = '';
  for (const character of mapped) {
    const form = characterForm(character, letters);
    if (form === undefined) return { unicode, text: transliterated(mapped), looksAscii: false };
    text += form;
  }
  return { unicode, text, looksAscii: true };
}

/** Forms of the labels of one name; decoding is dear, so that each A-label is decoded once. */
export type LabelForms = (label: string) => AsciiForm;

export function labelForms(letters: LookalikeLetters): LabelForms {
  const known = new Map<string, AsciiForm>();
  return (label) => {
    const form = known.get(label) ?? labelAsciiForm(label, letters);
    if (label.startsWith('xn--')) known.set(label, form);
    return form;
  };
}

/** A name in ASCII, label by label; a label that has no ASCII form stays as it is. */
export function nameAsciiForm(name: string, forms: LabelForms): string {
  if (!name.includes('xn--')) return name;
  return name
    .split('.')
    .map((label) => {
      const { text } = forms(label);
      return text === '' ? label : text;
    })
    .join('.');
}

const PLAIN = /^[a-z0-9-]+$/;
const MARKS = /\p{M}/gu;

function characterForm(character: string, letters: LookalikeLetters): string | undefined {
  if (character < '\u0080') return PLAIN.test(character) ? character : undefined;
  const direct = letters.get(character);
  if (direct !== undefined) return direct;
  let form = '';
  for (const part of character.normalize('NFKD').replaceAll(MARKS, '')) {
    const found = PLAIN.test(part) ? part : letters.get(part);
    if (found === undefined) return undefined;
    form += found;
  }
  // A lone mark (`ö` written with a separate diaeresis that NFKC could not join) is a part of the letter before it.
  return form;
}

/** any-ascii's transliteration in the letters of host names. */
function transliterated(text: string): string {
  return anyAscii(text)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '');
}
