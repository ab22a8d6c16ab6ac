import { Command, Option } from 'commander';
import { readTime } from '../../core/event-time.ts';
import type { Service } from '../../service.ts';
import { readDuration } from '../../settings/kinds.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withStores } from '../with-service.ts';

interface AddFlags extends Record<string, unknown> {
  reason: string;
  owner: string;
  expires?: string;
}

export function suppressCommand(): Command {
  const command = new Command('suppress').description(
    'Be silent about domains: no first contact, alert or risk is told. A running server follows within seconds.',
  );
  const add = command
    .command('add')
    .description('Suppress registered domains; their contacts are kept silently.')
    .argument('<domains...>', 'registered domains, in any spelling')
    .addOption(new Option('--reason <TEXT>', 'why, for whoever asks later').makeOptionMandatory())
    .addOption(new Option('--owner <TEXT>', 'who answers for it').makeOptionMandatory())
    .addOption(new Option('--expires <TIME>', 'when it ends: ISO 8601, or from now on, such as 12h or 30d'))
    .addHelpText(
      'after',
      '\nExample:\n  domain-stats suppress add example.com --reason "our own mail" --owner soc --expires 90d',
    );
  withSettings(add, ['data']).action((domains: string[], { reason, owner, expires, ...flags }: AddFlags) =>
    withSuppressions(flags, async (service) => {
      const until = expires === undefined ? undefined : readExpiry(expires);
      for (const domain of domains.map((text) => domainOf(service, text))) {
        const answer = await service.suppressions.put(domain, {
          reason,
          owner,
          ...(until === undefined ? {} : { expires: until }),
        });
        if ('problem' in answer) throw new UsageError(`--${answer.problem}`);
        process.stdout.write(JSON.stringify(answer) + '\n');
      }
    }),
  );

  const remove = command
    .command('remove')
    .description('Speak of domains again.')
    .argument('<domains...>', 'registered domains, in any spelling')
    .addHelpText('after', '\nExample:\n  domain-stats suppress remove example.com');
  withSettings(remove, ['data']).action((domains: string[], flags: Record<string, unknown>) =>
    withSuppressions(flags, async (service) => {
      for (const domain of domains.map((text) => domainOf(service, text))) {
        if (await service.suppressions.remove(domain)) continue;
        process.stderr.write(
          `There is no suppression of ${domain}; \`domain-stats suppress list\` shows those there are.\n`,
        );
        process.exitCode = 1;
      }
    }),
  );

  const list = command
    .command('list')
    .description('All suppressions, expired ones too, one JSON object a line.')
    .addHelpText('after', '\nExample:\n  domain-stats suppress list');
  withSettings(list, ['data']).action((flags: Record<string, unknown>) =>
    withSuppressions(flags, (service) => {
      for (const row of service.suppressions.list()) process.stdout.write(JSON.stringify(row) + '\n');
      return Promise.resolve();
    }),
  );
  return command;
}

/** Orders are read and written beside a running server; nobody is asked. */
const withSuppressions = (flags: Record<string, unknown>, work: (service: Service) => Promise<void>): Promise<void> =>
  withStores(settingsOf(flags), work);

function domainOf(service: Service, text: string): string {
  const read = service.suppressions.domainOf(text);
  if ('problem' in read) throw new UsageError(read.problem);
  return read.domain;
}

/** An instant, or a span from now on. */
function readExpiry(text: string): string {
  const span = /^\d+(m|h|d)$/.test(text) ? readDuration(text) : undefined;
  const time = span === undefined ? readTime(text) : Date.now() + span;
  if (time === undefined) {
    throw new UsageError(`--expires: ${JSON.stringify(text)} must be an ISO 8601 time, or a span such as 12h or 30d`);
  }
  return new Date(time).toISOString();
}
