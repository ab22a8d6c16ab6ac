import type { FastifyBaseLogger } from 'fastify';
import { isLostStore } from '../service.ts';

/**
 * Ends the process when it can use a store no more, as LMDB asks for: whoever started it (`--workers`, systemd) starts
 * another, which finds the store as it was. At once and without flushing, so that nobody is answered wrongly meanwhile;
 * what is lost is what a killed process loses.
 */
export function endIfStoreIsLost(error: unknown, log: Pick<FastifyBaseLogger, 'fatal'>): void {
  if (!isLostStore(error)) return;
  log.fatal({ err: error }, 'another process died while it wrote to this store; this one ends, a new one can go on');
  process.exit(1);
}
