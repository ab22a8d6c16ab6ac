import { Command } from 'commander';
import { startAutoUpdate } from '../../datasets/auto-update.ts';
import { startServer } from '../../http/server.ts';
import { createService } from '../../service.ts';
import { settingKeys } from '../../settings/table.ts';
import { runUpdate } from '../update-process.ts';
import { settingsOf, withSettings } from '../settings-options.ts';

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Answer over HTTP. Prints one line when ready, stops on SIGTERM and SIGINT.')
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats serve\n  curl -s http://127.0.0.1:5730/v1/domains/www.example.com\n' +
        '  domain-stats serve --port 0 --data /var/lib/domain-stats --zones corp.example.com',
    );
  return withSettings(command, settingKeys()).action(async (flags: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    const service = createService(settings);
    try {
      const origin = await startServer(service);
      process.stdout.write(`listening on ${origin}\n`);
      if (settings.autoUpdate > 0) {
        startAutoUpdate(settings.data, {
          intervalMs: settings.autoUpdate,
          run: () => runUpdate(settings),
          onFault: (error) => process.stderr.write(`domain-stats: automatic update: ${String(error)}\n`),
        });
      }
    } catch (error) {
      await service.close();
      throw error;
    }
  });
}
