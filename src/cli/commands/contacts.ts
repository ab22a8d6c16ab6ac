import { once } from 'node:events';
import { Command, Option } from 'commander';
import { readTime } from '../../core/event-time.ts';
import { listContacts, type ContactRow } from '../../stores/contact-list.ts';
import { exportContacts } from '../../stores/contact-transfer.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { ENGINE_SETTINGS } from '../engine-settings.ts';
import { pushContacts } from '../push-contacts.ts';
import { UsageError } from '../usage-error.ts';
import { withContacts } from '../with-service.ts';
import { importContactsCommand } from './contacts-import.ts';

interface ListFlags extends Record<string, unknown> {
  scope?: string;
  domain?: string;
  since?: string;
  until?: string;
  limit: string;
}

export function contactsCommand(): Command {
  const command = new Command('contacts').description('List, export and import first contacts, and share them.');
  const list = command
    .command('list')
    .description('Contacts, newest first, one JSON object a line.')
    .addOption(new Option('--scope <SCOPE>', 'only this scope'))
    .addOption(new Option('--domain <DOMAIN>', 'only this registered domain'))
    .addOption(new Option('--since <TIME>', 'only those first seen at or after this time, ISO 8601'))
    .addOption(new Option('--until <TIME>', 'only those first seen before this time, ISO 8601'))
    .addOption(new Option('--limit <N>', 'at most so many').default('100'))
    .addHelpText('after', '\nExample:\n  domain-stats contacts list --since 2026-11-01 --limit 20');
  withSettings(list, ['data']).action(({ scope, domain, since, until, limit, ...flags }: ListFlags) => {
    if (!/^[1-9]\d{0,8}$/.test(limit))
      throw new UsageError(`--limit: ${JSON.stringify(limit)} must be a whole number above 0`);
    const times = { since: timeOf('--since', since), until: timeOf('--until', until) };
    return withContacts(flags, async (service) => {
      const filter = {
        ...(scope && { scope }),
        ...(domain && { domain: service.finishedName(domain).parsed.name }),
        ...(times.since !== undefined && { since: times.since }),
        ...(times.until !== undefined && { until: times.until }),
      };
      let left = Number(limit);
      for (const row of listContacts(service.contacts, filter)) {
        await print(row);
        if (--left === 0) break;
      }
    });
  });

  const write = command
    .command('export')
    .description('All contacts as NDJSON on standard output, for import elsewhere.')
    .addHelpText('after', '\nExample:\n  domain-stats contacts export > contacts.ndjson');
  withSettings(write, ['data']).action((flags: Record<string, unknown>) =>
    withContacts(flags, async (service) => {
      for (const row of exportContacts(service.contacts)) await print(row);
    }),
  );

  command.addCommand(importContactsCommand());

  const push = command
    .command('push')
    .description('Give the contacts of this data directory to the index that instances share (setting contacts).')
    .addHelpText('after', '\nExample:\n  domain-stats contacts push --contacts opensearch://127.0.0.1:9200');
  withSettings(push, ['data', 'contacts', ...ENGINE_SETTINGS]).action((flags: Record<string, unknown>) =>
    pushContacts(settingsOf(flags)),
  );
  return command;
}

function timeOf(flag: string, text: string | undefined): number | undefined {
  const time = text === undefined ? undefined : readTime(text);
  if (text !== undefined && time === undefined) {
    throw new UsageError(`${flag}: ${JSON.stringify(text)} must be an ISO 8601 time`);
  }
  return time;
}

async function print(row: ContactRow): Promise<void> {
  if (!process.stdout.write(JSON.stringify(row) + '\n')) await once(process.stdout, 'drain');
}
