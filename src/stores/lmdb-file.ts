import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';

/** What the two heads of a file hold, by their offset (mdb.c of lmdb-js: MDB_page, MDB_meta). */
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const HEAD_BYTES = 160;
const MAGIC = 0xbeefc0de;
/** LMDB's own bounds. */
const PAGE_SIZES = { min: 256, max: 65_536 };

/** An empty file is one that another process is just making, unless it has been so for long. */
const MADE_WITHIN_MS = 10_000;

/**
 * What is wrong with a file that LMDB is to open, as text; undefined when nothing is. LMDB trusts its files: one that is
 * foreign or cut off would end the process by a signal, now or at some later request.
 */
export function lmdbFileProblem(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    // Not there yet, or not to be read: opening says so.
    return undefined;
  }
  try {
    const first = readHead(descriptor, 0);
    const { size, mtimeMs } = fstatSync(descriptor);
    if (size === 0) return Date.now() - mtimeMs < MADE_WITHIN_MS ? undefined : 'it is empty';
    if (first === undefined) return 'it is no LMDB file';
    const second = readHead(descriptor, first.pageSize);
    if (second === undefined) return 'it is cut off';
    const last = first.transaction > second.transaction ? first.lastPage : second.lastPage;
    const whole = (Number(last) + 1) * first.pageSize;
    // Pages at the end that were taken and given back in one transaction are never written.
    if (fstatSync(descriptor).size >= whole || canBeWalked(file)) return undefined;
    return `it is cut off: ${String(size)} of ${String(whole)} bytes are there`;
  } finally {
    closeSync(descriptor);
  }
}

function readHead(descriptor: number, position: number) {
  const bytes = Buffer.alloc(HEAD_BYTES);
  if (readSync(descriptor, bytes, 0, HEAD_BYTES, position) < HEAD_BYTES) return undefined;
  const pageSize = bytes.readUInt32LE(PAGE_SIZE_AT);
  if (bytes.readUInt32LE(MAGIC_AT) !== MAGIC || pageSize < PAGE_SIZES.min || pageSize > PAGE_SIZES.max)
    return undefined;
  return {
    pageSize,
    lastPage: bytes.readBigUInt64LE(LAST_PAGE_AT),
    transaction: bytes.readBigUInt64LE(TRANSACTION_AT),
  };
}

const WALK = `
  const { open } = require(process.argv[1]);
  const place = JSON.parse(process.argv[2]);
  const root = open({ ...place, readOnly: true, encoding: 'binary', maxDbs: 64 });
  for (const name of [...root.getKeys()])
    if (typeof name === 'string') for (const row of root.openDB(name, { encoding: 'binary' }).getRange()) void row.value.length;
`;

/** Reads every row in a process of its own, which a page that is not there ends. */
function canBeWalked(file: string): boolean {
  const lmdb = createRequire(import.meta.url).resolve('lmdb');
  // A store is opened by its folder: with the lock of those who write it, they leave alone the pages that are read.
  const place = basename(file) === 'data.mdb' ? { path: dirname(file) } : { path: file, noSubdir: true };
  return spawnSync(process.execPath, ['-e', WALK, lmdb, JSON.stringify(place)], { stdio: 'ignore' }).status === 0;
}
