import { Command } from 'commander';
import { rollBack } from '../../datasets/generations.ts';
import { settingsOf, withSettings } from '../settings-options.ts';

export function rollbackCommand(): Command {
  const command = new Command('rollback')
    .description(
      'Make the former generation of data sets live again: psl, tlds, rdap, ranks-NAME, entropy, frequency, randomness; several at once in one step. ' +
        'A later update does not bring back the content that was left.',
    )
    .argument('<names...>', 'data sets, as `domain-stats status` shows them')
    .addHelpText('after', '\nExamples:\n  domain-stats rollback ranks-umbrella\n  domain-stats rollback psl tlds');
  return withSettings(command, ['data']).action(async (names: string[], flags: Record<string, unknown>) => {
    for (const { name, from, to } of await rollBack(settingsOf(flags).data, [...new Set(names)])) {
      const instead = to ?? (name === 'randomness' ? "the rank list's own model" : 'the embedded data');
      process.stderr.write(`${name}: ${instead} is live again instead of ${from}\n`);
    }
  });
}
