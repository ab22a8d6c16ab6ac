import type { Lookalike } from '../schema/answer.ts';
import { nameAsciiForm, type LabelForms } from './ascii-form.ts';
import { registeredLabel } from './measured-text.ts';
import { readName, type DomainName } from './name.ts';
import { mixesScripts } from './scripts.ts';
import type { SuffixList } from './suffix-list.ts';

export type LookalikeKind = NonNullable<Lookalike['kind']>;

/** A ranked domain that others may imitate. */
interface Target {
  readonly domain: string;
  readonly label: string;
  readonly rank: number;
}

/** The ranked domains to be protected, by the folded form of their label. */
export type LookalikeIndex = ReadonlyMap<string, readonly Target[]>;

/** Shorter labels have too many neighbours to be imitated: one of three letters is one slip from hundreds of others. */
const LEAST_LENGTH = 4;
/** A whole label under another TLD, or in other letters, is no slip. */
const LEAST_LENGTH_WHOLE = 3;

/**
 * Makes the index of the best-ranked domains. Hosts in the list that are no registered domains (`docs.google.com`) and
 * internationalised domains are left out.
 */
export function lookalikeIndex(
  ranked: Iterable<{ readonly domain: string; readonly rank: number }>,
  suffixes: SuffixList,
): LookalikeIndex {
  const index = new Map<string, Target[]>();
  for (const { domain, rank } of ranked) {
    const name = readName(domain, suffixes, NO_ZONES);
    if (name.kind !== 'domain' || name.domain !== domain || name.isSuffix) continue;
    const label = registeredLabel(name);
    if (label.length < LEAST_LENGTH_WHOLE || label.startsWith('xn--')) continue;
    const key = folded(label);
    index.set(key, [...(index.get(key) ?? []), { domain, label, rank }]);
  }
  for (const targets of index.values()) targets.sort((a, b) => a.rank - b.rank);
  return index;
}

const NO_ZONES: ReadonlySet<string> = new Set();

/** What a domain imitates, the plainest kind first, then the best rank; undefined when nothing. */
export function imitated(
  name: DomainName,
  index: LookalikeIndex,
  forms: LabelForms,
): Required<Pick<Lookalike, 'of' | 'rank' | 'kind'>> | undefined {
  if (name.isSuffix) return undefined;
  const label = registeredLabel(name);
  const { text, looksAscii } = forms(label);
  if (!looksAscii || text === '') return undefined;
  let best: { readonly target: Target; readonly kind: LookalikeKind } | undefined;
  for (const target of index.get(folded(text)) ?? []) {
    if (target.domain === name.domain) return undefined;
    const kind = text === label ? kindOfImitation(text, target.label) : inOtherLetters(text, target.label);
    if (kind === undefined || (best !== undefined && ORDER.indexOf(kind) >= ORDER.indexOf(best.kind))) continue;
    best = { target, kind };
  }
  return best && { of: best.target.domain, rank: best.target.rank, kind: best.kind };
}

const ORDER: readonly LookalikeKind[] = ['skeleton', 'digits', 'hyphen', 'tld'];

/** ASCII form of an internationalised domain, and whether a label of the name mixes scripts; empty for other names. */
export function internationalForm(name: DomainName, forms: LabelForms): Pick<Lookalike, 'ascii' | 'mixed_script'> {
  if (!name.name.includes('xn--')) return {};
  const ascii = nameAsciiForm(name.domain, forms);
  return {
    ...(ascii === name.domain ? {} : { ascii }),
    mixed_script: name.name.split('.').some((label) => mixesScripts(forms(label).unicode)),
  };
}

/** A label that is spelt with letters of other scripts or with accents imitates by its skeleton, whatever else it does. */
function inOtherLetters(text: string, target: string): LookalikeKind | undefined {
  return text === target || kindOfImitation(text, target) !== undefined ? 'skeleton' : undefined;
}

/** How an ASCII label imitates another of the same folded form: `rn` for `m` and `vv` for `w`, digits, hyphens. */
function kindOfImitation(label: string, target: string): LookalikeKind | undefined {
  if (label === target) return 'tld';
  if (target.length < LEAST_LENGTH) return undefined;
  let digits = false;
  let hyphens = false;
  let i = 0;
  let j = 0;
  while (i < label.length || j < target.length) {
    const a = label.charAt(i);
    const b = target.charAt(j);
    const pairs = a === b ? 0 : twoForOne(label, i, b) ? 1 : twoForOne(target, j, a) ? 2 : 0;
    if (a === '-' && b !== '-') j--;
    else if (b === '-' && a !== '-') i--;
    else if (pairs === 0 && a !== b && !isDigitFor(a, b) && !isDigitFor(b, a)) return undefined;
    hyphens ||= (a === '-') !== (b === '-');
    digits ||= isDigitFor(a, b) || isDigitFor(b, a);
    i += pairs === 1 ? 2 : 1;
    j += pairs === 2 ? 2 : 1;
  }
  return digits ? 'digits' : hyphens ? 'hyphen' : 'skeleton';
}

/** Two letters that look like one when set close. */
const TWO_FOR_ONE: ReadonlyMap<string, string> = new Map([
  ['m', 'rn'],
  ['w', 'vv'],
]);

function twoForOne(text: string, at: number, letter: string): boolean {
  const two = TWO_FOR_ONE.get(letter);
  return two !== undefined && text.startsWith(two, at);
}

/** Letters that a digit is written for. */
const LETTERS_OF_DIGITS: ReadonlyMap<string, string> = new Map([
  ['0', 'o'],
  ['1', 'li'],
  ['2', 'z'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['6', 'g'],
  ['7', 't'],
  ['8', 'b'],
  ['9', 'g'],
]);

function isDigitFor(digit: string, letter: string): boolean {
  return letter !== '' && (LETTERS_OF_DIGITS.get(digit)?.includes(letter) ?? false);
}

/** One form for all spellings that may imitate each other; what really differs is decided on the spellings themselves. */
function folded(label: string): string {
  return label
    .replaceAll(/[-0-9i]/g, (character) =>
      character === '-' ? '' : character === 'i' ? 'l' : (LETTERS_OF_DIGITS.get(character)?.charAt(0) ?? ''),
    )
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}
