import { arrayItemTexts } from '../core/json-text.ts';
import { Refusal } from './problems.ts';

/** A request body in one of its three forms; the answer comes back in the same one. */
export type Body =
  | { readonly form: 'one'; readonly item: unknown }
  | { readonly form: 'array'; readonly items: readonly unknown[] }
  | { readonly form: 'lines'; readonly items: readonly unknown[] };

/** Stands among the items for a line of NDJSON that is no JSON: it does not refuse the others. */
export class BadLine {
  readonly reason: string;

  constructor(line: number, reason: string) {
    this.reason = `line ${String(line)} is not JSON: ${reason}`;
  }
}

/**
 * Reads a JSON object, a JSON array or NDJSON, whatever the content type says; a content type of NDJSON decides only
 * for a body of one line. Throws {@link Refusal} for a body that is none of them.
 */
export function readBody(text: string | undefined, contentType: string | undefined): Body {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') throw new Refusal('bad-body', 'The body is empty; send a JSON object, a JSON array or NDJSON.');
  if (/\bndjson\b|\bjsonl\b|json-seq/.test(contentType ?? '')) return { form: 'lines', items: readLines(trimmed) };
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    const items = trimmed.includes('\n') ? readLines(trimmed) : [];
    if (items.some((item) => !(item instanceof BadLine))) return { form: 'lines', items };
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal('bad-body', `The body is neither JSON nor NDJSON: ${reason}.`);
  }
  return Array.isArray(value) ? { form: 'array', items: value } : { form: 'one', item: value };
}

function readLines(text: string): unknown[] {
  const items: unknown[] = [];
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    if (content.trim() === '') continue;
    try {
      items.push(JSON.parse(content));
    } catch (error) {
      items.push(new BadLine(line, error instanceof Error ? error.message : String(error)));
    }
  }
  return items;
}

/** The items of a body that {@link readBody} has read, as they stand in its text. */
export function itemTexts(text: string, form: Body['form']): string[] {
  if (form === 'array') return arrayItemTexts(text);
  if (form === 'one') return [text.trim()];
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
