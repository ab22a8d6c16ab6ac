import { hash } from 'node:crypto';
import { fieldTexts } from '../../core/event-field.ts';
import { memberText, withoutMembers } from '../../core/json-text.ts';
import { isObject, type JsonObject } from '../engine.ts';
import { readObject, withId, type BulkOperation } from './bulk-operations.ts';

/** A document on its way to the engine. */
export interface PassingDocument {
  readonly source: JsonObject;
  /** The source as it was sent. */
  readonly text: string;
  /** The engine's id of it; undefined when the engine will give it one. */
  readonly id?: string;
}

/** An operation with the documents in it that hold a name. */
export interface ReadOperation {
  readonly documents: readonly PassingDocument[];
  /** The operation's lines with these texts in place of the documents'. */
  write(texts: readonly string[]): Buffer;
}

/**
 * Makes ids for documents that have none, from the operation and its source as text; one for each request, since it
 * tells equal documents in it apart.
 */
export type MakeId = (operation: BulkOperation, text: string) => string | undefined;

/** 15 bytes are 20 letters, as long as the ids that the engines make. */
const ID_BYTES = 15;

/**
 * Ids from index and content: a request that is sent again brings the same ids, so nothing is stored twice and a first
 * contact is recognised. Documents that are equal to the last letter are told apart within one request only.
 */
export function contentIds(index: string): MakeId {
  const seen = new Map<string, number>();
  const idOf = (text: string) => hash('sha256', text, 'buffer').toString('base64url', 0, ID_BYTES);
  return ({ kind, meta }, source) => {
    if ((kind !== 'index' && kind !== 'create') || meta['_id'] !== undefined) return undefined;
    const named = meta['_index'];
    const id = idOf(`${typeof named === 'string' ? named : index}\n${source.trimEnd()}`);
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return before === 0 ? id : idOf(`${id}\n${String(before)}`);
  };
}

/** Members of an update's body that are documents. */
const UPDATE_MEMBERS = ['doc', 'upsert'] as const;

/** Finds the documents with names of an operation. Only these are touched, and only these get an id. */
export function readOperation(operation: BulkOperation, fields: readonly string[], makeId: MakeId): ReadOperation {
  const { kind, action, source } = operation;
  const unread: ReadOperation = { documents: [], write: () => joined(action, source) };
  if (source === undefined || kind === 'other' || kind === 'delete') return unread;
  const read = readObject(source);
  if (read === undefined) return unread;
  const { object: body } = read;
  if (kind === 'update') {
    const { documents, write } = readUpdateBody(body, read.text.trim(), idOf(operation.meta), fields);
    return { documents, write: (texts) => joined(action, texts.length === 0 ? source : line(write(texts))) };
  }
  if (!holdsName(body, fields)) return unread;
  const made = makeId(operation, read.text);
  const id = made ?? idOf(operation.meta);
  const document = { source: body, text: read.text.trim(), ...(id === undefined ? {} : { id }) };
  return {
    documents: [document],
    write: ([text = document.text]) => joined(made === undefined ? action : withId(action, made), line(text)),
  };
}

/** The documents with names in the body of an update, and how the body is written with others in their place. */
export function readUpdateBody(body: JsonObject, text: string, id: string | undefined, fields: readonly string[]) {
  const keys = UPDATE_MEMBERS.filter((key) => {
    const member = body[key];
    return isObject(member) && holdsName(member, fields);
  });
  const documents = keys.map((key): PassingDocument => {
    const member = body[key];
    return {
      source: isObject(member) ? member : {},
      text: memberText(text, key) ?? '{}',
      ...(id === undefined ? {} : { id }),
    };
  });
  const write = (texts: readonly string[]): string => {
    const rest = withoutMembers(text, (key) => keys.some((each) => each === key)).slice(1, -1);
    const members = keys.map((key, index) => `${JSON.stringify(key)}:${texts[index] ?? '{}'}`);
    return `{${[...(rest.trim() === '' ? [] : [rest]), ...members].join(',')}}`;
  };
  return { documents, write };
}

export const holdsName = (source: JsonObject, fields: readonly string[]): boolean =>
  fields.some((field) => fieldTexts(source, field).length > 0);

const idOf = ({ _id: id }: JsonObject): string | undefined =>
  typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;

const line = (text: string): Buffer => Buffer.from(`${text}\n`);
const joined = (action: Buffer, source: Buffer | undefined): Buffer =>
  source === undefined ? action : Buffer.concat([action, source]);
