import type { FastifyBaseLogger } from 'fastify';
import { startAutoUpdate } from '../datasets/auto-update.ts';
import { connectEngine } from '../elastic/connect.ts';
import { followSweep } from '../elastic/sweep/follow.ts';
import { loggedTo, openLog } from '../http/log.ts';
import { refuseUnguarded, startServer } from '../http/server.ts';
import { createService, type Service } from '../service.ts';
import { completeDocuments } from '../service/complete-documents.ts';
import type { Settings } from '../settings/table.ts';
import { withBulkProxy } from './bulk-proxy.ts';
import { runCommand } from './child-command.ts';
import { UPDATE_SETTINGS } from './commands/update.ts';

/**
 * Answers over HTTP with all that the settings ask for beside it, and prints one line when it is ready. `started` runs
 * then; what goes wrong in it is logged, and the server goes on.
 */
export async function runServer(
  settings: Settings,
  started: (service: Service) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  refuseUnguarded(settings);
  const log = openLog(settings.logLevel);
  const reporting = loggedTo(log);
  let service = sweeping(createService(settings, reporting), log);
  try {
    service = await withBulkProxy(service, reporting.onFault);
    const origin = await startServer(service, log);
    process.stdout.write(`listening on ${origin}\n`);
  } catch (error) {
    await service.close();
    throw error;
  }
  if (settings.autoUpdate > 0) {
    startAutoUpdate(settings.data, {
      intervalMs: settings.autoUpdate,
      run: () => runCommand(['update', 'all'], settings, UPDATE_SETTINGS),
      onFault: (error) => log.error({ err: error }, 'automatic update failed'),
    });
  }
  await started(service).catch(reporting.onFault);
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
