import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import { UsageError } from './usage-error.ts';

/** One line of input and where it stands. */
export interface InputLine {
  readonly text: string;
  readonly file: string;
  readonly number: number;
}

/** Bytes of files read so far and in all; `total` is undefined when an input has no known size. */
export interface ReadProgress {
  read: number;
  total: number | undefined;
}

/** Lines of files in their order, `-` or no file for standard input; files that end in `.gz` are unpacked. */
export async function* inputLines(files: readonly string[], progress: ReadProgress): AsyncGenerator<InputLine> {
  const names = files.length === 0 ? ['-'] : files;
  progress.total = await totalSize(names);
  for (const file of names) {
    const source = file === '-' ? process.stdin : createReadStream(file);
    source.on('data', (chunk: Buffer | string) => (progress.read += chunk.length));
    const input = file.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source;
    let number = 0;
    try {
      for await (const text of createInterface({ input, crlfDelay: Infinity })) yield { text, file, number: ++number };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${file}, after line ${String(number)}: ${reason}`, { cause });
    }
  }
}

async function totalSize(files: readonly string[]): Promise<number | undefined> {
  let total = 0;
  for (const file of files) {
    if (file === '-') return undefined;
    try {
      total += (await stat(file)).size;
    } catch (cause) {
      throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return total;
}
