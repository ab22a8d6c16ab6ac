import { readTime } from '../core/event-time.ts';
import { connectContactIndex } from '../elastic/contacts/open.ts';
import type { Settings } from '../settings/table.ts';
import { contactKey } from '../stores/contact-tables.ts';
import type { ContactRow } from '../stores/contact-list.ts';
import { exportContacts } from '../stores/contact-transfer.ts';
import { randomFingerprint, type ContactClaim } from '../stores/fleet-contacts.ts';
import { progressLine } from './progress.ts';
import { UsageError } from './usage-error.ts';
import { withStores } from './with-service.ts';

const ROWS_PER_REQUEST = 1000;
/** An engine that is away is waited for. */
const RETRY_MS = 60_000;

/** Gives all contacts of the data directory to the shared index: those it lacks as they are, else the earlier time. */
export async function pushContacts(settings: Settings): Promise<void> {
  if (settings.contacts === '') throw new UsageError('contacts: give the place, such as opensearch://127.0.0.1:9200');
  let [added, merged, failed] = [0, 0, 0];
  const report = (error: unknown) =>
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  const index = await connectContactIndex(settings, RETRY_MS, report);
  try {
    await withStores(settings, async (service) => {
      const line = progressLine('contacts', { read: 0, total: undefined });
      let claims: ContactClaim[] = [];
      const send = async () => {
        const agreed = await index.settle(claims);
        const earlier = claims.filter(({ first }, place) => first < (agreed[place]?.first ?? 0));
        const left = earlier.length === 0 ? 0 : (await index.lower(new Map(earlier.map(timeOf)))).size;
        added += agreed.filter((each) => each?.isNew).length;
        failed += agreed.filter((each) => each === undefined).length + left;
        merged += agreed.filter((each) => each?.isNew === false).length - left;
        line.add(claims.length);
        claims = [];
      };
      for (const row of exportContacts(service.contacts)) {
        claims.push(claimOf(row));
        if (claims.length === ROWS_PER_REQUEST) await send();
      }
      if (claims.length > 0) await send();
      line.end();
    });
  } finally {
    await index.close();
  }
  process.stderr.write(`contacts: ${String(added)} new, ${String(merged)} merged, ${String(failed)} refused\n`);
  if (failed > 0) process.exitCode = 1;
}

const timeOf = ({ key, first }: ContactClaim) => [key, first] as const;

const claimOf = ({ scope, domain, first_seen, first_id, list }: ContactRow): ContactClaim => ({
  key: contactKey(scope, domain),
  first: readTime(first_seen) ?? 0,
  // No event has this one: pushing again finds a contact that is there.
  firstId: first_id ?? randomFingerprint(),
  list,
});
