import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePage } from '../community/established-page.ts';
import { openServerTables } from '../community/server-tables.ts';
import { openCommunityServer, type CommunityServer } from '../community/server.ts';
import { isoTime } from '../core/event-time.ts';
import { readZones } from '../core/special-use.ts';
import type { Settings } from '../settings/table.ts';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import type { RegistrationStore } from '../stores/registrations.ts';
import { readPrivateKey } from '../datasets/pack-key.ts';

export type { CommunityServer, Member } from '../community/server.ts';

/** Folder of the community server's store below the data directory. */
export const COMMUNITY_SERVER_FOLDER = 'community-server';

/** The community server of a data directory, as the settings have it. */
export function communityServerOf(
  settings: Settings,
  context: { readonly key: string; readonly registrations: RegistrationStore; readonly clock: () => number },
): CommunityServer {
  return openCommunityServer({
    tables: openServerTables(openLmdbEnvironment(join(settings.data, COMMUNITY_SERVER_FOLDER))),
    key: context.key,
    settings: {
      newDays: settings.newDays,
      perMinute: settings.communityRate,
      perDay: settings.communityQuota,
      deny: settings.communityDeny,
      minClient: settings.communityMinClient,
      prohibitedSuffixes: readZones(settings.communityProhibited),
      signs: settings.communitySignKey !== '',
      syncToDisk: settings.durability === 'sync',
    },
    createdOf: (domain) => context.registrations.records.get(domain)?.created,
    clock: context.clock,
  });
}

/** The key that signs the established list; undefined when the setting names none. Throws for a file that is no key. */
export const signingKey = (file: string): KeyObject | undefined =>
  file === '' ? undefined : readPrivateKey(readFileSync(file, 'utf8'));

/** A signed page of the established list, as text. */
export function establishedPage(server: CommunityServer, since: number, key: KeyObject, now: number): string {
  const { rows, ...about } = server.lists.page(since);
  return writePage({ since, ...about, made: isoTime(now) }, rows, key);
}
