import { createService, type Service, type ServiceOptions } from '../service.ts';
import { settingsOf } from './settings-options.ts';
import type { Settings } from '../settings/table.ts';

/**
 * Opens a service for the length of one command. A store that fails meanwhile is told of at the end, one that
 * fails while closing at once, and the exit code is 1.
 */
export async function withService(
  settings: Settings,
  options: ServiceOptions,
  work: (service: Service) => void | Promise<void>,
): Promise<void> {
  const faults = new Set<string>();
  let hasEnded = false;
  const tell = (fault: string) => process.stderr.write(`domain-stats: ${fault}\n`);
  const onFault = (error: unknown) => {
    const fault = error instanceof Error ? error.message : String(error);
    if (hasEnded && !faults.has(fault)) tell(fault);
    faults.add(fault);
    process.exitCode = 1;
  };
  const service = createService(settings, { command: process.argv[2] ?? 'cli', onFault, ...options });
  // The timers of look-ups do not keep a process alive; the command that waits for them does.
  const alive = setInterval(() => undefined, 60_000);
  try {
    await work(service);
  } finally {
    hasEnded = true;
    faults.forEach(tell);
    // Not kept alive from here on: closing a store on a full disk may never come to its end.
    clearInterval(alive);
    await service.close().catch(onFault);
  }
}

/** Opens the stores for one command; they are read and written beside a running server, and nobody is asked. */
export const withStores = (settings: Settings, work: (service: Service) => void | Promise<void>): Promise<void> =>
  withService({ ...settings, contacts: '', communityUrl: '', lookups: false }, { runLookups: false }, work);

/** The stores that a command's flags name. */
export const withContacts = (
  flags: Readonly<Record<string, unknown>>,
  work: (service: Service) => Promise<void>,
): Promise<void> => withStores(settingsOf(flags), work);
