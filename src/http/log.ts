import type { FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { ServiceOptions } from '../service.ts';
import { endIfStoreIsLost } from './lost-store.ts';

/** A fault that goes on is told this often, with how many times it came meanwhile. */
const AGAIN_AFTER_MS = 60_000;

/**
 * The program's log, without credentials; names of domains at `debug` only. For collectors JSON lines, for a person at a
 * terminal lines to read.
 */
export function openLog(level: string, output: LogOutput = process.stdout, worker?: number): FastifyBaseLogger {
  const base = { pid: process.pid, ...(worker === undefined ? {} : { worker }) };
  const options = { level, redact: ['req.headers.authorization'], base };
  if (output.isTTY !== true) return output === process.stdout ? pino(options) : pino(options, output);
  return pino(options, pretty({ destination: output, sync: true, ignore: 'pid' }));
}

type LogOutput = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** What the service of a server tells goes to its log. */
export const loggedTo = (log: FastifyBaseLogger): ServiceOptions & Required<Pick<ServiceOptions, 'onFault'>> => ({
  command: 'serve',
  onFault: faultOf(log),
  onFactsProblem: (problem) =>
    problem === undefined
      ? log.info('facts reach the search engine again')
      : log.warn({ problem }, 'facts do not reach the search engine'),
  onCommunityProblem: (problem) =>
    problem === undefined
      ? log.info('the community server answers again')
      : log.warn({ problem }, 'the community does not answer as it should'),
  onDataProblem: (problem) => log.warn({ problem }, 'a data set cannot be used'),
  onServer: (server, state) => {
    if (state === 'failing') log.warn({ server }, 'a registry server fails and is left alone for a while');
    else log.info({ server }, 'a registry server answers again');
  },
});

function faultOf(log: FastifyBaseLogger): (error: unknown) => void {
  const tell = faultLog(log);
  return (error) => {
    endIfStoreIsLost(error, log);
    tell(error);
  };
}

/** Takes the faults of stores that fail while the service goes on: one line each, not one for every attempt. */
export function faultLog(
  log: Pick<FastifyBaseLogger, 'error'>,
  clock: () => number = Date.now,
): (error: unknown) => void {
  const told = new Map<string, { at: number; since: number }>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const last = told.get(message);
    const now = clock();
    if (last !== undefined && now - last.at < AGAIN_AFTER_MS) {
      last.since++;
      return;
    }
    told.set(message, { at: now, since: 0 });
    log.error({ err: error, ...(last === undefined ? {} : { repeated: last.since }) }, 'a store or a look-up failed');
  };
}
