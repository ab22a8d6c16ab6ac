import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from '../program.ts';

/**
 * How Node.js is started for a build. It collects garbage and compiles on as many threads as there are cores; beside such
 * a build the slowest hundredth of first contacts took 1.8 times as long, beside a build on one thread 1.4 times. It can be
 * asked for at the start of a process only (V8: `--single-threaded`).
 */
export const QUIET_FLAGS = ['--single-threaded'] as const;

/** Commands that build data sets. */
const BUILDS: readonly (readonly string[])[] = [['import', 'ranks'], ['update'], ['train'], ['pack', 'apply']];

/**
 * What a build is started with, of util-linux. It runs only where nothing else wants to (SCHED_IDLE, sched(7)), and
 * whatever ends the process that waits for it ends it too (PR_SET_PDEATHSIG, prctl(2)).
 */
const STEPPING_BACK = ['--pdeathsig', 'KILL', 'chrt', '--idle', '0'] as const;

/**
 * Does a command that builds data sets in a process that a server beside it feels little of, and resolves with its exit
 * code. Undefined when the command is another one, when this is that process already, or where it cannot be made
 * (another system, a container that forbids it): then the command is run here.
 */
export async function buildQuietly(args: readonly string[]): Promise<number | undefined> {
  const isBuild = BUILDS.some((words) => words.every((word, index) => args[index] === word));
  if (!isBuild || QUIET_FLAGS.every((flag) => process.execArgv.includes(flag)) || !canStepBack()) return undefined;
  const node = [process.execPath, ...QUIET_FLAGS, ...process.execArgv, PROGRAM, ...args];
  const child = spawn('setpriv', [...STEPPING_BACK, ...node], { stdio: 'inherit' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (signal !== null) process.kill(process.pid, signal);
  return code ?? 1;
}

const canStepBack = (): boolean =>
  process.platform === 'linux' && spawnSync('setpriv', [...STEPPING_BACK, 'true'], { stdio: 'ignore' }).status === 0;
