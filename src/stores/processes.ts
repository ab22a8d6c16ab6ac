import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './lmdb-environment.ts';
import { isHere, isSameAlive, ownMark, type ProcessMark } from './process-life.ts';

/** Files of the processes that have a data directory open, one each. */
const FOLDER = 'processes';
/** Stands in a data directory while a restore replaces its stores; it stays when the restore is broken off. */
const RESTORE_MARK = 'restore.incomplete';
/** Processes of another container cannot be asked for: theirs count while their files are touched this often. */
const TOUCH_EVERY_MS = 10_000;
const SILENT_AFTER_MS = 45_000;

/** A process that has a data directory open. */
export interface RunningProcess extends ProcessMark {
  /** What it was started as, e.g. `serve`. */
  readonly command: string;
  /** When it opened the directory, ISO 8601. */
  readonly since: string;
}

let opened = 0;

/**
 * Says that this process has the directory open, until the returned function is called; a process that is killed leaves
 * its file, which counts no more. Throws {@link StoreError} when a restore has not come to its end.
 */
export function registerProcess(data: string, command: string, now: number): () => void {
  const folder = join(data, FOLDER);
  const file = join(folder, `${String(process.pid)}-${String(++opened)}.json`);
  const entry: RunningProcess = { ...ownMark(), command, since: new Date(now).toISOString() };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(entry));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      `Cannot write to the data directory ${data}: ${reason}. It must be one that this user may write, with room on its disk; or name another with --data.`,
      { cause },
    );
  }
  // Only now: a restore makes its mark and then looks for files such as ours, so that one of the two sees the other.
  if (existsSync(join(data, RESTORE_MARK))) {
    rmSync(file, { force: true });
    throw new StoreError(
      `A restore into ${data} is under way or was broken off. Wait for it, or run \`domain-stats restore FILE --force\` again.`,
    );
  }
  const touch = setInterval(() => {
    const seconds = Date.now() / 1000;
    try {
      utimesSync(file, seconds, seconds);
    } catch {
      // Taken away by somebody, or the file system is read-only by now: the stores tell of that.
    }
  }, TOUCH_EVERY_MS).unref();
  return () => {
    clearInterval(touch);
    rmSync(file, { force: true });
  };
}

/** The processes that have a directory open; files of dead ones are removed. */
export function runningProcesses(data: string): RunningProcess[] {
  const folder = join(data, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const entry = readEntry(join(folder, name));
    if (entry !== undefined && (isHere(entry) ? isSameAlive(entry) : isTouched(join(folder, name)))) return [entry];
    rmSync(join(folder, name), { force: true });
    return [];
  });
}

function readEntry(file: string): RunningProcess | undefined {
  try {
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunningProcess>;
    return typeof entry.pid === 'number' ? { command: '', since: '', ...entry, pid: entry.pid } : undefined;
  } catch {
    // Gone meanwhile, or cut off by a crash.
    return undefined;
  }
}

const isTouched = (file: string): boolean =>
  Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < SILENT_AFTER_MS;

/** Marks the directory as being replaced; the returned function takes the mark away. */
export function markRestore(data: string): () => void {
  const file = join(data, RESTORE_MARK);
  writeFileSync(file, String(process.pid), { flush: true });
  return () => rmSync(file, { force: true });
}
