import { join } from 'node:path';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import type { Environment } from '../stores/table.ts';

const STORES = ['contacts', 'registrations', 'suppressions'] as const;

/** Opens the environments of a data directory, all or none. */
export function openStores(data: string): Record<(typeof STORES)[number], Environment> {
  const opened: Environment[] = [];
  try {
    for (const store of STORES) opened.push(openLmdbEnvironment(join(data, store)));
  } catch (error) {
    for (const environment of opened) void environment.close();
    throw error;
  }
  const [contacts, registrations, suppressions] = opened as [Environment, Environment, Environment];
  return { contacts, registrations, suppressions };
}
