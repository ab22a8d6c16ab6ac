import { Command, Option } from 'commander';
import { fullAnswer } from '../../core/answer-parts.ts';
import { readWait, settingsOf, withSettings } from '../settings-options.ts';
import { withService } from '../with-service.ts';

interface LookupFlags extends Record<string, unknown> {
  at?: string;
  scope?: string;
  wait?: string;
  contact?: boolean;
  full?: boolean;
}

export function lookupCommand(): Command {
  const command = new Command('lookup')
    .description('Show all that is known of names. Leaves no contact unless told to.')
    .argument('<names...>', 'domain names, in any spelling')
    .addOption(new Option('--at <TIME>', 'event time, ISO 8601 (default: now)'))
    .addOption(new Option('--scope <SCOPE>', 'whose first contact').default('default'))
    .addOption(new Option('--wait <TIME>', 'wait this long for a registration that is not known yet, e.g. 2s'))
    .addOption(new Option('--contact', 'count this as a contact'))
    .addOption(new Option('--full', 'show every key, absent ones null'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats lookup www.example.com\n  domain-stats lookup --wait 2s example.com\n  domain-stats lookup --full bücher.de xn--p1ai',
    );
  return withSettings(command, ['data', 'zones', 'rankList', 'babyDays', 'newDays', 'lookups', 'lookupContact']).action(
    async (names: string[], { at, scope, wait, contact, full, ...flags }: LookupFlags) => {
      const waitMs = readWait(wait);
      await withService(settingsOf(flags), { runLookups: waitMs > 0 }, async (service) => {
        const requests = names.map((name) => ({ name, ...(at && { at }), ...(scope && { scope }) }));
        const replies = await service.ask(requests, { contact: contact === true, waitMs });
        for (const reply of replies) {
          const answer = full === true ? fullAnswer(reply.object()) : reply.object();
          process.stdout.write(JSON.stringify(answer, null, 2) + '\n');
        }
      });
    },
  );
}
