import { Compile } from 'typebox/compile';
import { DomainRequestSchema, SCOPE_PATTERN, type DomainRequest } from '../schema/request.ts';
import { BadLine } from './body.ts';
import { Problem } from './problems.ts';

const checker = Compile(DomainRequestSchema);

/** Reads one item of a request; a problem says which field is wrong, what it is and what it must be. */
export function readItem(item: unknown): DomainRequest | Problem {
  if (checker.Check(item)) return item;
  if (item instanceof BadLine) return new Problem('bad-item', item.reason);
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return new Problem('bad-item', 'An item must be a JSON object such as {"name": "example.com"}.');
  }
  const fields = item as Record<string, unknown>;
  const [error] = checker.Errors(item);
  const field = error?.instancePath.split('/')[1] ?? 'name';
  return new Problem('bad-item', `${field}: ${requirementOf(field)}; it is ${shown(fields[field])}.`);
}

/** Whether an item that was read can be asked. */
export const isRequest = (read: DomainRequest | Problem): read is DomainRequest => !(read instanceof Problem);

function requirementOf(field: string): string {
  if (field === 'name') return 'must be text, the domain name';
  if (field === 'at') return 'must be an ISO 8601 time, or seconds or milliseconds since the epoch';
  if (field === 'scope') return `must match ${SCOPE_PATTERN}`;
  return 'must be text of at most 4096 characters';
}

/** A value as a message shows it: cut, and never a control character. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
