import { Command, Option } from 'commander';
import { restoreBackup } from '../../stores/backup/restore-backup.ts';
import { settingsOf, withSettings } from '../settings-options.ts';

export function restoreCommand(): Command {
  const command = new Command('restore')
    .description(
      'Put the stores of a backup into a data directory. Everything is checked before anything is replaced; no process ' +
        'may have the directory open. Data sets that it has stay.',
    )
    .argument('<file>', 'file that backup has written')
    .addOption(new Option('--force', 'replace the stores of a directory that is not empty'))
    .addHelpText(
      'after',
      '\nExample:\n  domain-stats restore /var/backups/domain-stats.tar.gz --data /var/lib/domain-stats',
    );
  return withSettings(command, ['data']).action(
    async (file: string, { force, ...flags }: Record<string, unknown> & { force?: boolean }) => {
      const { data } = settingsOf(flags);
      const { made, stores } = await restoreBackup(file, data, force === true);
      process.stdout.write(`${data}: ${stores.join(', ')} as of ${made}\n`);
    },
  );
}
