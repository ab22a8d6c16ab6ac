import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { listContacts } from '../../stores/contact-list.ts';
import { readMeta } from '../../stores/meta.ts';
import { VERSION } from '../../program.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { withService } from '../with-service.ts';

export function statusCommand(): Command {
  const command = new Command('status')
    .description('What the data directory holds, at a glance. Works beside a running server.')
    .addOption(new Option('--json', 'as one JSON object'))
    .addHelpText('after', '\nExample:\n  domain-stats status');
  return withSettings(command, ['data']).action(async ({ json, ...flags }: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    if (!existsSync(join(settings.data, 'meta.json'))) {
      throw new Error(
        `There is no data directory in ${settings.data} yet; \`domain-stats serve\` makes it, or name another with --data.`,
      );
    }
    await withService({ ...settings, lookups: false }, {}, (service) => {
      const meta = readMeta(settings.data);
      const [newest] = listContacts(service.contacts);
      const status = {
        version: VERSION,
        data: settings.data,
        schema: meta.schema,
        created: meta.created,
        suffix_list: service.dataVersion(),
        contacts: service.contacts.contacts.count(),
        newest_first_contact: newest === undefined ? null : `${newest.domain} (${newest.scope}), ${newest.first_seen}`,
        registrations: service.registrations.records.count(),
        waiting_for_lookup: service.registrations.wishes.count(),
      };
      process.stdout.write(json === true ? JSON.stringify(status) + '\n' : table(status));
    });
  });
}

function table(rows: Readonly<Record<string, string | number | null>>): string {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  return Object.entries(rows)
    .map(([key, value]) => `${key.replaceAll('_', ' ').padEnd(width)}  ${value === null ? 'none' : String(value)}\n`)
    .join('');
}
