import { Command, Option } from 'commander';
import { connectEngine } from '../../elastic/connect.ts';
import { assetsFor } from '../../elastic/setup/assets.ts';
import { setUp, tearDown, type Step } from '../../elastic/setup/setup.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { ENGINE_SETTINGS } from '../engine-settings.ts';

/** An engine that is just starting is waited for. */
const RETRY_MS = 30_000;

const WORDS: Readonly<Record<Step['action'], readonly [done: string, planned: string]>> = {
  create: ['created', 'would create'],
  change: ['changed', 'would change'],
  keep: ['unchanged', 'unchanged'],
  remove: ['removed', 'would remove'],
  absent: ['not there', 'not there'],
  unavailable: ['not offered by this engine', 'not offered by this engine'],
};

export function setupCommand(): Command {
  const command = new Command('setup')
    .description('Make component template, ingest pipeline, facts index and enrich policy in the search engine.')
    .addOption(new Option('--dry-run', 'only say what would be done'))
    .addOption(new Option('--remove', 'remove all that setup has made, the facts included'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats setup --elasticsearch-url http://127.0.0.1:9200 --dry-run\n' +
        '  domain-stats setup --elasticsearch-url https://es.example:9200 --elasticsearch-user setup \\\n' +
        '    --elasticsearch-password-file /run/secrets/es --elasticsearch-ca ca.pem',
    );
  return withSettings(command, [...ENGINE_SETTINGS, 'prefix', 'lookupIndex', 'fields', 'babyDays', 'newDays']).action(
    async ({ dryRun, remove, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      const engine = await connectEngine(settings, { retryMs: RETRY_MS });
      try {
        const assets = assetsFor(engine.product, settings);
        const steps = await (remove === true ? tearDown : setUp)(engine, assets, dryRun === true);
        for (const { action, kind, name } of steps) {
          process.stdout.write(`${kind} ${name}: ${WORDS[action][dryRun === true ? 1 : 0]}\n`);
        }
      } finally {
        await engine.close();
      }
    },
  );
}
