import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTime } from '../../src/core/event-time.ts';
import { idFingerprint } from '../../src/core/fingerprints.ts';
import type { RegistrationDetails, RegistrationRecord, StoredStatus } from '../../src/core/registration.ts';
import { openSnapshot, type Snapshot } from '../../src/datasets/snapshot.ts';
import { buildApp } from '../../src/http/app.ts';
import { createService, type Service } from '../../src/service.ts';
import { importContacts } from '../../src/stores/contact-transfer.ts';

/** What a service knows when a case begins. */
export interface State {
  readonly now: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly registrations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly contacts?: readonly {
    readonly scope: string;
    readonly domain: string;
    readonly first: string;
    readonly last: string;
    readonly count: number;
    readonly id?: string;
  }[];
}

export interface ServiceUnderTest {
  readonly service: Service;
  readonly url: string;
  setClock(now: string): void;
  stop(): Promise<void>;
}

let snapshot: Snapshot | undefined;

/** A service with a given state and clock, listening on loopback. */
export async function startService(state: State): Promise<ServiceUnderTest> {
  const data = mkdtempSync(join(tmpdir(), 'domain-stats-'));
  let now = readTime(state.now)!;
  snapshot ??= openSnapshot();
  const given = state.settings ?? {};
  const settings = {
    data,
    zones: (given['zones'] ?? []) as string[],
    clients: given['clients'] === true,
    babyDays: Number(given['baby_days'] ?? 30),
    freqAvgAlert: Number(given['freq_avg_alert'] ?? 5),
    freqWordAlert: Number(given['freq_word_alert'] ?? 4),
  };
  const service = createService(settings, { clock: () => now, snapshot });
  for (const [domain, row] of Object.entries(state.registrations ?? {})) {
    await service.registrations.environment.write(() => service.registrations.records.put(domain, recordOf(row)));
  }
  await importContacts(
    service.contacts,
    (state.contacts ?? []).map(({ scope, domain, first, last, count, id }) => ({
      scope,
      domain,
      first_seen: first,
      last_seen: last,
      count,
      first_id: idFingerprint(id),
      list: snapshot!.suffixes().id,
    })),
  );
  const app = await buildApp(service);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    service,
    url: app.listeningOrigin,
    setClock: (text) => (now = readTime(text)!),
    async stop() {
      await app.close();
      await service.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function recordOf({ status, stale, ...row }: Readonly<Record<string, unknown>>): RegistrationRecord {
  const dates: Record<string, number> = {};
  const details: RegistrationDetails & Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    const name = key === 'previous_created' ? 'previousCreated' : key;
    if (['created', 'updated', 'expires', 'retrieved', 'previousCreated'].includes(name)) {
      dates[name] = readTime(value as string)!;
    } else if (key !== 'domain') details[key] = value;
  }
  return {
    status: status as StoredStatus,
    ...dates,
    ...(stale === true ? { stale } : {}),
    details,
  };
}
