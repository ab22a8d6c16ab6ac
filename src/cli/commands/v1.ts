import { Command } from 'commander';
import { loggedTo, openLog } from '../../http/log.ts';
import { startServer } from '../../http/server.ts';
import { createService } from '../../service.ts';
import { readRankFile } from '../rank-file.ts';
import { settingsOf } from '../settings-options.ts';
import { readV1Arguments, v1Options, type V1Arguments } from '../v1-arguments.ts';

export function v1Command(): Command {
  const command = new Command('v1')
    .description(
      'Answer like domain_stats 1, with its command line. All else comes from settings file and environment.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats v1 8000\n  domain-stats v1 -ip 127.0.0.1 8000 -a top-1m.csv\n' +
        '  domain-stats v1 -ip 192.0.2.1 8000 -a top-1m.csv --all --preload 0',
    );
  return v1Options(command).action((port: string, flags: Parameters<typeof readV1Arguments>[1]) =>
    serve(readV1Arguments(port, flags)),
  );
}

async function serve({ port, address, verbosity, alexa, all, preload, idle }: V1Arguments): Promise<void> {
  for (const note of idle) process.stderr.write(`domain-stats: no effect: ${note}\n`);
  const given = settingsOf({
    port: String(port),
    host: address,
    legacy: '1',
    ...(all ? { legacyMultiValue: 'all' } : {}),
    ...(verbosity > 0 ? { logLevel: verbosity > 1 ? 'debug' : 'info' } : {}),
  });
  const ranks = alexa === undefined ? undefined : await readRankFile(alexa);
  const log = openLog(given.logLevel);
  const service = createService(given, { ...loggedTo(log), ...(ranks === undefined ? {} : { nameData: { ranks } }) });
  try {
    const origin = await startServer(service, log);
    process.stdout.write(`listening on ${origin}\n`);
    // Wishes only: the queue asks each registry at its pace, behind the requests.
    const names = (ranks?.best(preload) ?? []).map((name) => ({ name }));
    await service.ask(names, { contact: false, waitMs: 0 });
  } catch (error) {
    await service.close();
    throw error;
  }
}
