import type { RdapBootstrap, Snapshot } from '../datasets/snapshot.ts';
import { systemClock } from '../lookup/clock.ts';
import { startLookups, type Lookups, type LookupTables } from '../lookup/index.ts';
import { VERSION } from '../program.ts';
import type { Settings } from '../settings/table.ts';
import type { SharedFacts } from './share-facts.ts';
import type { RegistrationStore } from '../stores/registrations.ts';

/** What the look-ups of a service depend on besides its settings. */
export interface LookupContext {
  readonly store: RegistrationStore;
  readonly snapshot: Snapshot;
  /** RDAP servers of the live generation. */
  readonly rdapServices: RdapBootstrap;
  readonly clock: () => number;
  /** False: this process never asks a registry; it leaves wishes in the store for one that does. */
  readonly mayOwn: boolean;
  /** What other instances share; absent when nothing is shared. */
  readonly shared?: Pick<SharedFacts, 'registrationOf' | 'registered'> | undefined;
  readonly onFault: (error: unknown) => void;
  /** Told when a registry's server is no longer asked because it fails, and when it answers again. */
  readonly onServer?: (server: string, state: 'failing' | 'answering') => void;
}

/** Starts the look-ups as the settings have them. */
export function registrationLookups(settings: Settings, context: LookupContext): Lookups {
  const { store, snapshot, rdapServices, clock, mayOwn, shared, onFault, onServer } = context;
  const contact = settings.lookupContact === '' ? 'no contact set' : settings.lookupContact;
  return startLookups({
    store,
    tables: lookupTables(settings, snapshot, rdapServices),
    settings: {
      userAgent: `domain-stats/${VERSION} (${contact})`,
      deadlineMs: settings.lookupDeadline,
      queueLimit: settings.lookupQueue,
      rdapIntervalMs: settings.rdapInterval,
      whoisIntervalMs: settings.whoisInterval,
      followRegistrar: settings.followRegistrar,
      keepContactFields: settings.keepContactFields,
      allowPrivateAddresses: settings.allowPrivateAddresses,
      ianaWhois: settings.ianaWhois,
    },
    clock: { ...systemClock, now: clock },
    mayOwn,
    sharedRecord: shared?.registrationOf,
    onRecord: shared?.registered,
    onFault,
    ...(onServer === undefined ? {} : { onServer }),
  });
}

/** The tables of servers with the operator's own in front. */
export function lookupTables(settings: Settings, snapshot: Snapshot, { services }: RdapBootstrap): LookupTables {
  const own = (servers: readonly string[]) => servers.map(partsOfServer);
  const overrides = snapshot
    .rdapOverrides()
    .services.flatMap(([labels, [url = '']]) => labels.map((label) => [label, url]));
  const whois = Object.entries(snapshot.whoisServers().servers).map(([tld, [server = '']]) => [tld, server]);
  return {
    rdapServices: [...services, ...own(settings.rdapServers).map(([tld, url]) => [[tld], [url]] as const)],
    rdapOverrides: Object.fromEntries(overrides) as Record<string, string>,
    whoisServers: Object.fromEntries([...whois, ...own(settings.whoisServers)]) as Record<string, string>,
  };
}

/** `com=https://rdap.example/` as its two halves. */
function partsOfServer(setting: string): readonly [string, string] {
  const cut = setting.indexOf('=');
  return [setting.slice(0, cut), setting.slice(cut + 1)];
}
