/** The ustar format (POSIX.1-1988), as far as plain files with short names need it: any `tar` reads what is written here. */

const BLOCK = 512;

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
}

/** What keeps bytes from being read as an archive. */
export class TarError extends Error {
  override name = 'TarError';
}

/** The block that stands before a file; only its owner may read what is unpacked. */
export function tarHeader({ name, size }: TarEntry, modified: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, width: number) =>
    header.write(value.toString(8).padStart(width - 1, '0'), offset, 'latin1');
  if (Buffer.byteLength(name) > 100) throw new TarError(`${name} is too long a name for an archive`);
  header.write(name, 0, 'utf8');
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  if (size < 8 ** 11) octal(size, 124, 12);
  else {
    // Base 256, as GNU tar and libarchive have it, for 8 GiB and more.
    header.writeUInt8(0x80, 124);
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  octal(Math.floor(modified / 1000), 136, 12);
  header.write('        0', 148, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  octal(sumOf(header), 148, 7);
  header.write('\0 ', 154, 'latin1');
  return header;
}

/** Zeros that fill a file's last block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
/** Two empty blocks end an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK);

const sumOf = (header: Buffer): number => header.reduce((sum, byte) => sum + byte, 0);

/** Reads the block before a file; undefined for the empty block at the end. */
function readHeader(block: Buffer): TarEntry | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const octal = (offset: number, width: number) => parseInt(block.toString('latin1', offset, offset + width), 8);
  const sum = octal(148, 8);
  const blank = Buffer.from(block);
  blank.fill(0x20, 148, 156);
  if (sum !== sumOf(blank)) throw new TarError('a header of the archive is damaged, or this is no archive');
  const end = block.indexOf(0);
  const size = block.readUInt8(124) === 0x80 ? Number(block.readBigUInt64BE(128)) : octal(124, 12);
  return { name: block.toString('utf8', 0, Math.min(end === -1 ? 100 : end, 100)), size };
}

/**
 * Reads an archive from a stream of bytes: each file's entry, then its bytes in pieces. Throws {@link TarError} when it
 * ends too early.
 */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry | Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  let left = 0;
  let padding = 0;
  let ended = false;
  for await (const chunk of chunks) {
    if (ended) continue;
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      if (left > 0) {
        const piece = pending.subarray(0, left);
        if (piece.length === 0) break;
        left -= piece.length;
        pending = pending.subarray(piece.length);
        yield piece;
        continue;
      }
      if (padding > 0) {
        const skipped = Math.min(padding, pending.length);
        padding -= skipped;
        pending = pending.subarray(skipped);
        if (padding > 0) break;
      }
      if (pending.length < BLOCK) break;
      const entry = readHeader(pending.subarray(0, BLOCK));
      pending = pending.subarray(BLOCK);
      if (entry === undefined) {
        ended = true;
        break;
      }
      left = entry.size;
      padding = tarPadding(entry.size).length;
      yield entry;
    }
  }
  if (!ended) throw new TarError('the archive ends too early');
}
