import closeWithGrace from 'close-with-grace';
import type { FastifyBaseLogger } from 'fastify';
import type { Service } from '../service.ts';
import type { Settings } from '../settings/table.ts';
import { buildApp } from './app.ts';
import type { Team } from './team.ts';

/** A stop that has not come to its end by then is cut off. */
const STOP_WITHIN_MS = 10_000;

/** What keeps a server from starting. */
export class StartError extends Error {
  override name = 'StartError';
}

const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/;

/** What is wrong with serving other hosts without credentials, unless told so; undefined when nothing is. */
export function bindProblem({
  host,
  authFile,
  noAuth,
}: {
  host: string;
  authFile: string;
  noAuth: boolean;
}): string | undefined {
  if (LOOPBACK.test(host) || authFile !== '' || noAuth) return undefined;
  return (
    `${host} is not loopback, and there are no credentials: anyone who reaches the port could read and write contacts. ` +
    'Give --auth-file FILE (make it with `domain-stats auth token NAME --auth-file FILE`), or --no-auth if you mean it.'
  );
}

/** Throws {@link StartError} when other hosts would be served without credentials: to be called before anything listens. */
export function refuseUnguarded(settings: Settings): void {
  const problem = bindProblem(settings);
  if (problem !== undefined) throw new StartError(problem);
}

/** A server that listens. */
export interface Listening {
  /** E.g. `http://127.0.0.1:5730`. */
  readonly origin: string;
  /** Stops as a signal does, and ends the process. */
  readonly stop: () => void;
}

/**
 * Listens, and stops on SIGTERM and SIGINT: no new connections, running requests finished, hits written, stores closed.
 * `team`: the processes that answer beside this one.
 */
export async function startServer(service: Service, log: FastifyBaseLogger, team?: Team): Promise<Listening> {
  const { host, port } = service.settings;
  refuseUnguarded(service.settings);
  const app = await buildApp(service, log, team);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`Cannot listen on ${host}, port ${String(port)}: ${reason}. Choose another with --port.`, {
      cause,
    });
  }
  const close = async () => {
    await app.close();
    await service.close();
  };
  const stop = team === undefined ? stopOnSignal(close, log) : stopWithTeam(close, log);
  return { origin: app.listeningOrigin, stop };
}

/** Stops within its time on SIGTERM, SIGINT or a fault, and ends the process; the returned function does so too. */
export function stopOnSignal(
  stop: () => Promise<void>,
  log: FastifyBaseLogger,
  options: { readonly onTimeout?: () => void; readonly skip?: readonly StopSignal[] } = {},
): () => void {
  const { skip = [], ...others } = options;
  let isStopping = false;
  const graceful = closeWithGrace(
    // main.ts tells apart what must not end the process; all else comes here as an uncaught exception.
    { delay: STOP_WITHIN_MS, logger: false, skip: ['unhandledRejection', ...skip], ...others },
    async ({ err, signal }) => {
      isStopping = true;
      if (err) log.fatal({ err }, 'stopping after a fault');
      else log.info({ signal }, 'stopping');
      await stop();
    },
  );
  return () => {
    if (!isStopping) graceful.close();
  };
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;
type StopSignal = (typeof STOP_SIGNALS)[number];

/**
 * A terminal and systemd send a signal to all processes at once, and the first of them tells the others besides: so that
 * is no second signal, which would cut the stop off.
 */
function stopWithTeam(close: () => Promise<void>, log: FastifyBaseLogger): () => void {
  const stop = stopOnSignal(close, log, { skip: STOP_SIGNALS });
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  return stop;
}
