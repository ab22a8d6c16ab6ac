import closeWithGrace from 'close-with-grace';
import type { FastifyBaseLogger } from 'fastify';
import type { Service } from '../service.ts';
import type { Settings } from '../settings/table.ts';
import { buildApp } from './app.ts';

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

/**
 * Listens, and stops on SIGTERM and SIGINT: no new connections, running requests finished, hits written, stores closed.
 * Resolves with the origin it serves, e.g. `http://127.0.0.1:5730`.
 */
export async function startServer(service: Service, log: FastifyBaseLogger): Promise<string> {
  const { host, port } = service.settings;
  refuseUnguarded(service.settings);
  const app = await buildApp(service, log);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`Cannot listen on ${host}, port ${String(port)}: ${reason}. Choose another with --port.`, {
      cause,
    });
  }
  stopOnSignal(async () => {
    await app.close();
    await service.close();
  }, log);
  return app.listeningOrigin;
}

function stopOnSignal(stop: () => Promise<void>, log: FastifyBaseLogger): void {
  // main.ts tells apart what must not end the process; all else comes here as an uncaught exception.
  closeWithGrace({ delay: STOP_WITHIN_MS, logger: false, skip: ['unhandledRejection'] }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'stopping after a fault');
    else log.info({ signal }, 'stopping');
    await stop();
  });
}
