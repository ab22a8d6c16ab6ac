import { createService, type Service, type ServiceOptions } from '../service.ts';
import { settingsOf } from './settings-options.ts';
import type { Settings } from '../settings/table.ts';

/** Opens a service for the length of one command. */
export async function withService(
  settings: Settings,
  options: ServiceOptions,
  work: (service: Service) => void | Promise<void>,
): Promise<void> {
  const service = createService(settings, { command: process.argv[2] ?? 'cli', ...options });
  // The timers of look-ups do not keep a process alive; the command that waits for them does.
  const alive = setInterval(() => undefined, 60_000);
  try {
    await work(service);
  } finally {
    clearInterval(alive);
    await service.close();
  }
}

/** Opens the contacts for one command; they are read and written beside a running server, and nobody is asked. */
export const withContacts = (
  flags: Readonly<Record<string, unknown>>,
  work: (service: Service) => Promise<void>,
): Promise<void> => withService({ ...settingsOf(flags), contacts: '', lookups: false }, {}, work);
