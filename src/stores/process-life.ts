import { readFileSync } from 'node:fs';

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

/** Start of a process in clock ticks since boot; undefined where that is not told. */
export const startOf = (pid: number): string | undefined => statOf(pid)?.[START];

/** Fields 3 and 22 of proc_pid_stat(5), counted from the one behind the name. */
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
