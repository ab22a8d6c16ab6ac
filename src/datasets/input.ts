import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { DataSetError, INPUT_PREFIX } from './generations.ts';
import { checked, findZipEntry } from './zip-entry.ts';

/** How an input is read. */
export interface InputOptions {
  /** Where a zip from standard input is kept while it is read, for its directory is at its end; without one it is refused. */
  readonly spoolFolder?: string;
  /** What messages call it; else the file's name. */
  readonly shownAs?: string;
  /** Told how many bytes of the input as it came have been read. */
  readonly onRead?: (bytes: number) => void;
  /** Most bytes after unpacking: an archive of a few megabytes can hold terabytes. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 4 * 1024 ** 3;
const CHUNK = 256 * 1024;
const MAX_LINE = 1024 * 1024;

/** Bytes of a file, `-` for standard input, unpacked by what it is (gzip, zip) and not by its name. */
export async function* unpackedInput(file: string, options: InputOptions): AsyncGenerator<Buffer> {
  const { maxBytes = MAX_BYTES, shownAs = file === '-' ? 'standard input' : file } = options;
  try {
    yield* limited(file === '-' ? fromStandardInput(options) : fromFile(file, options), maxBytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof DataSetError && reason.startsWith(file)) throw cause;
    throw new DataSetError(`${shownAs}: ${reason}${HINTS.get(codeOf(cause)) ?? ''}`, { cause });
  }
}

/** Unpacks gzip, up to a limit. */
export const gunzipped = (bytes: AsyncIterable<Buffer>, maxBytes = MAX_BYTES): AsyncIterable<Buffer> =>
  limited(unzipped(bytes), maxBytes);

async function* limited(bytes: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > maxBytes) throw new DataSetError(`more than ${String(maxBytes)} bytes unpacked.`);
    yield chunk;
  }
}

const HINTS: ReadonlyMap<unknown, string> = new Map([
  ['Z_BUF_ERROR', ' (it is cut off: get it again)'],
  ['Z_DATA_ERROR', ' (it is damaged: get it again)'],
]);

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException | undefined)?.code;

/** Size of an input as it comes; undefined for standard input. */
export const inputSize = async (file: string): Promise<number | undefined> =>
  file === '-' ? undefined : (await stat(file)).size;

type Packing = 'none' | 'gzip' | 'zip';

function packingOf(head: Buffer): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head.length >= 4 && head.readUInt32BE() === 0x504b0304 ? 'zip' : 'none';
}

async function* fromFile(file: string, { onRead }: InputOptions): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  const head = Buffer.alloc(4);
  const { bytesRead } = await handle.read(head, 0, 4, 0);
  await handle.close();
  const packing = packingOf(head.subarray(0, bytesRead));
  const entry = packing === 'zip' ? await findZipEntry(file) : undefined;
  const range = entry === undefined ? {} : { start: entry.start, end: Math.max(entry.start, entry.end - 1) };
  const source = counted(buffers(createReadStream(file, { highWaterMark: CHUNK, ...range })), onRead);
  if (entry !== undefined) yield* checked(entry.isDeflated ? inflated(source) : source, entry, file);
  else yield* packing === 'gzip' ? unzipped(source) : source;
}

async function* fromStandardInput({ spoolFolder, onRead }: InputOptions): AsyncGenerator<Buffer> {
  const chunks = counted(buffers(process.stdin), onRead)[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const source = continued(head, chunks);
  const packing = packingOf(head);
  if (packing === 'zip') {
    if (spoolFolder === undefined) throw new DataSetError('a zip cannot be read from there; give its file name.');
    const spool = join(spoolFolder, `${INPUT_PREFIX}zip`);
    await finished(source, createWriteStream(spool));
    yield* fromFile(spool, { spoolFolder });
  } else yield* packing === 'gzip' ? unzipped(source) : source;
}

async function* counted(bytes: AsyncIterable<Buffer>, onRead: InputOptions['onRead']): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    onRead?.(chunk.length);
    yield chunk;
  }
}

async function* continued(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const buffers = (source: Readable): AsyncIterable<Buffer> => source as AsyncIterable<Buffer>;
const unzipped = (source: AsyncIterable<Buffer>) =>
  buffers(pipeline(source, createGunzip({ chunkSize: CHUNK }), () => undefined));
const inflated = (source: AsyncIterable<Buffer>) =>
  buffers(pipeline(source, createInflateRaw({ chunkSize: CHUNK }), () => undefined));

/** Lines of UTF-8 text, those of one chunk together, without their ends. */
export async function* lineBatches(bytes: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new DataSetError('a line of more than a million characters: this is no list.');
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

/** Calls back for every line. Waits for input only: a line costs no promise. */
export async function forEachLine(bytes: AsyncIterable<Buffer>, visit: (line: string) => void): Promise<void> {
  for await (const lines of lineBatches(bytes)) for (const line of lines) visit(line);
}

/** The whole of a small input. */
export async function wholeOf(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
