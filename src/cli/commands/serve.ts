import { Command } from 'commander';
import { startAutoUpdate } from '../../datasets/auto-update.ts';
import { loggedTo, openLog } from '../../http/log.ts';
import { startServer } from '../../http/server.ts';
import { createService } from '../../service.ts';
import { settingKeys } from '../../settings/table.ts';
import { withBulkProxy } from '../bulk-proxy.ts';
import { runUpdate } from '../update-process.ts';
import { settingsOf, withSettings } from '../settings-options.ts';

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Answer over HTTP. Prints one line when ready, stops on SIGTERM and SIGINT.')
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats serve\n  curl -s http://127.0.0.1:5730/v1/domains/www.example.com\n' +
        '  domain-stats serve --port 0 --data /var/lib/domain-stats --zones corp.example.com\n' +
        '  domain-stats serve --bulk-proxy http://127.0.0.1:9200 --bulk-port 9201',
    );
  return withSettings(command, settingKeys()).action(async (flags: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    const log = openLog(settings.logLevel);
    const reporting = loggedTo(log);
    let service = createService(settings, reporting);
    try {
      service = await withBulkProxy(service, reporting.onFault);
      const origin = await startServer(service, log);
      process.stdout.write(`listening on ${origin}\n`);
      if (settings.autoUpdate > 0) {
        startAutoUpdate(settings.data, {
          intervalMs: settings.autoUpdate,
          run: () => runUpdate(settings),
          onFault: (error) => log.error({ err: error }, 'automatic update failed'),
        });
      }
    } catch (error) {
      await service.close();
      throw error;
    }
  });
}
