import { setFlagsFromString } from 'node:v8';
import type { FastifyBaseLogger } from 'fastify';
import { startAutoUpdate } from '../datasets/auto-update.ts';
import { connectEngine } from '../elastic/connect.ts';
import { followSweep } from '../elastic/sweep/follow.ts';
import { loggedTo, openLog } from '../http/log.ts';
import { refuseUnguarded, startServer } from '../http/server.ts';
import type { Team } from '../http/team.ts';
import { createService, type Service, type ServiceOptions } from '../service.ts';
import { completeDocuments } from '../service/complete-documents.ts';
import type { Settings } from '../settings/table.ts';
import { withBulkProxy } from './bulk-proxy.ts';
import { runCommand } from './child-command.ts';
import { UPDATE_SETTINGS } from './commands/update.ts';

/** What a server does beside others that answer on its port. */
export interface WorkerPart {
  readonly number: number;
  /** Whether it does what one process must do: look-ups, asking the community, feeding facts, sweep, updates. */
  readonly chores: boolean;
  readonly team: Team;
  /** Told of the key of each new contact, when another has the chores. */
  readonly onNewContact: (key: string) => void;
  /** It listens; `lines` are for whoever started the server, `stop` ends the process. */
  ready(lines: readonly string[], service: Service, stop: () => void): void;
}

export interface ServerParts {
  /** Runs when the server is ready; what goes wrong in it is logged, and the server goes on. */
  readonly started?: (service: Service) => Promise<unknown>;
  /** Of several processes on one port; absent when this one is alone. */
  readonly worker?: WorkerPart;
}

/**
 * V8 lets a small heap grow to a multiple of what is in use before it collects: 190 MB of anonymous memory where 110 do. A
 * new name costs up to a tenth more for it. The growth is read anew at each collection, so it may be set while the program runs.
 */
const HEAP_GROWTH_PERCENT = 30;

/** Answers over HTTP with all that the settings ask for beside it, and prints one line when it is ready. */
export async function runServer(settings: Settings, { started, worker }: ServerParts = {}): Promise<void> {
  refuseUnguarded(settings);
  setFlagsFromString(`--heap-growing-percent=${String(HEAP_GROWTH_PERCENT)}`);
  const log = openLog(settings.logLevel, process.stdout, worker?.number);
  const reporting = { ...loggedTo(log), ...(worker === undefined ? {} : optionsOf(worker)) };
  const hasChores = worker?.chores ?? true;
  const lines: string[] = [];
  let service = createService(settings, reporting);
  try {
    if (hasChores) service = sweeping(service, log);
    service = await withBulkProxy(service, reporting.onFault, (line) => lines.push(line));
    const { origin, stop } = await startServer(service, log, worker?.team);
    lines.push(`listening on ${origin}`);
    if (worker === undefined) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    else worker.ready(lines, service, stop);
  } catch (error) {
    await service.close();
    throw error;
  }
  if (settings.autoUpdate > 0 && hasChores) {
    startAutoUpdate(settings.data, {
      intervalMs: settings.autoUpdate,
      run: () => runCommand(['update', 'all'], settings, UPDATE_SETTINGS),
      onFault: (error) => log.error({ err: error }, 'automatic update failed'),
    });
  }
  await started?.(service).catch(reporting.onFault);
}

const optionsOf = ({ number, chores, onNewContact }: WorkerPart): ServiceOptions => ({
  command: `serve, worker ${String(number)}`,
  runLookups: chores,
  ...(chores ? {} : { onNewContact }),
});

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
