import { Command, InvalidArgumentError, Option } from 'commander';
import { mayLeaveSite } from '../../core/community.ts';
import { domainKey } from '../../core/domain-key.ts';
import { isoTime, readTime } from '../../core/event-time.ts';
import { ageInDays } from '../../core/registration.ts';
import type { CommunityServer } from '../../service/community-server.ts';
import type { Service } from '../../service.ts';
import { inputLines } from '../line-reader.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withService } from '../with-service.ts';

type Flags = Record<string, unknown>;

export function communityCommand(): Command {
  const command = new Command('community').description(
    'Administer a community server in its data directory; a running `serve --community-server` follows at once.',
  );
  command.addCommand(tokenCommand());
  command.addCommand(establishedCommand());
  command.addCommand(notesCommand());
  const totals = new Command('totals')
    .description('How much there is and who asks how much, as JSON.')
    .addHelpText('after', '\nExample:\n  domain-stats community totals');
  withSettings(totals, ['data']).action((flags: Flags) =>
    withServer(flags, (server) => {
      process.stdout.write(JSON.stringify(server.totals()) + '\n');
      return Promise.resolve();
    }),
  );
  command.addCommand(totals);
  return command;
}

function tokenCommand(): Command {
  const command = new Command('token').description("Organisations' tokens.");
  const add = command
    .command('add')
    .description('Make a token for an organisation and print it, once. All its tokens count as one organisation.')
    .argument('<organisation>', 'its name, for the operator alone')
    .addOption(new Option('--quota <N>', 'asks a day, instead of community_quota').argParser(wholeNumber))
    .addHelpText('after', '\nExample:\n  domain-stats community token add example-university');
  withSettings(add, ['data']).action((organisation: string, { quota, ...flags }: Flags) =>
    withServer(flags, async ({ tokens }) => {
      if (!/^[^\s:#]{1,64}$/.test(organisation)) {
        throw new UsageError(`organisation: ${JSON.stringify(organisation)} must be 1 to 64 characters without spaces`);
      }
      process.stdout.write((await tokens.add(organisation, Date.now(), quota as number | undefined)) + '\n');
    }),
  );
  const list = command
    .command('list')
    .description('All tokens, revoked ones too, one JSON object a line.')
    .addHelpText('after', '\nExample:\n  domain-stats community token list');
  withSettings(list, ['data']).action((flags: Flags) =>
    withServer(flags, (server) => {
      for (const row of server.totals().tokens) process.stdout.write(JSON.stringify(row) + '\n');
      return Promise.resolve();
    }),
  );
  const revoke = command
    .command('revoke')
    .description('Revoke the tokens of an organisation, or one by the first digits of its hash.')
    .argument('<which>', 'organisation, or digits as `token list` shows them')
    .addHelpText('after', '\nExample:\n  domain-stats community token revoke example-university');
  withSettings(revoke, ['data']).action((which: string, flags: Flags) =>
    withServer(flags, async ({ tokens }) => {
      const count = await tokens.revoke(which, Date.now());
      if (count === 0) throw new UsageError(`no token that works belongs to ${which}; see \`community token list\``);
      process.stdout.write(`revoked ${String(count)}\n`);
    }),
  );
  return command;
}

function establishedCommand(): Command {
  const command = new Command('established').description(
    'The established list: domains that were registered long ago.',
  );
  const load = command
    .command('import')
    .description('Put domains on the list: one a line, with the date of registration, `example.com,1995-08-14`.')
    .argument('[files...]', 'files, also .gz; - or none for standard input')
    .addOption(new Option('--strike', 'take the domains off the list instead; dates are not needed'))
    .addHelpText('after', '\nExample:\n  domain-stats community established import old-domains.csv');
  withSettings(load, ['data', 'newDays']).action((files: string[], { strike, ...flags }: Flags) =>
    withServer(flags, async ({ lists }, service) => {
      const { newDays } = service.settings;
      const domains = domainReader(service);
      const rows: { domain: string; created?: number }[] = [];
      let young = 0;
      for await (const { text, where } of rowsOf(files)) {
        const [name = '', date = ''] = text.split(',', 2);
        const domain = domains.domainOf(name, where);
        if (domain === undefined) continue;
        const created = strike === true ? undefined : readTime(date.trim());
        if (strike !== true && created === undefined)
          throw new UsageError(`${where}: ${JSON.stringify(date)} is no date`);
        if (created !== undefined && ageInDays(created, Date.now()) < newDays) young++;
        else rows.push({ domain, ...(created === undefined ? {} : { created }) });
      }
      domains.tell();
      const changed = await lists.putEstablished(rows);
      process.stdout.write(`changed ${String(changed)} of ${String(rows.length)}`);
      process.stdout.write(young === 0 ? '\n' : `; left out ${String(young)} younger than ${String(newDays)} days\n`);
    }),
  );
  return command;
}

function notesCommand(): Command {
  const command = new Command('notes').description('Remarks such as known-malicious lists; answers name their source.');
  const load = command
    .command('import')
    .description('Replace the remarks of a source: one domain a line, with an optional remark, `example.com,phishing`.')
    .argument('[files...]', 'files, also .gz; - or none for standard input')
    .addOption(new Option('--source <NAME>', 'whose list it is; members see it').makeOptionMandatory())
    .addHelpText('after', '\nExample:\n  domain-stats community notes import phishing.csv --source example-cert');
  withSettings(load, ['data']).action((files: string[], { source, ...flags }: Flags) =>
    withServer(flags, async ({ lists }, service) => {
      const domains = domainReader(service);
      const rows: { domain: string; text: string }[] = [];
      for await (const { text, where } of rowsOf(files)) {
        const cut = text.indexOf(',');
        const name = cut === -1 ? text : text.slice(0, cut);
        const domain = domains.domainOf(name, where);
        if (domain !== undefined) rows.push({ domain, text: cut === -1 ? '' : text.slice(cut + 1).trim() });
      }
      domains.tell();
      await lists.putNotes(String(source), rows);
      process.stdout.write(
        `${String(rows.length)} domains have the remarks of ${String(source)} since ${isoTime(Date.now())}\n`,
      );
    }),
  );
  return command;
}

async function* rowsOf(files: readonly string[]): AsyncGenerator<{ readonly text: string; readonly where: string }> {
  for await (const { text, file, number } of inputLines(files, { read: 0, total: undefined })) {
    const trimmed = text.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) yield { text: trimmed, where: `${file}, line ${String(number)}` };
  }
}

/** Reads the domains of a list and keeps account of rows for which no member ever asks: lists of others have such. */
function domainReader({ finishedName }: Service) {
  const named: string[] = [];
  let leftOut = 0;
  let taken = 0;
  return {
    /** The domain of a row as members ask for it. */
    domainOf(text: string, where: string): string | undefined {
      const { parsed } = finishedName(text.trim());
      const key = domainKey(parsed);
      if ('domain' in key && parsed.kind === 'domain' && mayLeaveSite(parsed)) {
        taken++;
        return key.domain;
      }
      const problem = 'problem' in key ? key.problem : `${JSON.stringify(key.domain)} is no domain of a registry`;
      if (++leftOut <= SHOWN) named.push(`${where}: ${problem}`);
      return undefined;
    },
    /** Names rows that were left out. Throws {@link UsageError} when that is all of them: it is another kind of file. */
    tell(): void {
      if (leftOut === 0) return;
      const text = [...named, ...(leftOut > SHOWN ? [`and ${String(leftOut - SHOWN)} more`] : [])].join('\n');
      if (taken === 0) throw new UsageError(text);
      process.stderr.write(`left out, for no member asks for these: ${String(leftOut)}\n${text}\n`);
    },
  };
}

/** Rows that are named of those that were left out. */
const SHOWN = 5;

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number above 0');
}

function withServer(flags: Flags, work: (server: CommunityServer, service: Service) => Promise<void>): Promise<void> {
  const settings = { ...settingsOf(flags), lookups: false, communityUrl: '', communityServer: true };
  return withService(settings, { runLookups: false }, async (service) => {
    if (service.communityServer !== undefined) await work(service.communityServer, service);
  });
}
