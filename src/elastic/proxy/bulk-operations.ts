import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject } from '../engine.ts';

/** One operation of a bulk body, its lines as they were sent, newlines included. */
export interface BulkOperation {
  /** `other`: a line that is no action; the engine is left to say so. */
  readonly kind: 'index' | 'create' | 'update' | 'delete' | 'other';
  /** What the action says of its document: `_id`, `_index` and so on. */
  readonly meta: JsonObject;
  readonly action: Buffer;
  /** Absent for a deletion, and where the body ends too early. */
  readonly source?: Buffer;
}

/** Takes a bulk body apart as it arrives. */
export interface BulkReader {
  /** The operations that are whole with this chunk. */
  push(chunk: Buffer): BulkOperation[];
  /** What is left when the body has ended. */
  end(): BulkOperation[];
}

const NEWLINE = 0x0a;

export function bulkReader(): BulkReader {
  /** Pieces of a line whose end has not come yet. */
  let begun: Buffer[] = [];
  /** An action that waits for its source. */
  let open: BulkOperation | undefined;
  /** After a line that is no action nobody can tell actions from sources: the rest goes as it stands. */
  let lost = false;

  function take(line: Buffer): BulkOperation | undefined {
    if (open !== undefined) {
      const whole = { ...open, source: line };
      open = undefined;
      return whole;
    }
    if (lost || isBlank(line)) return other(line);
    const action = readAction(line);
    lost = action === undefined;
    if (action === undefined || action.kind === 'delete') return action ?? other(line);
    open = action;
    return undefined;
  }

  return {
    push(chunk) {
      const operations: BulkOperation[] = [];
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const piece = chunk.subarray(start, end + 1);
        const operation = take(begun.length === 0 ? piece : Buffer.concat([...begun, piece]));
        if (operation !== undefined) operations.push(operation);
        begun = [];
        start = end + 1;
      }
      if (start < chunk.length) begun.push(chunk.subarray(start));
      return operations;
    },
    end() {
      const last = begun.length === 0 ? undefined : take(Buffer.concat(begun));
      return [last, open].filter((operation) => operation !== undefined);
    },
  };
}

const other = (line: Buffer): BulkOperation => ({ kind: 'other', meta: {}, action: line });

const isBlank = (line: Buffer): boolean => line.length < 3 && line.toString('latin1').trim() === '';

function readAction(line: Buffer): BulkOperation | undefined {
  const [entry, ...more] = Object.entries(readObject(line)?.object ?? {});
  if (entry === undefined || more.length > 0) return undefined;
  const [kind, meta] = entry;
  if (kind !== 'index' && kind !== 'create' && kind !== 'update' && kind !== 'delete') return undefined;
  return isObject(meta) ? { kind, meta, action: line } : undefined;
}

/** A line as a JSON object and as text; undefined when it is none, or no UTF-8, which must come to the engine as it is. */
export function readObject(line: Buffer): { readonly object: JsonObject; readonly text: string } | undefined {
  if (!isUtf8(line)) return undefined;
  const text = line.toString();
  try {
    const object: unknown = JSON.parse(text);
    return isObject(object) ? { object, text } : undefined;
  } catch {
    return undefined;
  }
}

/** The action's line with an `_id`; the rest stands as it was sent. */
export function withId(action: Buffer, id: string): Buffer {
  const text = action.toString();
  // The first brace is the line's, the second that of what the action says; no key before it can hold one.
  const inner = text.indexOf('{', text.indexOf('{') + 1) + 1;
  const comma = /^\s*\}/.test(text.slice(inner)) ? '' : ',';
  return Buffer.from(`${text.slice(0, inner)}"_id":${JSON.stringify(id)}${comma}${text.slice(inner)}`);
}
