import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { syncFile, syncFolder } from '../stores/files.ts';
import { updateMeta, type Meta } from '../stores/meta.ts';
import { isAlive } from '../stores/process-life.ts';

/**
 * A data set is a folder of generations, `datasets/<name>/<generation>/`. A generation is built in a staging folder,
 * renamed into place when it is whole, never changed again, and live when `meta.json` says so. Whatever else lies there
 * (a build that was killed) is cleaned by the next build.
 */

/** What a generation is made of; `about.json` in its folder. */
export interface About {
  readonly format: 1;
  /** When it was built, ISO 8601. */
  readonly made: string;
  /** Where the data came from: a file name or an address, without credentials. */
  readonly source: string;
  /** SHA-256 of the data as it came. */
  readonly sha256: string;
  /** What the data says of its own age: a day, a version. */
  readonly as_of?: string;
  readonly rows: number;
  readonly bad_rows?: number;
  /** For conditional requests. */
  readonly etag?: string;
  readonly last_modified?: string;
}

/** A whole generation that is not in place yet. */
export interface Staged {
  readonly name: string;
  readonly folder: string;
  readonly about: About;
}

/** What keeps data from being taken; the old data is live. */
export class DataSetError extends Error {
  override name = 'DataSetError';
}

/** Generations of each data set that are kept for roll-back. */
const KEPT = 2;
/** A folder that is younger than this may be on its way to being live. */
const GRACE_MS = 10 * 60_000;
/** A build on another machine or in another container, whose process cannot be asked for, is dead by then. */
const STAGING_DEAD_MS = 86_400_000;
const STAGING = /^\.staging~([^~]+)~(\d+)~[0-9a-f]+$/;
const LIST_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const ABOUT = 'about.json';

export const RANKS_PREFIX = 'ranks-';
/** Data sets that the program brings itself. */
export const EMBEDDED_SETS = ['psl', 'tlds', 'rdap'] as const;
export type EmbeddedSet = (typeof EMBEDDED_SETS)[number];
/** Models that an operator trains; without one the program's own answers, or for `randomness` the rank list's. */
export const MODEL_SETS = ['entropy', 'frequency', 'randomness'] as const;
export type ModelSet = (typeof MODEL_SETS)[number];

export const isListName = (name: string): boolean => LIST_NAME.test(name);
export const isEmbeddedSet = (name: string): name is EmbeddedSet => EMBEDDED_SETS.some((set) => set === name);
export const isModelSet = (name: string): name is ModelSet => MODEL_SETS.some((set) => set === name);
const isRankSet = (name: string): boolean =>
  name.startsWith(RANKS_PREFIX) && isListName(name.slice(RANKS_PREFIX.length));
export const isDataSetName = (name: string): boolean => isEmbeddedSet(name) || isModelSet(name) || isRankSet(name);

const setFolder = (data: string, name: string): string => join(data, 'datasets', name);
export const generationFolder = (data: string, name: string, generation: string): string =>
  join(setFolder(data, name), generation);

/** Makes an empty folder to build a generation of a data set in, and cleans what killed builds left. */
export function openStaging(data: string, name: string, now: number): string {
  if (!isDataSetName(name)) throw new DataSetError(`There is no data set ${JSON.stringify(name)}.`);
  const parent = setFolder(data, name);
  mkdirSync(parent, { recursive: true });
  for (const entry of readdirSync(parent)) {
    if (isAbandoned(parent, entry, now)) remove(join(parent, entry));
  }
  // The machine's name, because the processes of another cannot be asked for.
  const host = hostname().replaceAll(/[^\w-]/g, '_');
  const folder = join(parent, `.staging~${host}~${String(process.pid)}~${randomBytes(4).toString('hex')}`);
  mkdirSync(folder);
  return folder;
}

function isAbandoned(parent: string, entry: string, now: number): boolean {
  const [, host, pid] = STAGING.exec(entry) ?? [];
  if (pid === undefined) return false;
  if (host === hostname().replaceAll(/[^\w-]/g, '_') && !isAlive(Number(pid))) return true;
  return ageOf(join(parent, entry), now) > STAGING_DEAD_MS;
}

function ageOf(path: string, now: number): number {
  try {
    return now - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** Where a system keeps files that are open (Windows), the next clean-up gets them. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Tried again by the next build.
  }
}

/** Files of a staging folder that are no part of the generation: what came, before it is read. */
export const INPUT_PREFIX = 'input.';

/** Writes `about.json`, the last file of a generation, and puts everything on the disk. */
export function sealStaging(name: string, folder: string, about: About): Staged {
  for (const entry of readdirSync(folder)) if (entry.startsWith(INPUT_PREFIX)) remove(join(folder, entry));
  writeFileSync(join(folder, ABOUT), JSON.stringify(about, null, 2) + '\n');
  for (const entry of readdirSync(folder)) syncFile(join(folder, entry));
  syncFolder(folder);
  return { name, folder, about };
}

/** Throws away a build that came to nothing. */
export const dropStaging = (folder: string): void => remove(folder);

/** Steps of an installation, in their order. Killed at any of them, the old generations are live. */
export type InstallStep = 'staged' | 'renamed' | 'switching';

/**
 * Renames generations into place and makes all of them live in one step. Returns their ids by data set. `onStep` is told
 * before each step (tests stop there).
 */
export async function install(
  data: string,
  staged: readonly Staged[],
  now: number,
  options: { readonly onStep?: (step: InstallStep) => void; readonly also?: (meta: Meta) => Meta } = {},
): Promise<Readonly<Record<string, string>>> {
  const { onStep = () => undefined, also = (meta: Meta) => meta } = options;
  onStep('staged');
  const made: Record<string, string> = {};
  for (const { name, folder } of staged) {
    const id = generationId(now);
    renameSync(folder, generationFolder(data, name, id));
    syncFolder(setFolder(data, name));
    made[name] = id;
  }
  onStep('renamed');
  const meta = await updateMeta(data, (before) => {
    onStep('switching');
    const former = { ...before.former };
    for (const name of Object.keys(made)) {
      const live = before.generations[name];
      if (live !== undefined) former[name] = [live, ...(former[name] ?? [])].slice(0, KEPT);
    }
    return also({ ...before, generations: { ...before.generations, ...made }, former });
  });
  for (const { name } of staged) prune(data, name, meta, now);
  return made;
}

/** Sorts by time and is new each time: `20261124T080822-3fa2`. */
const generationId = (now: number): string =>
  `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}-${randomBytes(2).toString('hex')}`;

/** Removes generations that are neither live nor kept for roll-back. */
function prune(data: string, name: string, meta: Meta, now: number): void {
  const kept = new Set([meta.generations[name], ...(meta.former?.[name] ?? [])]);
  const parent = setFolder(data, name);
  for (const entry of readdirSync(parent)) {
    if (entry.startsWith('.') || kept.has(entry)) continue;
    if (ageOf(join(parent, entry), now) > GRACE_MS) remove(join(parent, entry));
  }
}

/** One step back. `to` is absent when what stands in for a data set without a generation answers again. */
export interface RolledBack {
  readonly name: string;
  readonly from: string;
  readonly to?: string;
}

/**
 * Makes the former generations of data sets live again, all in one step. What is left is remembered, so that an update
 * does not bring the same content again. Throws {@link DataSetError} when one of them has none; then nothing changes.
 */
export async function rollBack(data: string, names: readonly string[]): Promise<RolledBack[]> {
  const done: RolledBack[] = [];
  await updateMeta(data, (before) => {
    const generations = new Map(Object.entries(before.generations));
    const former = { ...before.former };
    const rejected = { ...before.rejected };
    for (const name of names) {
      const from = generations.get(name);
      if (from === undefined) throw new DataSetError(`${name}: there is nothing to roll back; ${liveOf(before)}`);
      const [to, ...rest] = (former[name] ?? []).filter((id) => existsSync(generationFolder(data, name, id)));
      if (to === undefined && isRankSet(name)) {
        throw new DataSetError(`${name}: no former generation is kept, so ${from} stays live; import another list.`);
      }
      if (to === undefined) generations.delete(name);
      else generations.set(name, to);
      former[name] = rest;
      const content = readAbout(data, name, from)?.sha256;
      if (content !== undefined) rejected[name] = [...new Set([content, ...(rejected[name] ?? [])])].slice(0, KEPT);
      done.push({ name, from, ...(to === undefined ? {} : { to }) });
    }
    return { ...before, generations: Object.fromEntries(generations), former, rejected };
  });
  return done;
}

const liveOf = ({ generations }: Meta): string =>
  Object.keys(generations).length === 0
    ? 'only the embedded data is in use.'
    : `live generations: ${Object.entries(generations)
        .map(([name, id]) => `${name} ${id}`)
        .join(', ')}.`;

/** What a generation says of itself; undefined when it is gone or broken. */
export function readAbout(data: string, name: string, generation: string | undefined): About | undefined {
  return generation === undefined ? undefined : aboutOf(generationFolder(data, name, generation));
}

/** The same by its folder. */
export function aboutOf(folder: string): About | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, ABOUT), 'utf8')) as About;
  } catch {
    return undefined;
  }
}
