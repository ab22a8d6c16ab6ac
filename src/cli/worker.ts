import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Family } from '../http/exposition.ts';
import type { Figures, Team } from '../http/team.ts';
import type { Service } from '../service.ts';
import { runServer } from './run-server.ts';
import type { ToPrimary, ToWorker } from './worker-messages.ts';

/** How often counters are reported: a worker that is killed loses what it counted since. */
const REPORT_MS = 1000;
/** New contacts are gathered so long. */
const GATHER_MS = 100;

/** Answers beside other processes on one port, as the primary process says; see workers.ts. */
export async function runWorker(): Promise<void> {
  const first = once(process, 'message');
  tell({ kind: 'hello' });
  const [start] = (await first) as [ToWorker];
  if (start.kind !== 'start') process.exit();
  const { number, chores, settings } = start;
  const team = openTeam();
  const contacts = gatherContacts();
  let running: { readonly service: Service; readonly stop: () => void } | undefined;

  function stop(): void {
    if (running === undefined) process.exit();
    running.stop();
  }
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') stop();
    else if (message.kind === 'contacts') running?.service.shareContacts(message.keys);
    else team.take(message);
  });
  // Else Node would end the worker with the primary at once, and what is gathered in memory would be lost.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  process.on('disconnect', () => {
    team.end();
    stop();
  });

  try {
    await runServer(settings, {
      worker: {
        number,
        chores,
        team,
        onNewContact: settings.shareFacts ? contacts.add : () => undefined,
        ready(lines, service, stopServer) {
          running = { service, stop: stopServer };
          tell({ kind: 'ready', lines });
        },
      },
    });
  } catch (error) {
    // The primary tells it, once; it waits for the end of this process.
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
  }
}

/** A primary that has gone is told nothing. */
function tell(message: ToPrimary, done: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, done);
  else done();
}

/** The team by way of the primary process. */
function openTeam(): Team & { take(message: ToWorker): void; end(): void } {
  let figures: Figures | undefined;
  let asked = 0;
  const waiting = new Map<number, PromiseWithReject>();
  return {
    report(read) {
      figures = read;
      setInterval(() => tell({ kind: 'figures', families: read.counted() }), REPORT_MS).unref();
    },
    gather: () =>
      new Promise((resolve, reject) => {
        const id = ++asked;
        waiting.set(id, { resolve, reject });
        tell({ kind: 'gather', id });
      }),
    take(message) {
      if (message.kind === 'read') tell({ kind: 'figures', id: message.id, families: figures?.all() ?? [] });
      if (message.kind !== 'gathered') return;
      waiting.get(message.id)?.resolve(message.reports);
      waiting.delete(message.id);
    },
    end() {
      for (const { reject } of waiting.values()) reject(new Error('The primary process has ended.'));
      waiting.clear();
    },
  };
}

interface PromiseWithReject {
  readonly resolve: (reports: readonly (readonly Family[])[]) => void;
  readonly reject: (error: Error) => void;
}

/** Keys of new contacts on their way to the worker that feeds the facts index. */
function gatherContacts(): { readonly add: (key: string) => void } {
  let keys: string[] = [];
  return {
    add(key) {
      if (keys.push(key) > 1) return;
      setTimeout(() => {
        tell({ kind: 'contacts', keys });
        keys = [];
      }, GATHER_MS);
    },
  };
}
