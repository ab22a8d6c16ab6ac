import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { DataSetError } from './generations.ts';

/** A file inside a zip archive: where its bytes are and how they are packed. */
export interface ZipEntry {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly isDeflated: boolean;
  readonly size: number;
  readonly crc: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const ZIP64 = 0xffffffff;

/**
 * Finds the one list in a zip archive (APPNOTE.TXT of PKWARE): its first file that ends in `.csv` or `.txt`, else its first
 * file. Only what lists come in is read: stored or deflated, not encrypted, below 4 GB. Throws {@link DataSetError}.
 */
export async function findZipEntry(file: string): Promise<ZipEntry> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (position: number, length: number) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
      await handle.read(bytes, 0, bytes.length, position);
      return bytes;
    };
    const tailStart = Math.max(0, size - END_BYTES - MAX_COMMENT);
    const tail = await read(tailStart, size);
    const end = lastEndOfDirectory(tail);
    if (end === -1) throw new DataSetError(`${file}: a zip archive without its end: it is cut off.`);
    const directory = await read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const entries = [...directoryEntries(directory)].filter(({ name }) => !name.endsWith('/'));
    const entry = entries.find(({ name }) => /\.(csv|txt)$/i.test(name)) ?? entries[0];
    if (entry === undefined) throw new DataSetError(`${file}: a zip archive without a file in it.`);
    if ((entry.flags & ENCRYPTED) !== 0)
      throw new DataSetError(`${file}: ${entry.name} is encrypted; unpack it first.`);
    if ((entry.method !== STORED && entry.method !== DEFLATED) || entry.packed === ZIP64 || entry.size === ZIP64) {
      throw new DataSetError(`${file}: ${entry.name} is packed in an unusual way; unpack it first.`);
    }
    const local = await read(entry.offset, LOCAL_BYTES);
    if (local.length < LOCAL_BYTES || local.readUInt32LE() !== LOCAL_HEADER) {
      throw new DataSetError(`${file}: a damaged zip archive (no file where ${entry.name} should begin).`);
    }
    const start = entry.offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
    return {
      start,
      end: start + entry.packed,
      isDeflated: entry.method === DEFLATED,
      size: entry.size,
      crc: entry.crc,
    };
  } finally {
    await handle.close();
  }
}

function lastEndOfDirectory(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at--) if (tail.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  return -1;
}

function* directoryEntries(directory: Buffer) {
  for (let at = 0; at + ENTRY_BYTES <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const nameLength = directory.readUInt16LE(at + 28);
    yield {
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
      name: directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength),
    };
    at += ENTRY_BYTES + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
}

/** Passes bytes on and throws at their end when they are not what the archive says. */
export async function* checked(bytes: AsyncIterable<Buffer>, entry: ZipEntry, file: string): AsyncGenerator<Buffer> {
  let crc = 0;
  let size = 0;
  for await (const chunk of bytes) {
    crc = crc32(chunk, crc);
    size += chunk.length;
    yield chunk;
  }
  if (size !== entry.size || crc !== entry.crc) {
    throw new DataSetError(`${file}: a damaged zip archive (the content does not have its checksum).`);
  }
}
