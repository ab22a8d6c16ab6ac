import { Command } from 'commander';
import { faultLog, openLog } from '../../http/log.ts';
import { startServer } from '../../http/server.ts';
import { createService } from '../../service.ts';
import { settingKeys } from '../../settings/table.ts';
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
    const log = openLog(settings.logLevel);
    const service = createService(settings, { command: 'serve', onFault: faultLog(log) });
    try {
      const origin = await startServer(service, log);
      process.stdout.write(`listening on ${origin}\n`);
    } catch (error) {
      await service.close();
      throw error;
    }
  });
}
