import { createService, type Service, type ServiceOptions } from '../service.ts';
import { settingsOf } from './settings-options.ts';
import type { Settings } from '../settings/table.ts';

/** Opens a service for the length of one command. A store that fails meanwhile is told of at the end, and the exit code is 1. */
export async function withService(
  settings: Settings,
  options: ServiceOptions,
  work: (service: Service) => void | Promise<void>,
): Promise<void> {
  const faults = new Set<string>();
  const onFault = (error: unknown) => {
    faults.add(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  };
  const service = createService(settings, { command: process.argv[2] ?? 'cli', onFault, ...options });
  // The timers of look-ups do not keep a process alive; the command that waits for them does.
  const alive = setInterval(() => undefined, 60_000);
  try {
    await work(service);
  } finally {
    clearInterval(alive);
    for (const fault of faults) process.stderr.write(`domain-stats: ${fault}\n`);
    await service.close();
  }
}

/** Opens the contacts for one command; they are read and written beside a running server, and nobody is asked. */
export const withContacts = (
  flags: Readonly<Record<string, unknown>>,
  work: (service: Service) => Promise<void>,
): Promise<void> => withService({ ...settingsOf(flags), contacts: '', lookups: false }, {}, work);
