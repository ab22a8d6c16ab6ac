import { Command, Option } from 'commander';
import { sizeInWords } from '../../core/in-words.ts';
import { VERSION } from '../../program.ts';
import { writeBackup } from '../../stores/backup/write-backup.ts';
import { settingsOf, withSettings } from '../settings-options.ts';

export function backupCommand(): Command {
  const command = new Command('backup')
    .description(
      'Write contacts, registrations and suppressions into one file (tar; compressed when its name ends in .gz), beside a ' +
        'running server. Data sets are not in it: update fetches them again.',
    )
    .argument('<file>', 'file to write; only its owner can read it')
    .addOption(new Option('--force', 'replace a file of that name'))
    .addHelpText('after', '\nExample:\n  domain-stats backup /var/backups/domain-stats.tar.gz');
  return withSettings(command, ['data']).action(
    async (file: string, { force, ...flags }: Record<string, unknown> & { force?: boolean }) => {
      const { data } = settingsOf(flags);
      const options = { program: `domain-stats ${VERSION}`, now: Date.now(), force: force === true };
      const { stores, bytes } = await writeBackup(data, file, options);
      process.stdout.write(`${file}: ${stores.join(', ')}; ${sizeInWords(bytes)}\n`);
    },
  );
}
