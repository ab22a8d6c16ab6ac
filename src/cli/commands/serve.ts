import { Command } from 'commander';
import { settingKeys } from '../../settings/table.ts';
import { runServer } from '../run-server.ts';
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
  return withSettings(command, settingKeys()).action((flags: Record<string, unknown>) => runServer(settingsOf(flags)));
}
