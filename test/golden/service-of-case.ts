import { readTime } from '../../src/core/event-time.ts';
import { idFingerprint } from '../../src/core/fingerprints.ts';
import { lookalikeIndex } from '../../src/core/lookalike.ts';
import type { RegistrationRecord, StoredStatus } from '../../src/core/registration.ts';
import { withPrivateRules } from '../../src/core/suffix-list.ts';
import { createService, type Service } from '../../src/service.ts';
import type { Settings } from '../../src/settings/table.ts';
import type { NameData } from '../../src/sources/name-source.ts';
import { importContacts } from '../../src/stores/contact-transfer.ts';
import { readDetails } from '../../src/stores/registrations.ts';
import { snapshot } from '../core/embedded-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { State } from './cases.ts';

/** A service in the state of a case, with a clock that stands still until it is set. */
export interface ServiceOfCase {
  readonly service: Service;
  readonly setClock: (now: string) => void;
}

export async function serviceOfCase(state: State): Promise<ServiceOfCase> {
  let now = timeOf(state.now);
  const base = snapshot.suffixes();
  const present = state.psl_extra === undefined ? base : withPrivateRules(base, state.psl_extra);
  const service = createService(
    { ...settingsOf(state), data: temporaryFolder(), logLevel: 'silent' },
    { clock: () => now, snapshot, nameData: ranksOf(state), runLookups: false },
  );
  service.replaceSuffixList(present);
  const { records, environment } = service.registrations;
  await environment.write(() => {
    for (const [domain, row] of Object.entries(state.registrations ?? {})) records.put(domain, recordOf(row));
  });
  await service.community?.store.environment.write(() => {
    for (const [domain, row] of Object.entries(state.community ?? {})) {
      const { status, first_seen: first, notes } = row;
      const firstSeen = first === undefined ? {} : { firstSeen: timeOf(first) };
      service.community?.store.records.put(domain, { status, ...firstSeen, ...(notes === undefined ? {} : { notes }) });
    }
  });
  await importContacts(
    service.contacts,
    (state.contacts ?? []).map(({ scope, domain, first, last, count, id, list }) => ({
      scope,
      domain,
      first_seen: first,
      last_seen: last,
      count,
      first_id: idFingerprint(id),
      list: list === 'former' ? base.id : present.id,
    })),
  );
  for (const { domain, reason, owner, expires } of state.suppressions ?? []) {
    const until = expires === undefined ? {} : { expires: timeOf(expires) };
    await service.suppressionStore.put(domain, { reason, owner, created: now, ...until });
  }
  return { service, setClock: (time) => (now = timeOf(time)) };
}

const timeOf = (text: string): number => {
  const time = readTime(text);
  if (time === undefined) throw new Error(`${text} is no time`);
  return time;
};

/** The words of the cases and the settings they stand for. */
const SETTING_OF_WORD = {
  zones: 'zones',
  lookups: 'lookups',
  clients: 'clients',
  baby_days: 'babyDays',
  freq_avg_alert: 'freqAvgAlert',
  freq_word_alert: 'freqWordAlert',
} as const satisfies Record<string, keyof Settings>;

function settingsOf({ settings = {} }: State): Partial<Settings> {
  const known: Record<string, keyof Settings> = SETTING_OF_WORD;
  return {
    ...Object.fromEntries(
      Object.entries(settings).flatMap(([word, value]) => (known[word] === undefined ? [] : [[known[word], value]])),
    ),
    // Nobody listens there, and this process asks nobody.
    ...(settings['community'] === true ? { communityUrl: 'http://127.0.0.1:9', communityToken: 'golden' } : {}),
  };
}

/** Every list of the cases is short, so all of it is guarded against look-alikes. */
function ranksOf({ ranks }: State): Partial<NameData> {
  if (ranks === undefined) return {};
  const listed = new Map(Object.entries(ranks));
  return {
    ranks: { name: 'golden', rankOf: (domain) => listed.get(domain) },
    lookalikes: lookalikeIndex(
      [...listed].map(([domain, rank]) => ({ domain, rank })),
      snapshot.suffixes(),
    ),
  };
}

const DATES = ['created', 'updated', 'expires', 'retrieved'] as const;

function recordOf(row: Readonly<Record<string, unknown>>): RegistrationRecord {
  const { status, stale, previous_created: previous } = row;
  return {
    status: status as StoredStatus,
    ...Object.fromEntries(
      DATES.flatMap((date) => (row[date] === undefined ? [] : [[date, timeOf(row[date] as string)]])),
    ),
    ...(previous === undefined ? {} : { previousCreated: timeOf(previous as string) }),
    ...(stale === true ? { stale } : {}),
    details: readDetails(row),
  };
}
