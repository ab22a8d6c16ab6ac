import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Building a data set takes a whole core for seconds: a serving process on the same machine goes first. On Linux it runs
 * only where nothing else wants to (SCHED_IDLE, sched(7)); Node.js has no call for that, `chrt` of util-linux has. With
 * the lowest "nice" alone, known names took twice as long while a list was built on two cores.
 */
export function lowerPriority(): void {
  for (const thread of threads()) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW);
    } catch {
      // Not allowed here, or the thread has ended: then it competes.
    }
  }
  if (process.platform === 'linux') {
    // Where there is no `chrt`, the priority above is all.
    spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)], { stdio: 'ignore' });
  }
}

/**
 * On Linux a priority belongs to a thread (setpriority(2), "C library/kernel differences"), and Node.js collects garbage
 * in several.
 */
function threads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}
