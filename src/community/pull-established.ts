import { hasDomainForm } from '../core/community.ts';
import { readTime } from '../core/event-time.ts';
import type { CommunityStore } from '../stores/community-answers.ts';
import type { CommunityClient } from './client.ts';
import { readPage, type PageRow } from './established-page.ts';

export interface PullParts {
  readonly store: CommunityStore;
  readonly client: CommunityClient;
  readonly trusted: readonly string[];
  readonly now: number;
  /** False when the program stops; the next pull goes on where this one ended. */
  readonly goesOn: () => boolean;
}

/** Rows in one transaction: it holds the thread and the store's only writer. */
const ROWS = 250;

/**
 * Pulls what has changed in the established list since the last time: what is on it need not be asked for. Each page is
 * stored with its number, so a pull that is broken off goes on. Returns what went wrong.
 */
export async function pullEstablished({ store, client, trusted, now, goesOn }: PullParts): Promise<string | undefined> {
  for (let more = true; more && goesOn();) {
    const since = store.state().established;
    const outcome = await client.established(since);
    if (outcome.kind === 'later') return `it is to be pulled later, in ${String(outcome.waitMs)} ms`;
    if (outcome.kind === 'failed') return outcome.reason;
    const page = readPage(outcome.value, trusted, since);
    if (typeof page === 'string') return page;
    for (let start = 0; start < page.rows.length; start += ROWS) {
      await store.environment.write(() => {
        for (const row of page.rows.slice(start, start + ROWS)) putRow(store, row);
      });
      await new Promise((resume) => setImmediate(resume));
    }
    more = page.head.more;
    await store.environment.write(() =>
      store.setState({ established: page.head.to, ...(more ? {} : { pulled: now }) }),
    );
  }
  return undefined;
}

function putRow({ records, wishes }: CommunityStore, { domain, created: text }: PageRow): void {
  const created = text === undefined ? undefined : readTime(text);
  if (created === undefined) records.remove(domain);
  else if (hasDomainForm(domain)) {
    records.put(domain, { status: 'established', created });
    wishes.remove(domain);
  }
}
