import type { FinishedName } from './core/answer-parts.ts';
import { nameFacts } from './core/name-facts.ts';
import type { RankList } from './core/rank-list.ts';
import { readRiskRule } from './core/risk.ts';
import type { SuffixList } from './core/suffix-list.ts';
import type { TldTable } from './core/tld-facts.ts';
import { openLiveData, type DataSetStatus } from './datasets/live.ts';
import { openSnapshot, type Snapshot } from './datasets/snapshot.ts';
import { openSharedContacts } from './elastic/contacts/open.ts';
import type { DomainFacts } from './elastic/facts/document.ts';
import type { LookupMetrics } from './lookup/index.ts';
import { answerNames, type Answering } from './service/answer-names.ts';
import { closeAll, type Closers } from './service/closing.ts';
import { communityOf, type Community } from './service/community.ts';
import { communityServerOf, type CommunityServer } from './service/community-server.ts';
import { newCounters, type Counters } from './service/counters.ts';
import { domainFacts, type KnownOf } from './service/domain-facts.ts';
import { dataDates, storeSizes, type DataDate, type StoreSize } from './service/inventory.ts';
import { openNames } from './service/names.ts';
import { openStores } from './service/open-stores.ts';
import { lookupTables, registrationLookups } from './service/registration-lookups.ts';
import { shareFacts } from './service/share-facts.ts';
import { suppressing, type Suppressing } from './service/suppress.ts';
import type { NameFacts } from './schema/name-facts.ts';
import { defaultSettings } from './settings/keys.ts';
import type { Settings } from './settings/table.ts';
import type { NameData } from './sources/name-source.ts';
import { pageOfContacts, type ContactFilter, type ContactPage, type PageLimits } from './stores/contact-list.ts';
import { contactKey, openContactTables, type ContactTables } from './stores/contact-tables.ts';
import { factsLag, readFactsState, type FactsLag } from './stores/facts-state.ts';
import { StoreError } from './stores/lmdb-environment.ts';
import { openLocalContacts } from './stores/local-contacts.ts';
import { openMeta, type Meta } from './stores/meta.ts';
import { registerProcess } from './stores/processes.ts';
import { openRegistrationStore, type RegistrationStore } from './stores/registrations.ts';
import { openSuffixHistory } from './stores/suffix-history.ts';
import { openSuppressions, type SuppressionStore } from './stores/suppressions.ts';
import { watchWrites } from './stores/write-health.ts';

export type { ContactRow } from './stores/contact-list.ts';
export { isLostStore } from './stores/lmdb-environment.ts';

/** The parts of a running service that its doors use. */
export interface Service {
  readonly settings: Settings;
  /** Answers names: at once when everything is known, after the commit of new contacts else. */
  readonly ask: Answering;
  /** What the name alone tells; nothing is written or looked up. */
  readonly nameFacts: (name: string) => NameFacts;
  /** Facts of the name alone as answers use them, from the cache or the sources. */
  readonly finishedName: (name: string) => FinishedName;
  readonly contacts: ContactTables;
  /** Contacts, newest first, page by page. */
  readonly listContacts: (filter: ContactFilter, limits: PageLimits, after?: string) => ContactPage;
  readonly registrations: RegistrationStore;
  readonly suppressions: Suppressing;
  readonly suppressionStore: SuppressionStore;
  /** With the setting `community_url`. */
  readonly community?: Community;
  /** With the setting `community_server`. */
  readonly communityServer?: CommunityServer;
  /** What has been answered since the start. */
  readonly counters: Counters;
  /** The service's clock. */
  now(): number;
  /** How much the stores hold. */
  storeSizes(): StoreSize[];
  /** Which data sets answer, and of which day they are. */
  dataDates(): DataDate[];
  /** State of the look-ups; undefined when they are off. */
  lookupMetrics(): LookupMetrics | undefined;
  /** How far the facts index is behind, of this process or as one has left it; undefined without a feed. */
  factsLag(): FactsLag | undefined;
  /** Tells the facts index of contacts that other processes made; nothing without a feed. */
  shareContacts(keys: readonly string[]): void;
  /** What the facts index is to hold of a registered domain. */
  knownFacts(domain: string): DomainFacts[];
  /** Takes another suffix list into use at once; contacts made under former ones still count, also after a restart. */
  replaceSuffixList(list: SuffixList): void;
  /** Id of the suffix list that makes the keys of contacts now. */
  suffixListId(): number;
  /** The data sets: which generation, how old, what is wrong with it. */
  dataSets(): DataSetStatus[];
  /** Takes new generations of data sets into use now; else that happens within a second. */
  refreshData(): Promise<void>;
  /** Facts of the TLDs, of the live generation. */
  tlds(): TldTable;
  /** The rank list that answers use; undefined when there is none. */
  ranks(): RankList | undefined;
  /** Which data generations answer. */
  dataVersion(): string;
  /** Writes gathered hits; resolves after the commit. */
  flush(): Promise<void>;
  /** What is not ready, by name; empty when all is. */
  notReady(): string[];
  /** What answers with less than it should, by name; the service is ready all the same. */
  degraded(): string[];
  close(): Promise<void>;
}

/** What tests and other programs may put in place of the real thing. */
export interface ServiceOptions {
  /** The server's clock, milliseconds since the epoch. */
  readonly clock?: () => number;
  readonly snapshot?: Snapshot;
  /** Data of names that stands in for what the data directory has, e.g. a rank list. */
  readonly nameData?: Partial<NameData>;
  /** False: this process asks no registry; it leaves wishes in the store for the one that does. */
  readonly runLookups?: boolean;
  /** Told of the key of each new contact when another process feeds the facts index: for {@link Service.shareContacts} there. */
  readonly onNewContact?: (key: string) => void;
  /** What this process is, for others that find it at work on the data directory. */
  readonly command?: string;
  /** Told of a data set that cannot be used; another generation of it answers. Default: a line on standard error. */
  readonly onDataProblem?: (problem: string) => void;
  /** Told when facts cannot be brought to the search engine; with undefined when they can again. */
  readonly onFactsProblem?: (problem: string | undefined) => void;
  /** Told when the community server cannot be asked; with undefined when it can again. Default: a line on standard error. */
  readonly onCommunityProblem?: (problem: string | undefined) => void;
  /** Told of a store that fails while the service goes on. */
  readonly onFault?: (error: unknown) => void;
  /** Told when a registry's server is no longer asked because it fails, and when it answers again. */
  readonly onServer?: (server: string, state: 'failing' | 'answering') => void;
}

/**
 * Opens the stores of a data directory and wires the parts: the only place that does. Settings that are left out have
 * their defaults. Throws when a store cannot be opened, saying what to do.
 */
export function createService(given: Partial<Settings> = {}, options: ServiceOptions = {}): Service {
  const settings = { ...defaultSettings(), ...given };
  const { clock = Date.now } = options;
  const meta = openMeta(settings.data, clock());
  const unregister = registerProcess(settings.data, options.command ?? 'library', clock());
  const closers: Closers = {};
  const close = () => closeAll(closers, unregister);
  try {
    return { ...wire(settings, options, meta, closers), close };
  } catch (error) {
    // What is open already goes too; why the service could not be opened is what counts.
    close().catch(() => undefined);
    throw error;
  }
}

/** Opens the parts, and says of each how it is closed. */
function wire(settings: Settings, options: ServiceOptions, meta: Meta, closers: Closers): Omit<Service, 'close'> {
  const { clock = Date.now, snapshot = openSnapshot(), onFault = throwLater, onDataProblem = warn } = options;
  const { onFactsProblem = warnOf('facts index'), onCommunityProblem = warnOf('community') } = options;
  const stores = openStores(settings.data);
  closers.contacts = () => stores.contacts.close();
  closers.registrations = () => stores.registrations.close();
  closers.suppressions = () => stores.suppressions.close();
  const live = openLiveData(settings.data, {
    snapshot,
    rankList: settings.rankList,
    lookalikeTargets: settings.lookalikeTargets,
    onSwap: ({ suffixes, rdapServices }) => {
      if (suffixes !== liveSuffixes) names.use((liveSuffixes = suffixes));
      const servers = rdapServices();
      if (servers !== liveServers) lookups?.setTables(lookupTables(settings, snapshot, (liveServers = servers)));
      names.forget();
    },
    onProblem: onDataProblem,
  });
  closers.live = () => live.close();
  const contactTables = openContactTables(stores.contacts);
  const names = openNames(settings, {
    sets: () => live.current(),
    history: openSuffixHistory(contactTables.environment, onFault),
    letters: snapshot.letters(),
    given: options.nameData,
  });
  let liveSuffixes = live.current().suffixes;
  const registrations = openRegistrationStore(stores.registrations);
  const writes = {
    contacts: watchWrites(stores.contacts),
    registrations: watchWrites(stores.registrations),
  };
  closers.writes = () => Object.values(writes).forEach((health) => health.stop());
  const onFailedWrite = (store: keyof typeof writes) => (error: unknown) => {
    if (error instanceof StoreError) writes[store].failed();
    onFault(error);
  };
  const suppressionStore = openSuppressions(stores.suppressions, {
    lookEveryMs: LOOK_FOR_SUPPRESSIONS_MS,
    onFault,
  });
  closers.suppressions = () => suppressionStore.close();
  const known: KnownOf = {
    finishedName: names.finished,
    registrationOf: (domain) => registrations.records.get(domain),
    firstSeenOf: (domain) => contactTables.contacts.get(contactKey('default', domain))?.first,
    isSuppressed: (domain, now) => suppressionStore.isSuppressed(domain, now ?? clock()),
  };
  const shared =
    settings.shareFacts && settings.lookups && (options.runLookups ?? true) && settings.elasticsearchUrl.length > 0
      ? shareFacts(settings, known, clock, onFactsProblem, onFault)
      : undefined;
  closers.shared = () => shared?.stop();
  const communityServer = settings.communityServer
    ? communityServerOf(settings, { key: meta.client_key, registrations, clock })
    : undefined;
  closers.communityServer = () => communityServer?.close();
  const onNew = shared?.contacted ?? options.onNewContact;
  const contacts = openLocalContacts(contactTables, {
    clientCap: settings.clients ? settings.clientCap : 0,
    flushEveryMs: settings.flushEvery,
    syncToDisk: settings.durability === 'sync',
    onFault: onFailedWrite('contacts'),
    ...(settings.contacts === '' ? {} : { fleet: openSharedContacts(settings, onFault) }),
    ...(onNew === undefined ? {} : { onNew }),
  });
  closers.contacts = () => contacts.close();

  let liveServers = live.current().rdapServices();
  const lookups = settings.lookups
    ? registrationLookups(settings, {
        store: registrations,
        snapshot,
        rdapServices: liveServers,
        clock,
        mayOwn: options.runLookups ?? true,
        shared,
        onFault: onFailedWrite('registrations'),
        ...(options.onServer === undefined ? {} : { onServer: options.onServer }),
      })
    : undefined;
  closers.lookups = () => lookups?.stop();

  const community =
    settings.communityUrl === ''
      ? undefined
      : communityOf(settings, {
          clock,
          mayOwn: options.runLookups ?? true,
          parse: names.parse,
          isSuppressed: (domain, now) => suppressionStore.isSuppressed(domain, now),
          onProblem: onCommunityProblem,
          onFault,
        });
  closers.community = () => community?.close();
  const counters = newCounters();
  const dataVersion = () => live.current().version;

  return {
    settings,
    ask: answerNames({
      clock,
      finishedName: names.finished,
      contacts,
      registrationOf: known.registrationOf,
      isSuppressed: known.isSuppressed,
      suffixLists: names.lists,
      babyDays: settings.babyDays,
      newDays: settings.newDays,
      riskRules: settings.riskRules.map(readRiskRule).filter((rule) => typeof rule !== 'string'),
      dataVersion,
      counters,
      ...(lookups === undefined ? {} : { lookups }),
      ...(community === undefined ? {} : { community }),
      ...(settings.clients ? { clientKey: meta.client_key } : {}),
    }),
    nameFacts: (name) => nameFacts(names.parse(name), { suffixes: names.lists().current, ...names.data() }),
    finishedName: names.finished,
    contacts: contactTables,
    listContacts(filter, limits, after) {
      // What another process has answered a moment ago is listed too.
      contactTables.environment.refresh();
      return pageOfContacts(contactTables, filter, limits, after);
    },
    registrations,
    suppressions: suppressing(suppressionStore, names.parse, clock),
    suppressionStore,
    ...(community === undefined ? {} : { community }),
    ...(communityServer === undefined ? {} : { communityServer }),
    counters,
    now: clock,
    storeSizes: () =>
      storeSizes(settings.data, [
        { folder: 'contacts', tables: { contacts: contactTables.contacts } },
        { folder: 'registrations', tables: { registrations: registrations.records, wishes: registrations.wishes } },
        ...(community === undefined
          ? []
          : [
              {
                folder: 'community',
                tables: { community: community.store.records, community_wishes: community.store.wishes },
              },
            ]),
        { folder: 'suppressions', tables: { suppressions: { count: () => suppressionStore.entries().length } } },
      ]),
    dataDates: () => dataDates(names.lists().current, live.current().rdapServices(), snapshot, names.data().ranks),
    lookupMetrics: () => lookups?.metrics(),
    factsLag() {
      const state = shared?.state() ?? readFactsState(settings.data);
      return state && factsLag(state, clock());
    },
    shareContacts: (keys) => keys.forEach((key) => shared?.contacted(key)),
    knownFacts: (domain) => domainFacts(domain, known),
    replaceSuffixList(list) {
      if (list.id !== names.lists().current.id) names.use(list);
    },
    suffixListId: () => names.lists().current.id,
    dataSets: () => live.status(),
    refreshData: () => live.refresh(),
    tlds: () => live.current().tlds,
    ranks: () => names.data().ranks,
    dataVersion,
    flush: () => contacts.flush(),
    notReady: () =>
      Object.entries(writes).flatMap(([store, health]) => (health.isWritable() ? [] : [`${store}: cannot be written`])),
    degraded: () => live.status().flatMap(({ name, problem }) => (problem === undefined ? [] : [`data: ${name}`])),
  };
}

/** How soon what another process suppresses has effect here. */
const LOOK_FOR_SUPPRESSIONS_MS = 1000;

const warn = (problem: string): void => void process.stderr.write(`domain-stats: data set ${problem}\n`);

const warnOf =
  (what: string) =>
  (problem: string | undefined): void =>
    void process.stderr.write(`domain-stats: ${what}: ${problem ?? 'all is well again'}\n`);

/** Without anyone to tell, a fault must not pass unnoticed. */
function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
