import { basename } from 'node:path';
import { Argument, Command } from 'commander';
import { MODEL_SETS, type ModelSet } from '../../datasets/generations.ts';
import { openSnapshot } from '../../datasets/snapshot.ts';
import { trainModel } from '../../datasets/train-model.ts';
import { openMeta } from '../../stores/meta.ts';
import { countedInput } from '../counted-input.ts';
import { lowerPriority } from '../lower-priority.ts';
import { settingsOf, withSettings } from '../settings-options.ts';

export function trainCommand(): Command {
  const command = new Command('train')
    .description(
      'Make a table of your own from names that are ordinary at your site; a running server takes it into use within ' +
        'seconds, and `domain-stats rollback` goes back. entropy: how often each character occurs; frequency: letter pairs; ' +
        'randomness: the trigram model (at least 1,000 labels), which then answers instead of that of the rank list.',
    )
    .addArgument(new Argument('<table>', 'which one').choices(MODEL_SETS))
    .argument('<file>', 'names one a line, or a rank list; also .gz or .zip; - for standard input')
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats train randomness our-names.txt.gz\n  domain-stats train frequency top-1m.csv.zip\n' +
        '  domain-stats rollback randomness',
    );
  return withSettings(command, ['data']).action(async (set: ModelSet, file: string, flags: Record<string, unknown>) => {
    const { data } = settingsOf(flags);
    const { reports, end } = await countedInput(file, 'names');
    const now = Date.now();
    openMeta(data, now);
    lowerPriority();
    const about = await trainModel(data, set, {
      snapshot: openSnapshot(),
      file,
      source: file === '-' ? 'standard input' : basename(file),
      now,
      ...reports,
    }).finally(end);
    process.stderr.write(
      `${set}: trained on ${String(about.rows)} different names and live, ${String(about.bad_rows ?? 0)} bad lines were left out\n`,
    );
  });
}
