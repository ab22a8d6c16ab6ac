import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { fileOptions } from '../../dashboards/files.ts';
import { connectEngine } from '../../elastic/connect.ts';
import { connectionOf } from '../../elastic/connection.ts';
import { connectHost } from '../../elastic/dashboards/host.ts';
import { fileFor, importDashboards } from '../../elastic/dashboards/import.ts';
import { setUpMl } from '../../elastic/ml/ml-setup.ts';
import { assetsFor } from '../../elastic/setup/assets.ts';
import { setUp, tearDown, type Step } from '../../elastic/setup/setup.ts';
import type { Settings } from '../../settings/table.ts';
import { checkEngineUrl } from '../../settings/value-forms.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { ENGINE_SETTINGS } from '../engine-settings.ts';
import { UsageError } from '../usage-error.ts';

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

interface SetupFlags extends Record<string, unknown> {
  dryRun?: boolean;
  remove?: boolean;
  kibana?: string;
  dashboards?: string;
  space?: string;
  tenant?: string;
  mlInference?: string;
  mlTokenFile?: string;
  overwrite: boolean;
}

export function setupCommand(): Command {
  const command = new Command('setup')
    .description(
      'Make component template, ingest pipeline, facts index and enrich policy in the search engine; with --kibana or ' +
        '--dashboards import the dashboards, too.',
    )
    .addOption(new Option('--dry-run', 'only say what would be done; of dashboards print the file'))
    .addOption(new Option('--remove', 'remove all that setup has made in the engine, the facts included'))
    .addOption(
      new Option(
        '--ml-inference <URL>',
        'OpenSearch 2.15+: let ingest pipelines call the domain-stats at this URL',
      ).conflicts(['kibana', 'dashboards']),
    )
    .addOption(new Option('--ml-token-file <FILE>', 'with --ml-inference: file with the token that domain-stats wants'))
    .addOption(new Option('--kibana <URL>', 'Kibana, or OpenSearch Dashboards: setup finds out which'))
    .addOption(new Option('--dashboards <URL>', 'the same under its other name').conflicts('kibana'))
    .addOption(new Option('--space <NAME>', "Kibana's space (default: the default one)"))
    .addOption(new Option('--tenant <NAME>', 'tenant of OpenSearch Dashboards: global, __user__ or a name'))
    .addOption(new Option('--no-overwrite', 'keep dashboards that are there already'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats setup --elasticsearch-url http://127.0.0.1:9200 --dry-run\n' +
        '  domain-stats setup --elasticsearch-url https://es.example:9200 --elasticsearch-user setup \\\n' +
        '    --elasticsearch-password-file /run/secrets/es --elasticsearch-ca ca.pem\n' +
        '  domain-stats setup --kibana https://kibana.example:5601 --space security --elasticsearch-api-key-file key',
    );
  const keys = ['prefix', 'lookupIndex', 'fields', 'babyDays', 'newDays', 'eventIndices'] as const;
  return withSettings(command, [...ENGINE_SETTINGS, ...keys]).action(
    async ({
      dryRun = false,
      remove = false,
      kibana,
      dashboards,
      space = '',
      tenant = '',
      overwrite,
      mlInference,
      mlTokenFile,
      ...flags
    }: SetupFlags) => {
      const settings = settingsOf(flags);
      if (mlInference !== undefined) {
        if (dryRun || remove) throw new UsageError('--ml-inference: goes without --dry-run and --remove');
        await setUpInference(settings, addressOf('--ml-inference', mlInference), mlTokenFile);
        return;
      }
      const host = kibana ?? dashboards;
      if (host === undefined) {
        await setUpEngine(settings, { dryRun, remove }, process.stdout);
        return;
      }
      if (remove) throw new UsageError('--remove: dashboards are removed in their host, under Saved objects');
      const url = addressOf(kibana === undefined ? '--dashboards' : '--kibana', host);
      // Standard output is for the file then.
      if (settings.elasticsearchUrl.length > 0) {
        await setUpEngine(settings, { dryRun, remove }, dryRun ? process.stderr : process.stdout);
      }
      await setUpDashboards(settings, { url, space, tenant }, { dryRun, overwrite });
    },
  );
}

/** An address without slashes at its end. Messages and cluster settings repeat it, so it holds no credentials. */
function addressOf(flag: string, url: string): string {
  if (checkEngineUrl(url) === undefined) return url.replace(/\/+$/, '');
  throw new UsageError(
    `${flag}: must be a URL such as https://host.example:5601, without user and password: they have options of their own`,
  );
}

async function setUpInference(settings: Settings, service: string, tokenFile: string | undefined): Promise<void> {
  const token = tokenFile === undefined ? 'none' : readFileSync(tokenFile, 'utf8').trim();
  const engine = await connectEngine(settings, { retryMs: RETRY_MS });
  try {
    const lines = await setUpMl(engine, { name: settings.prefix, service, token });
    for (const line of lines) process.stdout.write(`${line}\n`);
  } finally {
    await engine.close();
  }
}

async function setUpEngine(
  settings: Settings,
  { dryRun, remove }: { readonly dryRun: boolean; readonly remove: boolean },
  output: NodeJS.WritableStream,
): Promise<void> {
  const engine = await connectEngine(settings, { retryMs: RETRY_MS });
  try {
    const assets = assetsFor(engine.product, settings);
    const steps = await (remove ? tearDown : setUp)(engine, assets, dryRun);
    for (const { action, kind, name } of steps) output.write(`${kind} ${name}: ${WORDS[action][dryRun ? 1 : 0]}\n`);
  } finally {
    await engine.close();
  }
}

async function setUpDashboards(
  settings: Settings,
  target: { readonly url: string; readonly space: string; readonly tenant: string },
  { dryRun, overwrite }: { readonly dryRun: boolean; readonly overwrite: boolean },
): Promise<void> {
  // The hosts have the users of their engine.
  const connection = await connectionOf({ ...settings, elasticsearchUrl: [target.url] });
  const host = await connectHost(target, connection, RETRY_MS);
  try {
    const options = fileOptions(settings);
    if (dryRun) {
      process.stdout.write(fileFor(host.product, options));
      return;
    }
    const { made, kept, problems } = await importDashboards(host, options, overwrite);
    const name = host.product === 'opensearch-dashboards' ? 'OpenSearch Dashboards' : 'Kibana';
    process.stdout.write(
      `dashboards: ${String(made)} objects imported into ${name} ${host.version}${kept > 0 ? `, ${String(kept)} kept` : ''}\n`,
    );
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await host.close();
  }
}
