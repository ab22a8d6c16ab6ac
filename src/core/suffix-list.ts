import { labelToAscii } from './idna.ts';

/** Kinds of rule a candidate can have, once per section; several may hold at the same time. */
const ICANN_PLAIN = 1;
const ICANN_WILDCARD = 2;
const ICANN_EXCEPTION = 4;
const PRIVATE_PLAIN = 8;
const PRIVATE_WILDCARD = 16;
const PRIVATE_EXCEPTION = 32;
const ANY_ICANN = ICANN_PLAIN | ICANN_WILDCARD | ICANN_EXCEPTION;
const ANY_EXCEPTION = ICANN_EXCEPTION | PRIVATE_EXCEPTION;

/** Rules as look-ups need them: the flags of a rule by its text, undefined when there is no such rule. */
export interface SuffixRules {
  get(rule: string): number | undefined;
}

/** A Public Suffix List ready for look-ups. Rules are keyed by their A-labels without `*.` and `!`. */
export interface SuffixList {
  /** As the file names it, e.g. `2026-10-22_08-36-41_UTC`. */
  readonly version: string;
  /** 32 bits that stand for the rules in stored contacts. */
  readonly id: number;
  readonly rules: ReadonlyMap<string, number>;
}

/** Where the suffixes of a name begin, as offsets into the name. */
export interface SuffixMatch {
  /** Longest suffix over both sections. */
  readonly start: number;
  /** Longest suffix of the ICANN section alone. */
  readonly icannStart: number;
  /** Whether any rule of the ICANN section matched; false for an unlisted TLD (the implicit rule `*`). */
  readonly listed: boolean;
}

/** What keeps a text from being a Public Suffix List. */
export class SuffixListError extends Error {
  override name = 'SuffixListError';
}

/**
 * Reads the file format of publicsuffix.org/list: a rule ends at the first white space, `//` begins a comment, two
 * marked sections. Throws {@link SuffixListError} when the text has no rules of the ICANN section.
 */
export function readSuffixList(text: string): SuffixList {
  const rules = new Map<string, number>();
  let section: 'none' | 'icann' | 'private' = 'none';
  let version = '';
  for (const line of text.split('\n')) {
    const rule = /^\S*/.exec(line)?.[0] ?? '';
    if (rule === '') continue;
    if (rule.startsWith('//')) {
      if (line.includes('===BEGIN ICANN')) section = 'icann';
      else if (line.includes('===BEGIN PRIVATE')) section = 'private';
      else if (line.includes('===END')) section = 'none';
      else if (version === '') version = /^\/\/ VERSION: (\S+)/.exec(line)?.[1] ?? '';
      continue;
    }
    if (section !== 'none') addRule(rules, rule, section);
  }
  return suffixListOf(rules, version);
}

/** A list with private rules added, e.g. an operator's own; the id tells it from the list it was made of. */
export function withPrivateRules(list: SuffixList, extra: readonly string[]): SuffixList {
  const rules = new Map(list.rules);
  for (const rule of extra) addRule(rules, rule, 'private');
  return suffixListOf(rules, `${list.version}+${String(extra.length)}`);
}

function suffixListOf(rules: Map<string, number>, version: string): SuffixList {
  let icann = 0;
  for (const flags of rules.values()) if ((flags & ANY_ICANN) !== 0) icann++;
  if (icann === 0) {
    throw new SuffixListError(
      'no rules of the ICANN section: this is not a Public Suffix List (publicsuffix.org/list)',
    );
  }
  const id = fingerprint(rules);
  return { version: version === '' ? id.toString(16).padStart(8, '0') : version, id, rules };
}

function addRule(rules: Map<string, number>, rule: string, section: 'icann' | 'private'): void {
  const icann = section === 'icann';
  let text = rule;
  let flag = icann ? ICANN_PLAIN : PRIVATE_PLAIN;
  if (rule.startsWith('!')) {
    text = rule.slice(1);
    flag = icann ? ICANN_EXCEPTION : PRIVATE_EXCEPTION;
  } else if (rule.startsWith('*.')) {
    text = rule.slice(2);
    flag = icann ? ICANN_WILDCARD : PRIVATE_WILDCARD;
  }
  const key = text.split('.').map(labelToAscii).join('.');
  if (key === '') return;
  rules.set(key, (rules.get(key) ?? 0) | flag);
}

/** FNV-1a over the rules, whatever their order in the file. */
function fingerprint(rules: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [rule, flags] of rules) {
    let hash = 0x811c9dc5 ^ flags;
    for (let i = 0; i < rule.length; i++) hash = Math.imul(hash ^ rule.charCodeAt(i), 0x01000193);
    sum = (sum + hash) >>> 0;
  }
  return sum;
}

/**
 * Finds the public suffixes of a name of A-labels (no empty label) by the algorithm of publicsuffix.org/list, walking
 * from the right; the longest match wins because the walk only grows. A wildcard's parent counts as a suffix itself
 * (`kobe.jp` for `*.kobe.jp`), as browsers have it (publicsuffix/list#1989).
 */
export function matchSuffix(rules: SuffixRules, name: string): SuffixMatch {
  let start = -1;
  let icannStart = -1;
  let end = name.length;
  for (let dot = name.lastIndexOf('.'); ;) {
    const candidateStart = dot + 1;
    const flags = rules.get(candidateStart === 0 ? name : name.slice(candidateStart));
    if (flags !== undefined) {
      if ((flags & ANY_EXCEPTION) !== 0) {
        // An exception beats everything: the suffix is the candidate without its leftmost label.
        start = end + 1;
        if ((flags & ICANN_EXCEPTION) !== 0) icannStart = start;
        break;
      }
      const wider = candidateStart === 0 ? 0 : name.lastIndexOf('.', candidateStart - 2) + 1;
      if ((flags & (ICANN_WILDCARD | PRIVATE_WILDCARD)) !== 0) {
        start = wider;
        if ((flags & ICANN_WILDCARD) !== 0) icannStart = wider;
        else if ((flags & ICANN_PLAIN) !== 0) icannStart = candidateStart;
      } else {
        start = candidateStart;
        if ((flags & ICANN_PLAIN) !== 0) icannStart = candidateStart;
      }
    }
    if (candidateStart === 0) break;
    end = dot;
    dot = name.lastIndexOf('.', dot - 1);
  }
  const lastLabel = name.lastIndexOf('.') + 1;
  return {
    start: start === -1 ? lastLabel : start,
    icannStart: icannStart === -1 ? lastLabel : icannStart,
    listed: icannStart !== -1,
  };
}
