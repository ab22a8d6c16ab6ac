import { parseDomainWhois } from 'whoiser/src/parsers.js';
import { foldLabel, meaningOf, type LabelFact } from './whois-labels.ts';

/** Values by fact, as whoiser's label parser has them. */
export type SecondOpinion = ReadonlyMap<LabelFact, readonly string[]>;

/**
 * Reads an answer with whoiser's parser, which knows special layouts of a few registries (uk, be, nl, eu, it, fr, tr,
 * jp). It indexes a plain object by label and crashes on `constructor:` and `__proto__:`, so such lines are taken out;
 * what it throws all the same means no opinion. The text is already bounded by the caller.
 */
export function secondOpinion(domain: string, text: string): SecondOpinion {
  const opinion = new Map<LabelFact, readonly string[]>();
  try {
    for (const [label, value] of Object.entries(parseDomainWhois(domain, safeLines(text), true))) {
      const meaning = label === 'text' ? undefined : meaningOf(foldLabel(label));
      if (meaning === undefined || opinion.has(meaning.fact)) continue;
      const values = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string' && item !== '');
      if (values.length > 0) opinion.set(meaning.fact, values);
    }
  } catch {
    return new Map();
  }
  return opinion;
}

/** Lines whose label is not a member of every JavaScript object. */
function safeLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => !(line.slice(0, line.indexOf(':')).trim() in Object.prototype))
    .join('\n');
}
