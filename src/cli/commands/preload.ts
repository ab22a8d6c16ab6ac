import { Command, Option } from 'commander';
import { bestOfFile, bestOfLiveList } from '../../datasets/best-ranked.ts';
import type { Service } from '../../service.ts';
import type { Settings } from '../../settings/table.ts';
import { openMeta } from '../../stores/meta.ts';
import { countedInput } from '../counted-input.ts';
import { progressLine } from '../progress.ts';
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
    .argument('[file]', 'rank list, also .gz or .zip, - for standard input (default: the list that answers use)')
    .addOption(new Option('--top <N>', 'so many domains').default('100'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats preload --top 1000\n  domain-stats preload --top 1000 top-1m.csv.zip',
    );
  return withSettings(command, ['data', 'rankList']).action(
    async (file: string | undefined, { top, ...flags }: PreloadFlags) => {
      if (!/^[1-9]\d{0,6}$/.test(top))
        throw new UsageError(`--top: ${JSON.stringify(top)} must be a whole number above 0`);
      const settings = settingsOf(flags);
      openMeta(settings.data, Date.now());
      const names = await (file === undefined ? ofLiveList(settings, Number(top)) : ofFile(file, Number(top)));
      await withService({ ...settings, lookups: true }, { runLookups: false }, async (service) => {
        const progress = { read: 0, total: names.length };
        const line = progressLine('domains', progress);
        const onLot = (count: number) => {
          progress.read += count;
          line.add(count);
        };
        const wanted = await wish(service, names, onLot).finally(() => line.end());
        process.stderr.write(
          `preload: ${String(names.length)} domains, ${String(wanted)} of them unknown and put into the queue\n`,
        );
      });
    },
  );
}

async function ofLiveList({ data, rankList }: Settings, top: number): Promise<string[]> {
  const names = await bestOfLiveList(data, rankList, top);
  if (names !== undefined) return names;
  const list = rankList === '' ? 'no rank list' : `no rank list ${rankList}`;
  throw new UsageError(
    `${list} is live in ${data}: give a file, or \`domain-stats import ranks FILE --list NAME\` first`,
  );
}

async function ofFile(file: string, top: number): Promise<string[]> {
  const { reports, end } = await countedInput(file, 'rows');
  const names = await bestOfFile(file, top, reports).finally(end);
  if (names.length === 0)
    throw new UsageError(`${file}: there is no line with a rank and a domain, such as 1,example.com`);
  return names;
}

/** Wishes for the registration of each name, which the queue then asks for at the pace of its registry; returns how many are unknown. */
export async function wish(
  service: Service,
  names: readonly string[],
  onLot: (count: number) => void = () => undefined,
): Promise<number> {
  let wanted = 0;
  for (let start = 0; start < names.length; start += LOT) {
    const lot = names.slice(start, start + LOT).map((name) => ({ name }));
    const replies = await service.ask(lot, { contact: false, waitMs: 0 });
    wanted += replies.filter((reply) => reply.object().registration?.status === 'pending').length;
    onLot(lot.length);
    await new Promise((resume) => setImmediate(resume));
  }
  return wanted;
}
