import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Whether a process of this machine is at work. One that has ended and that nobody has asked about yet is not: where the
 * first process of a container is no init, such ones stay.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return statOf(pid)?.[STATE] !== 'Z';
}

/** A process as others can know it again. */
export interface ProcessMark {
  readonly pid: number;
  /** Start time of the process as the system has it, so that a number used again is not taken for it. */
  readonly started?: string;
  /** Where its number means something: the container or the machine. */
  readonly place?: string;
}

export function ownMark(): ProcessMark {
  const { pid } = process;
  const started = statOf(pid)?.[START];
  return { pid, place: place(), ...(started === undefined ? {} : { started }) };
}

/** Whether a process can be asked for from here. */
export const isHere = (mark: ProcessMark): boolean => (mark.place ?? place()) === place();

/** Whether a process that {@link isHere} is alive, and is the one that was meant. */
export const isSameAlive = ({ pid, started }: ProcessMark): boolean =>
  isAlive(pid) && (started === undefined || started === (statOf(pid)?.[START] ?? started));

/**
 * Where it can be seen that a process has ended: the system since its start, and the namespace of process numbers in it.
 * Undefined where that is not told (only Linux does) or cannot be seen.
 */
export function processSpace(): string | undefined {
  try {
    // One number alone: /proc is that of our namespace. In a namespace without a /proc of its own, its files are of others.
    if (!/^NSpid:\t\d+$/m.test(readFileSync('/proc/self/status', 'utf8'))) return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** The space of process numbers that this process lives in: on Linux a namespace, else the machine. */
function place(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return hostname();
  }
}

/** Fields 3 and 22 of proc_pid_stat(5), counted from the one behind the name; the start is in clock ticks since boot. */
const STATE = 0;
const START = 19;

/** Linux only. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
