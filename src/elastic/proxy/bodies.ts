import { PassThrough, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { bulkReader, readObject, type BulkOperation } from './bulk-operations.ts';
import type { EnrichDocuments } from './enrich-in-time.ts';
import { holdsName, readOperation, readUpdateBody, type MakeId, type PassingDocument } from './operation-documents.ts';

/** A body that cannot be taken: what to answer. */
export class BodyProblem extends Error {
  override name = 'BodyProblem';
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

/** Operations that are enriched together: a turn of the event loop of some milliseconds, and one commit. */
const OPERATIONS_PER_SLICE = 250;
/** A slice is closed earlier when it holds so many bytes. */
const BYTES_PER_SLICE = 1024 ** 2;

/**
 * A request's body, unpacked. It stands between the request and whoever reads the body, because an engine may answer
 * before the end: `stop` ends the reading, while the request itself is read to its end for the next one to follow it.
 */
export function takeBody(request: Readable, encoding: string | undefined): { body: Readable; stop: () => void } {
  const body = encoding === 'gzip' ? createGunzip() : new PassThrough();
  request.once('error', (error) => body.destroy(error));
  // Whoever reads is told; without a reader an error is nobody's.
  body.on('error', () => undefined);
  request.pipe(body);
  const stop = () => {
    request.unpipe(body);
    body.destroy();
    request.resume();
  };
  return { body, stop };
}

/** A body piece by piece. Throws {@link BodyProblem} when it is larger than `limit` or no gzip. */
async function* limited(body: Readable, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) {
        throw new BodyProblem(413, `The body is larger than ${String(limit)} bytes (bulk_limit): send less at once.`);
      }
      yield chunk;
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw code.startsWith('Z_') ? new BodyProblem(400, 'The body is not the gzip that content-encoding says.') : error;
  }
}

/** What it takes to enrich a body. */
export interface BodyWork {
  readonly limit: number;
  readonly fields: readonly string[];
  readonly enrich: EnrichDocuments;
}

/** A bulk body with its documents enriched, slice by slice: no more of it is in memory at a time. */
export const enrichedBulk = (body: Readable, makeId: MakeId, work: BodyWork): Readable =>
  Readable.from(enrichedSlices(body, makeId, work), { objectMode: false, highWaterMark: BYTES_PER_SLICE });

async function* enrichedSlices(body: Readable, makeId: MakeId, work: BodyWork): AsyncGenerator<Buffer> {
  const reader = bulkReader();
  let slice: BulkOperation[] = [];
  let bytes = 0;
  for await (const chunk of limited(body, work.limit)) {
    for (const operation of reader.push(chunk)) {
      slice.push(operation);
      bytes += operation.action.length + (operation.source?.length ?? 0);
      if (slice.length < OPERATIONS_PER_SLICE && bytes < BYTES_PER_SLICE) continue;
      yield await enrichedSlice(slice, makeId, work);
      slice = [];
      bytes = 0;
    }
  }
  slice.push(...reader.end());
  if (slice.length > 0) yield await enrichedSlice(slice, makeId, work);
}

async function enrichedSlice(slice: readonly BulkOperation[], makeId: MakeId, work: BodyWork): Promise<Buffer> {
  const operations = slice.map((operation) => readOperation(operation, work.fields, makeId));
  const texts = await work.enrich(operations.flatMap(({ documents }) => documents));
  let next = 0;
  return Buffer.concat(operations.map((each) => each.write(texts.slice(next, (next += each.documents.length)))));
}

/** The body of a single document's request, enriched; as it was sent when it is none. */
export async function enrichedDocument(
  body: Readable,
  { isUpdate, id }: { readonly isUpdate: boolean; readonly id?: string },
  work: BodyWork,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of limited(body, work.limit)) chunks.push(chunk);
  const sent = Buffer.concat(chunks);
  const read = readObject(sent);
  if (read === undefined) return sent;
  const { object: source } = read;
  const text = read.text.trim();
  if (isUpdate) {
    const { documents, write } = readUpdateBody(source, text, id, work.fields);
    return documents.length === 0 ? sent : Buffer.from(write(await work.enrich(documents)));
  }
  if (!holdsName(source, work.fields)) return sent;
  const document: PassingDocument = { source, text, ...(id === undefined ? {} : { id }) };
  const [enriched] = await work.enrich([document]);
  return enriched === undefined ? sent : Buffer.from(enriched);
}
