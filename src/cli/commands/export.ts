import { once } from 'node:events';
import { Command } from 'commander';
import { writeRegistrationLine } from '../../lookup/registration-file.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { withStores } from '../with-service.ts';

export function exportCommand(): Command {
  const registrations = new Command('registrations')
    .description('All registration records as NDJSON on standard output, for `import registrations` elsewhere.')
    .addHelpText('after', '\nExample:\n  domain-stats export registrations | gzip > registrations.ndjson.gz');
  withSettings(registrations, ['data']).action((flags: Record<string, unknown>) =>
    withStores(settingsOf(flags), async (service) => {
      for (const [domain, record] of service.registrations.records.entries()) {
        if (!process.stdout.write(writeRegistrationLine(domain, record) + '\n')) await once(process.stdout, 'drain');
      }
    }),
  );
  return new Command('export').description('Write what is stored, for another installation.').addCommand(registrations);
}
