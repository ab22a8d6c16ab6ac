import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { flagOf, settingOf, type SettingKey, type Settings } from '../settings/table.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));

/** Settings that an update needs, as its own flags: it must do as this process was told, however that was. */
const PASSED: readonly SettingKey[] = [
  'data',
  'pslUrl',
  'tldsUrl',
  'rdapUrl',
  'ranksUrl',
  'rankList',
  'lookalikeTargets',
  'downloadLimit',
  'downloadTimeout',
];

/** Runs `domain-stats update` in a process of its own with the lowest priority; it tells its outcome on standard error. */
export async function runUpdate(settings: Settings): Promise<void> {
  const flags = PASSED.flatMap((key) => [flagOf(key), settingOf(key).kind.show(settings[key])]);
  const child = spawn(process.execPath, [PROGRAM, 'update', 'all', ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  await once(child, 'exit');
}
