import { SuffixListError, type SuffixList } from './suffix-list.ts';

/** First line of the compiled form. Another layout gets another word. */
const HEAD = 'domain-stats suffix rules 1';

/**
 * A suffix list in compiled form: version and id, then a rule a line, each with its flags. Reading it takes a few
 * milliseconds; the published file takes a hundred and more, nearly all of it IDNA, which a serving process must not spend.
 */
export function suffixListText({ version, id, rules }: SuffixList): string {
  return [HEAD, version, String(id), ...[...rules].map(([rule, flags]) => `${String(flags)} ${rule}`), ''].join('\n');
}

/** Reads the compiled form; throws {@link SuffixListError} when it is none, or cut off. */
export function readSuffixListText(text: string): SuffixList {
  const [head, version, id, ...lines] = text.split('\n');
  if (head !== HEAD || version === undefined || lines.pop() !== '') {
    throw new SuffixListError('not a compiled suffix list, or cut off');
  }
  const rules = new Map<string, number>();
  for (const line of lines) {
    const space = line.indexOf(' ');
    rules.set(line.slice(space + 1), Number(line.slice(0, space)));
  }
  return { version, id: Number(id), rules };
}
