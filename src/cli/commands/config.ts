import { Command } from 'commander';
import { secret } from '../../settings/kinds.ts';
import { fileKeyOf, settingKeys, settingOf } from '../../settings/keys.ts';
import { readSettings, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';

export function configCommand(): Command {
  const command = new Command('config')
    .description('Show every setting, its value and where it comes from, in the form of the settings file.')
    .addHelpText('after', '\nExample:\n  domain-stats config > domain-stats.yaml');
  return withSettings(command, settingKeys()).action((flags: Record<string, unknown>) => {
    const { settings, origins, problems } = readSettings(flags);
    if (problems.length > 0) throw new UsageError(problems.join('\n'));
    for (const key of settingKeys()) {
      const { kind, help } = settingOf(key);
      const value: unknown = settings[key];
      const shown =
        Array.isArray(value) || typeof value !== 'string' ? JSON.stringify(value) : quoted(kind.show(value));
      // "(given)" must not be read back as the password.
      const mark = kind === secret && value !== '' ? '# ' : '';
      process.stdout.write(`# ${help}\n# from: ${origins[key]}\n${mark}${fileKeyOf(key)}: ${shown}\n`);
    }
  });
}

const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text));
