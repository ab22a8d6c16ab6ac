import cluster from 'node:cluster';
import { Command } from 'commander';
import { settingKeys } from '../../settings/keys.ts';
import { runServer } from '../run-server.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { runWorker } from '../worker.ts';
import { runWorkers } from '../workers.ts';

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Answer over HTTP. Prints one line when ready, stops on SIGTERM and SIGINT.')
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats serve\n  curl -s http://127.0.0.1:5730/v1/domains/www.example.com\n' +
        '  domain-stats serve --port 0 --data /var/lib/domain-stats --zones corp.example.com\n' +
        '  domain-stats serve --bulk-proxy http://127.0.0.1:9200 --bulk-port 9201\n' +
        '  domain-stats serve --workers 4',
    );
  return withSettings(command, settingKeys()).action((flags: Record<string, unknown>) => {
    // Started by the primary process, which has read the settings.
    if (cluster.isWorker) return runWorker();
    const settings = settingsOf(flags);
    return settings.workers > 1 ? runWorkers(settings) : runServer(settings);
  });
}
