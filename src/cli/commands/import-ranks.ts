import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { isoTime, readTime } from '../../core/event-time.ts';
import { isListName } from '../../datasets/generations.ts';
import { importRanks } from '../../datasets/import-ranks.ts';
import { openSnapshot } from '../../datasets/snapshot.ts';
import { openMeta } from '../../stores/meta.ts';
import { countedInput } from '../counted-input.ts';
import { lowerPriority } from '../lower-priority.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';

interface RanksFlags extends Record<string, unknown> {
  list: string;
  date?: string;
  force?: boolean;
}

export function importRanksCommand(): Command {
  const ranks = new Command('ranks')
    .description(
      'Make a rank list live: Umbrella, Tranco, Majestic, any list with a rank and a domain column or one domain a line. ' +
        'A running server takes it into use within seconds; until then, and when it cannot be read, the former one answers.',
    )
    .argument('<file>', 'a file, also .gz or .zip; - for standard input')
    .addOption(
      new Option(
        '--list <NAME>',
        'name of the list, e.g. umbrella: answers show it; lists of several names stand side by side',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--date <DAY>', 'day of the list, e.g. 2026-11-20 (default: when the file was last changed)'))
    .addOption(new Option('--force', 'take it although it has less than half of the rows of the live list'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats import ranks top-1m.csv.zip --list umbrella\n' +
        '  curl -s https://lists.example/majestic_million.csv | domain-stats import ranks - --list majestic --date 2026-11-20',
    );
  return withSettings(ranks, ['data', 'lookalikeTargets']).action(
    async (file: string, { list, date, force, ...flags }: RanksFlags) => {
      const settings = settingsOf(flags);
      if (!isListName(list)) {
        throw new UsageError(`--list: ${JSON.stringify(list)} must be lower-case letters, digits, - and _, at most 32`);
      }
      const day = await dayOf(file, date);
      const now = Date.now();
      openMeta(settings.data, now);
      lowerPriority();
      const { reports, end } = await countedInput(file, 'rows');
      const about = await importRanks(settings.data, {
        snapshot: openSnapshot(),
        file,
        source: { list, source: file === '-' ? 'standard input' : basename(file), ...(day && { date: day }) },
        force: force === true,
        now,
        lookalikeTargets: settings.lookalikeTargets,
        ...reports,
      }).finally(end);
      process.stderr.write(
        `${list}: ${String(about.rows)} domains are live, ${String(about.bad_rows ?? 0)} bad lines were left out\n`,
      );
    },
  );
}

/** An instant of the day that was given, else of the file. */
async function dayOf(file: string, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined) {
    const time = readTime(given);
    if (time === undefined) throw new UsageError(`--date: ${JSON.stringify(given)} must be a day such as 2026-11-20`);
    return isoTime(time);
  }
  if (file === '-') return undefined;
  try {
    return `${isoTime((await stat(file)).mtimeMs).slice(0, 10)}T00:00:00.000Z`;
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
