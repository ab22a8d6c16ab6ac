import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from '../program.ts';
import { environmentOf } from '../settings/keys.ts';
import type { SettingKey, Settings } from '../settings/table.ts';
import { QUIET_FLAGS } from './quiet-process.ts';

/**
 * Runs a command that builds data sets in a process of its own: a build takes a core and much memory for a while.
 * The settings go along in its environment, so that it does as this process was told, however that was: flags, and the
 * credentials of addresses in them, could be read in the list of processes. It tells its outcome on standard error;
 * resolves with its exit code.
 */
export async function runCommand(
  args: readonly string[],
  settings: Settings,
  passed: readonly SettingKey[],
): Promise<number | null> {
  const env = { ...process.env, ...environmentOf(settings, passed) };
  const child = spawn(process.execPath, [...QUIET_FLAGS, PROGRAM, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
