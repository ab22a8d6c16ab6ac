import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { appendFileSync, createReadStream, createWriteStream, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { syncFile } from '../stores/files.ts';
import { DataSetError } from './generations.ts';
import { readPublicKey } from './pack-key.ts';

/**
 * A pack is one file: a line that names the format, a line of JSON that lists the parts with their sizes and hashes, a
 * line with the Ed25519 signature of these two, then the parts, each a gzip stream. There are no paths in it, and what
 * is not signed is not read.
 */
const FORMAT_LINE = 'domain-stats pack 1\n';
const MAX_HEAD = 256 * 1024;

/** A part as the signed list names it. */
export interface PackEntry {
  readonly name: string;
  /** Packed. */
  readonly bytes: number;
  readonly sha256: string;
  /** Where the data came from and how old it is. */
  readonly source: string;
  readonly as_of?: string;
}

export interface PackManifest {
  /** ISO 8601. */
  readonly made: string;
  readonly parts: readonly PackEntry[];
}

/** A part on its way into a pack. */
export interface PackInput extends Pick<PackEntry, 'name' | 'source' | 'as_of'> {
  readonly chunks: Iterable<string | Buffer>;
}

/** A pack whose list is signed by a key that is trusted. */
export interface OpenPack {
  readonly manifest: PackManifest;
  /** A part as it is packed; throws at its end when it is not what was signed. */
  bytesOf(entry: PackEntry): AsyncIterable<Buffer>;
}

/** Writes a pack beside `file` and renames it into place: what is there is whole. */
export async function writePack(
  file: string,
  parts: Iterable<PackInput>,
  options: { readonly made: string; readonly key: KeyObject },
): Promise<PackManifest> {
  const next = `${file}.new`;
  const body = `${file}.parts`;
  try {
    writeFileSync(body, '');
    const entries: PackEntry[] = [];
    for (const { chunks, ...entry } of parts) entries.push({ ...entry, ...(await appendPart(body, chunks)) });
    const manifest: PackManifest = { made: options.made, parts: entries };
    const signed = `${FORMAT_LINE}${JSON.stringify(manifest)}\n`;
    writeFileSync(next, signed + sign(null, Buffer.from(signed), options.key).toString('base64') + '\n');
    for await (const chunk of createReadStream(body)) appendFileSync(next, chunk as Buffer);
    syncFile(next);
    renameSync(next, file);
    return manifest;
  } finally {
    rmSync(body, { force: true });
    rmSync(next, { force: true });
  }
}

async function appendPart(body: string, chunks: Iterable<string | Buffer>) {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(Readable.from(chunks), createGzip(), measure, createWriteStream(body, { flags: 'a' }));
  return { bytes, sha256: hash.digest('hex') };
}

/** Opens a pack and checks its signature and its sizes. Throws {@link DataSetError}. */
export async function openPack(file: string, trusted: readonly string[], maxPartBytes: number): Promise<OpenPack> {
  const { head, size } = await readHead(file);
  const [format, list, signature] = head.toString('utf8').split('\n', 3);
  if (format?.startsWith('domain-stats pack ') !== true) {
    throw new DataSetError(`${file} is no pack of domain-stats.`);
  }
  if (`${format}\n` !== FORMAT_LINE) {
    throw new DataSetError(
      `${file}: "${format.slice(0, 40)}" is newer than this program; install a newer domain-stats.`,
    );
  }
  if (list === undefined || signature === undefined) throw new DataSetError(`${file} is cut off.`);
  const signed = Buffer.from(`${format}\n${list}\n`);
  const bytes = Buffer.from(signature, 'base64');
  // Base64 leaves some bits unread; nothing in a pack may be changed.
  const isExact = bytes.toString('base64') === signature;
  if (!isExact || !trusted.some((key) => verify(null, signed, readPublicKey(key), bytes))) {
    throw new DataSetError(
      `${file}: not signed by a trusted key (pack_keys), or changed after it was signed. Nothing was applied.`,
    );
  }
  const manifest = readManifest(list, file);
  const starts = new Map<string, number>();
  let end = signed.length + Buffer.byteLength(signature) + 1;
  for (const { name, bytes: length } of manifest.parts) {
    if (starts.has(name)) throw new DataSetError(`${file}: two parts are called ${name}.`);
    if (length > maxPartBytes) {
      throw new DataSetError(
        `${file}: ${name} has ${String(length)} bytes, more than ${String(maxPartBytes)}; raise download_limit if that is right.`,
      );
    }
    starts.set(name, end);
    end += length;
  }
  if (end !== size)
    throw new DataSetError(`${file}: ${String(size)} bytes instead of ${String(end)}: it is cut off or changed.`);
  return {
    manifest,
    bytesOf: (entry) => partBytes(file, starts.get(entry.name) ?? 0, entry),
  };
}

/** The key is trusted, and its owner's program may still have been another one. */
function readManifest(list: string, file: string): PackManifest {
  const { made, parts } = JSON.parse(list) as Partial<PackManifest>;
  if (typeof made !== 'string' || Number.isNaN(Date.parse(made)) || !Array.isArray(parts) || !parts.every(isEntry)) {
    throw new DataSetError(`${file}: its list of parts is not what this program writes. Nothing was applied.`);
  }
  return { made, parts };
}

function isEntry(entry: unknown): entry is PackEntry {
  const { name, bytes, sha256, source, as_of: asOf } = (entry ?? {}) as Record<string, unknown>;
  return (
    [name, sha256, source].every((value) => typeof value === 'string') &&
    (asOf === undefined || typeof asOf === 'string') &&
    typeof bytes === 'number' &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0
  );
}

async function readHead(file: string): Promise<{ readonly head: Buffer; readonly size: number }> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    throw new DataSetError(`cannot read the pack: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, MAX_HEAD));
    await handle.read(head, 0, head.length, 0);
    return { head, size };
  } finally {
    await handle.close();
  }
}

async function* partBytes(file: string, start: number, { name, bytes, sha256 }: PackEntry): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  if (bytes > 0) {
    for await (const chunk of createReadStream(file, { start, end: start + bytes - 1 })) {
      hash.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
  if (hash.digest('hex') !== sha256)
    throw new DataSetError(`${file}: ${name} is not what was signed. Nothing was applied.`);
}
