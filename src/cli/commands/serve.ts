import { Command } from 'commander';
import type { FastifyBaseLogger } from 'fastify';
import { startAutoUpdate } from '../../datasets/auto-update.ts';
import { connectEngine } from '../../elastic/connect.ts';
import { followSweep } from '../../elastic/sweep/follow.ts';
import { loggedTo, openLog } from '../../http/log.ts';
import { startServer } from '../../http/server.ts';
import { createService, type Service } from '../../service.ts';
import { completeDocuments } from '../../service/complete-documents.ts';
import { settingKeys } from '../../settings/table.ts';
import { withBulkProxy } from '../bulk-proxy.ts';
import { runCommand } from '../child-command.ts';
import { UPDATE_SETTINGS } from './update.ts';
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
    let service = sweeping(createService(settings, reporting), log);
    try {
      service = await withBulkProxy(service, reporting.onFault);
      const origin = await startServer(service, log);
      process.stdout.write(`listening on ${origin}\n`);
      if (settings.autoUpdate > 0) {
        startAutoUpdate(settings.data, {
          intervalMs: settings.autoUpdate,
          run: () => runCommand(['update', 'all'], settings, UPDATE_SETTINGS),
          onFault: (error) => log.error({ err: error }, 'automatic update failed'),
        });
      }
    } catch (error) {
      await service.close();
      throw error;
    }
  });
}

/** An engine that is away is asked again so long within one pass; the next pass begins anew. */
const RETRY_MS = 30_000;

/** The service with the sweep beside it that its settings ask for; it ends before the stores close. */
function sweeping(service: Service, log: FastifyBaseLogger): Service {
  const { settings } = service;
  if (settings.sweepIndex.length === 0) return service;
  const sweep = followSweep({
    patterns: settings.sweepIndex,
    complete: completeDocuments(service.ask, service.finishedName, settings.fields),
    everyMs: settings.sweepEvery,
    counts: service.counters.sweep,
    connect: (signal) => connectEngine(settings, { retryMs: RETRY_MS, signal }),
    onProblem: (problem) =>
      problem === undefined ? log.info('the sweep goes on') : log.warn({ problem }, 'the sweep is held up'),
  });
  return {
    ...service,
    async close() {
      await sweep.stop();
      await service.close();
    },
  };
}
