import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readRegistrationLine } from '../../lookup/registration-file.ts';
import { inputLines } from '../line-reader.ts';
import { UsageError } from '../usage-error.ts';
import { databaseRows, isDatabase } from './old-database.ts';
import { peerRow, type PassedOver, type PeerRow } from './peer-row.ts';
import { PickleError, readPickle } from './pickle.ts';

/** Files of a predecessor that can be read: a settings file, and data of any kind. */
export interface OldFiles {
  readonly settings: readonly string[];
  readonly data: readonly string[];
}

/** What a folder of domain_stats holds, itself and one level down; or one file. Throws {@link UsageError}. */
export function findOldFiles(path: string): OldFiles {
  if (!existsSync(path)) throw new UsageError(`there is no ${path}`);
  const files = statSync(path).isDirectory() ? filesIn(path) : [path];
  const settings = files.filter((file) => /\.ya?ml$/.test(file));
  const given = files.length === 1 && files[0] === path;
  const data = files.filter(
    (file) => !settings.includes(file) && (given || isDatabase(headOf(file)) || isPickle(file)),
  );
  if (settings.length + data.length === 0) throw new UsageError(`${path}: nothing of domain_stats is in it`);
  return { settings, data };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    if (!entry.isDirectory()) return [];
    return readdirSync(path, { withFileTypes: true }).flatMap((inner) =>
      inner.isFile() ? [join(path, inner.name)] : [],
    );
  });

const isPickle = (file: string): boolean => file.endsWith('.dst');

function headOf(file: string): Buffer {
  const head = Buffer.alloc(16);
  const handle = openSync(file, 'r');
  try {
    return head.subarray(0, readSync(handle, head));
  } finally {
    closeSync(handle);
  }
}

/** Rows of one file, whatever it is: SQLite, domain_stats 1's pickled cache, or the lines of an import file. */
export function fileRows(file: string, now: number): AsyncGenerator<PeerRow | PassedOver> {
  const head = headOf(file);
  if (isDatabase(head)) return databaseRows(file);
  return head[0] === PICKLE_PROTOCOL ? pickledRows(file) : lineRows(file, now);
}

const PICKLE_PROTOCOL = 0x80;

/** domain_stats 1 kept WHOIS records and no contacts; of several dates the earliest is the registration. */
// eslint-disable-next-line @typescript-eslint/require-await -- one of several kinds of rows, of which others wait
async function* pickledRows(file: string): AsyncGenerator<PeerRow | PassedOver> {
  let cache;
  try {
    cache = readPickle(readFileSync(file));
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    yield { place: file, reason: `this cache ${error.message}; it is not read` };
    return;
  }
  for (const [domain, record] of cache instanceof Map ? cache : []) {
    if (!(record instanceof Map)) continue;
    const earliest = (field: string) => {
      const value = record.get(field);
      const dates = (Array.isArray(value) ? value : [value]).filter((date) => date instanceof Date);
      return dates.sort((a, b) => a.getTime() - b.getTime())[0];
    };
    yield peerRow(domain, {
      web: earliest('creation_date'),
      expires: earliest('expiration_date'),
      isc: 'domain_stats1',
    });
  }
}

/** `top1m.import` and its like: facts of a list, not contacts of ours. */
async function* lineRows(file: string, now: number): AsyncGenerator<PeerRow | PassedOver> {
  const source = basename(file).replace(/\.[^.]*$/, '');
  for await (const { text, number } of inputLines([file], { read: 0, total: undefined })) {
    const line = readRegistrationLine(text, number, now);
    if (line.kind === 'bad') yield { place: `${file}, line ${String(number)}`, reason: line.reason };
    if (line.kind !== 'record') continue;
    const { created, expires } = line.record;
    yield { ...peerRow(line.domain, { isc: source }), ...(created && { created }), ...(expires && { expires }) };
  }
}
