import { isoTime } from '../../core/event-time.ts';
import type { RegistrationRecord } from '../../core/registration.ts';
import type { Service } from '../../service.ts';
import type { ContactRow } from '../../stores/contact-list.ts';
import { importContacts } from '../../stores/contact-transfer.ts';
import type { PassedOver, PeerRow } from './peer-row.ts';

/** Rows written together; the writer is free for first contacts between them. */
const ROWS_PER_WRITE = 500;

export interface WrittenRows {
  readonly read: number;
  readonly contacts: number;
  readonly registrations: number;
  readonly passedOver: number;
}

/**
 * Writes a predecessor's rows: first contacts under our keys (the earlier time wins), dates where nothing better is
 * known. Importing twice changes nothing.
 */
export async function writeRows(
  service: Service,
  rows: AsyncIterable<PeerRow | PassedOver>,
  options: { now: number; onPassedOver: (passed: PassedOver) => void; onRows: (count: number) => void },
): Promise<WrittenRows> {
  const { now, onPassedOver, onRows } = options;
  const counts = { read: 0, contacts: 0, registrations: 0, passedOver: 0 };
  let told = 0;
  let contacts: ContactRow[] = [];
  let records: [string, RegistrationRecord][] = [];

  async function write(): Promise<void> {
    onRows(counts.read - told);
    told = counts.read;
    counts.contacts += await importContacts(service.contacts, contacts);
    const { records: table, environment } = service.registrations;
    const lot = records;
    counts.registrations += await environment.write(() => {
      const news = lot.filter(([domain]) => table.get(domain)?.created === undefined);
      for (const [domain, record] of news) table.put(domain, record);
      return news.length;
    });
    contacts = [];
    records = [];
    await new Promise((resume) => setTimeout(resume, 2));
  }

  for await (const row of rows) {
    if ('reason' in row) {
      counts.passedOver++;
      onPassedOver(row);
      continue;
    }
    const { parsed } = service.finishedName(row.domain);
    if (parsed.kind !== 'domain') {
      counts.passedOver++;
      onPassedOver({ place: row.domain, reason: 'is no domain name' });
      continue;
    }
    counts.read++;
    const { created, expires, firstSeen } = row;
    if (firstSeen !== undefined) {
      const time = isoTime(firstSeen);
      contacts.push({ scope: 'default', domain: parsed.domain, first_seen: time, last_seen: time, count: 1, list: 0 });
    }
    // A date of a name below a private suffix is not that of the suffix's owner.
    if (created !== undefined && created <= now && parsed.registrable && parsed.domain === parsed.registrationDomain) {
      const details = { source: 'import', server: row.source } as const;
      records.push([
        parsed.domain,
        { status: 'found', created, retrieved: now, details, ...(expires === undefined ? {} : { expires }) },
      ]);
    }
    if (contacts.length + records.length >= ROWS_PER_WRITE) await write();
  }
  await write();
  return counts;
}
