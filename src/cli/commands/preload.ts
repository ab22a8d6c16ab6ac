import { Command, Option } from 'commander';
import { readRankFile } from '../rank-file.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withService } from '../with-service.ts';

interface PreloadFlags extends Record<string, unknown> {
  top: string;
}

/** Domains asked for at once; the event loop turns between two lots. */
const LOT = 500;

export function preloadCommand(): Command {
  const command = new Command('preload')
    .description(
      'Have the best-ranked domains looked up. They are put into the queue, which asks each registry at its own pace: ' +
        'by a running server, or by the next one. Leaves no contact.',
    )
    .argument('<file>', 'rank list, a rank and a domain in each line; also .gz')
    .addOption(new Option('--top <N>', 'so many domains').default('100'))
    .addHelpText('after', '\nExample:\n  domain-stats preload --top 1000 top-1m.csv');
  return withSettings(command, ['data']).action(async (file: string, { top, ...flags }: PreloadFlags) => {
    if (!/^[1-9]\d{0,6}$/.test(top))
      throw new UsageError(`--top: ${JSON.stringify(top)} must be a whole number above 0`);
    const names = (await readRankFile(file)).best(Number(top));
    let wanted = 0;
    await withService({ ...settingsOf(flags), lookups: true }, { runLookups: false }, async (service) => {
      for (let start = 0; start < names.length; start += LOT) {
        const lot = names.slice(start, start + LOT).map((name) => ({ name }));
        const replies = await service.ask(lot, { contact: false, waitMs: 0 });
        wanted += replies.filter((reply) => reply.object().registration?.status === 'pending').length;
        await new Promise((resume) => setImmediate(resume));
      }
    });
    process.stderr.write(
      `preload: ${String(names.length)} domains, ${String(wanted)} of them unknown and put into the queue\n`,
    );
  });
}
