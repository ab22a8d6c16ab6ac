import { Command } from 'commander';
import { bestOfLiveList } from '../../datasets/best-ranked.ts';
import { isLiveList } from '../../datasets/import-ranks.ts';
import type { Settings } from '../../settings/table.ts';
import { openMeta } from '../../stores/meta.ts';
import { runCommand } from '../child-command.ts';
import { runServer } from '../run-server.ts';
import { settingsOf } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { wish } from './preload.ts';
import { readV1Arguments, v1Options, type V1Arguments } from '../v1-arguments.ts';

export function v1Command(): Command {
  const command = new Command('v1')
    .description(
      'Answer like domain_stats 1, with its command line. All else comes from settings file and environment.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats v1 8000\n  domain-stats v1 -ip 127.0.0.1 8000 -a top-1m.csv\n' +
        '  domain-stats v1 8000 -a top-1m.csv --all --preload 1000',
    );
  return v1Options(command).action((port: string, flags: Parameters<typeof readV1Arguments>[1]) =>
    serve(readV1Arguments(port, flags)),
  );
}

/** The rank list of `-a`, whatever its file is called. */
const LIST = 'alexa';

async function serve({ port, address, verbosity, alexa, all, preload, idle }: V1Arguments): Promise<void> {
  for (const note of idle) process.stderr.write(`domain-stats: no effect: ${note}\n`);
  const settings = settingsOf({
    port: String(port),
    host: address,
    legacy: '1',
    ...(alexa === undefined ? {} : { rankList: LIST }),
    ...(all ? { legacyMultiValue: 'all' } : {}),
    ...(verbosity > 0 ? { logLevel: verbosity > 1 ? 'debug' : 'info' } : {}),
  });
  if (alexa !== undefined) await importList(alexa, settings);
  if (settings.workers > 1) process.stderr.write('domain-stats: no effect: workers\n');
  await runServer(settings, {
    started: async (service) => {
      if (alexa === undefined || preload === 0) return;
      await wish(service, (await bestOfLiveList(settings.data, LIST, preload)) ?? []);
    },
  });
}

/** Takes the file into use as a data set, like any rank list; when it is what is live already, that is all. */
async function importList(file: string, settings: Settings): Promise<void> {
  openMeta(settings.data, Date.now());
  if (await isLiveList(settings.data, LIST, file)) return;
  const args = ['import', 'ranks', file, '--list', LIST, '--force'];
  const code = await runCommand(args, settings, ['data', 'lookalikeTargets']);
  if (code !== 0) throw new UsageError(`-a: ${file} could not be taken as a rank list`);
}
