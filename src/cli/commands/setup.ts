import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { connectEngine } from '../../elastic/connect.ts';
import { setUpMl } from '../../elastic/ml/ml-setup.ts';
import { assetsFor } from '../../elastic/setup/assets.ts';
import { setUp, tearDown, type Step } from '../../elastic/setup/setup.ts';
import { UsageError } from '../usage-error.ts';
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
    .addOption(
      new Option('--ml-inference <URL>', 'OpenSearch 2.15+: let ingest pipelines call the domain-stats at this URL'),
    )
    .addOption(new Option('--ml-token-file <FILE>', 'with --ml-inference: file with the token that domain-stats wants'))
    .addOption(new Option('--remove', 'remove all that setup has made, the facts included'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats setup --elasticsearch-url http://127.0.0.1:9200 --dry-run\n' +
        '  domain-stats setup --elasticsearch-url https://es.example:9200 --elasticsearch-user setup \\\n' +
        '    --elasticsearch-password-file /run/secrets/es --elasticsearch-ca ca.pem',
    );
  return withSettings(command, [...ENGINE_SETTINGS, 'prefix', 'lookupIndex', 'fields', 'babyDays', 'newDays']).action(
    async ({ dryRun, remove, mlInference, mlTokenFile, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      const engine = await connectEngine(settings, { retryMs: RETRY_MS });
      try {
        if (typeof mlInference === 'string') {
          if (dryRun === true || remove === true)
            throw new UsageError('--ml-inference: goes without --dry-run and --remove');
          const token = typeof mlTokenFile === 'string' ? readFileSync(mlTokenFile, 'utf8').trim() : 'none';
          const service = mlInference.replace(/\/+$/, '');
          for (const line of await setUpMl(engine, { name: settings.prefix, service, token }))
            process.stdout.write(`${line}\n`);
          return;
        }
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
