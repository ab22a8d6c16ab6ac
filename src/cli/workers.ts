import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Family } from '../http/exposition.ts';
import { openLog } from '../http/log.ts';
import { isCounted, mergedFamilies } from '../http/merged-families.ts';
import { refuseUnguarded, StartError, stopOnSignal } from '../http/server.ts';
import { PROGRAM } from '../program.ts';
import type { Settings } from '../settings/table.ts';
import type { ToPrimary, ToWorker } from './worker-messages.ts';

/** The worker that does what is done once. */
const CHORES = 1;
/** A worker that does not tell its figures by then is busy or hangs: those that it told before count. */
const READ_WITHIN_MS = 1000;
/** How soon another worker takes the place of one that ended; twice as late each time that it ends soon again. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
const SOON_MS = 5000;

/** A worker that runs. */
interface Member {
  readonly number: number;
  readonly worker: Worker;
  /** Since when it listens. */
  readySince?: number;
  counted: readonly Family[];
  gauges: readonly Family[];
  /** Settles reads that are under way. */
  readonly reads: Map<number, () => void>;
}

/**
 * The primary process of `serve --workers`: it starts the workers, hands them the connections in turn, puts another in the
 * place of one that ends, and passes on what they tell each other. It opens no store, so nothing of theirs can end it.
 */
export async function runWorkers(settings: Settings): Promise<void> {
  refuseUnguarded(settings);
  const log = openLog(settings.logLevel);
  cluster.setupPrimary({ exec: PROGRAM, args: ['serve'] });
  const members = new Map<number, Member>();
  const pauses = new Map<number, NodeJS.Timeout>();
  const pauseMs = new Map<number, number>();
  /** What workers that have ended had counted. */
  let ended: readonly Family[] = [];
  let reads = 0;
  /** While it stops, who ends is not replaced, and who begins does not. */
  let phase: 'starting' | 'up' | 'stopping' = 'starting';
  let exitCode = 0;

  /** Starts a worker; resolves with its lines when it listens. Throws {@link StartError} when it ends before. */
  function start(number: number): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const worker = cluster.fork();
      const member: Member = {
        number,
        worker,
        counted: [],
        gauges: [],
        reads: new Map(),
      };
      let problem: string | undefined;
      members.set(number, member);
      worker.on('message', (message: ToPrimary) => {
        if (message.kind === 'hello') {
          const start = { kind: 'start', number, chores: number === CHORES, settings } as const;
          tell(member, phase === 'stopping' ? { kind: 'stop' } : start);
        } else if (message.kind === 'ready') {
          member.readySince = Date.now();
          resolve(message.lines);
        } else if (message.kind === 'failed') problem = message.message;
        else take(member, message);
      });
      worker.once('exit', (code: number | null, signal: string | null) => {
        const end = signal ?? `exit code ${String(code)}`;
        members.delete(number);
        ended = mergedFamilies([ended, member.counted]);
        for (const settle of member.reads.values()) settle();
        reject(new StartError(problem ?? `Worker ${String(number)} ended (${end}) before it listened.`));
        if (code !== 0) exitCode = 1;
        if (phase === 'up') replace(member, problem ?? end);
      });
    });
  }

  function replace({ number, readySince = Infinity, worker }: Member, why: string): void {
    const before = pauseMs.get(number) ?? FIRST_PAUSE_MS;
    const pause = Date.now() - readySince < SOON_MS ? Math.min(before * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    pauseMs.set(number, pause);
    const about = { worker: number, ended: worker.process.pid, why, again_in_ms: pause };
    log.error(about, 'a worker has ended; another takes its place');
    const again = () => {
      pauses.delete(number);
      start(number).then(
        () => log.info({ worker: number }, 'the worker answers again'),
        // Its end has been told, and it is tried again.
        () => undefined,
      );
    };
    pauses.set(number, setTimeout(again, pause));
  }

  function take(member: Member, message: Exclude<ToPrimary, { kind: 'hello' | 'ready' | 'failed' }>): void {
    if (message.kind === 'contacts') {
      const feeder = members.get(CHORES);
      if (feeder !== undefined) tell(feeder, { kind: 'contacts', keys: message.keys });
    } else if (message.kind === 'figures') {
      member.counted = message.families.filter(isCounted);
      if (message.id === undefined) return;
      member.gauges = message.families.filter((family) => !isCounted(family));
      member.reads.get(message.id)?.();
    } else {
      void gather().then((reports) => tell(member, { kind: 'gathered', id: message.id, reports }));
    }
  }

  async function gather(): Promise<readonly (readonly Family[])[]> {
    await Promise.all([...members.values()].filter(({ readySince }) => readySince !== undefined).map(read));
    return [ended, ...[...members.values()].map(({ counted, gauges }) => [...counted, ...gauges])];
  }

  /** Resolves when the worker has told its figures, has ended, or takes too long. */
  function read(member: Member): Promise<void> {
    return new Promise((resolve) => {
      const id = ++reads;
      const settle = () => {
        clearTimeout(late);
        member.reads.delete(id);
        resolve();
      };
      const late = setTimeout(settle, READ_WITHIN_MS);
      member.reads.set(id, settle);
      tell(member, { kind: 'read', id });
    });
  }

  /** The worker with the chores is the last: the others bring it what they know until they end. */
  async function stop(): Promise<void> {
    phase = 'stopping';
    exitCode = 0;
    for (const pause of pauses.values()) clearTimeout(pause);
    const all = [...members.values()];
    for (const isLast of [false, true]) {
      const some = all.filter(({ number, worker }) => (number === CHORES) === isLast && !worker.isDead());
      await Promise.all(
        some.map((member) => {
          const end = once(member.worker, 'exit');
          tell(member, { kind: 'stop' });
          return end;
        }),
      );
    }
    if (exitCode !== 0) throw new Error('A worker did not stop as it should.');
  }

  try {
    // Whatever is wrong with the settings, the stores or the port is told by one worker alone.
    const lines = await start(CHORES);
    const others = Array.from({ length: settings.workers - 1 }, (_, index) => start(CHORES + 1 + index));
    await Promise.all(others);
    phase = 'up';
    stopOnSignal(stop, log, {
      onTimeout: () => [...members.values()].forEach(({ worker }) => worker.process.kill('SIGKILL')),
    });
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    // Why the server could not be started is what counts.
    await stop().catch(() => undefined);
    throw error;
  }
}

/** A worker that has gone is told nothing: its exit is on its way. */
function tell({ worker }: Member, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
