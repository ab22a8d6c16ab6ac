import { existsSync, readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { parse } from 'yaml';
import { readDuration } from '../settings/kinds.ts';
import { resolveSettings, type Resolved } from '../settings/resolve.ts';
import { flagOf, isOnByDefault, settingOf, variableOf } from '../settings/keys.ts';
import type { SettingKey, Settings } from '../settings/table.ts';
import { UsageError } from './usage-error.ts';

/** Adds the flags of some settings to a command; all settings can be given by file and environment anyway. */
export function withSettings(command: Command, keys: readonly SettingKey[]): Command {
  command.addOption(new Option('--config <FILE>', 'Settings file (YAML); also DOMAIN_STATS_CONFIG.'));
  for (const key of keys) {
    const { kind, default: fallback, help } = settingOf(key);
    const limits = kind.limits === '' ? '' : `; ${kind.limits}`;
    const shown = kind.show(fallback);
    const note = ` (${variableOf(key)}${limits}${shown === '' || key === 'riskRules' ? '' : `; default ${shown}`})`;
    const flags = kind.placeholder === undefined ? flagOf(key) : `${flagOf(key)} <${kind.placeholder}>`;
    const option = new Option(flags, help + note);
    // Commander would read --no-auth as "auth: false"; our settings are named in full.
    option.attributeName = () => key;
    option.negate = false;
    if (isOnByDefault(key)) option.preset(false);
    command.addOption(option);
  }
  return command;
}

/** Reads settings from file, environment and a command's flags; origins are kept for `config`. Lists every problem. */
export function readSettings(flags: Readonly<Record<string, unknown>>): Resolved {
  const { config, ...given } = flags;
  const fileName = typeof config === 'string' ? config : process.env['DOMAIN_STATS_CONFIG'];
  return resolveSettings({
    ...(fileName === undefined || fileName === '' ? {} : { file: readFile(fileName), fileName }),
    environment: process.env,
    flags: given,
  });
}

/** Settings that are right; throws {@link UsageError} with all problems else. */
export function settingsOf(flags: Readonly<Record<string, unknown>>): Settings {
  const { settings, problems } = readSettings(flags);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return settings;
}

/** Milliseconds of a `--wait`; none is 0. */
export function readWait(wait: string | undefined): number {
  const ms = wait === undefined ? 0 : readDuration(wait);
  if (ms === undefined) throw new UsageError(`--wait: ${JSON.stringify(wait)} must be a time such as 250ms or 2s`);
  return ms;
}

function readFile(fileName: string): Record<string, unknown> {
  if (!existsSync(fileName)) throw new UsageError(`--config: there is no file ${fileName}`);
  let content: unknown;
  try {
    content = parse(readFileSync(fileName, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${fileName} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new UsageError(`${fileName}: must hold one setting a line, such as "port: 5730"`);
  }
  return content as Record<string, unknown>;
}
