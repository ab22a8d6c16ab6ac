import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectEngine } from '../elastic/connect.ts';
import { countNames, namePage, type HistoryQuery } from '../elastic/history/names-of-index.ts';
import type { Service } from '../service.ts';
import { contactsOfNames } from '../service/learn-contacts.ts';
import type { ReadProgress } from './line-reader.ts';
import { progressLine } from './progress.ts';
import { writeContacts } from './write-contacts.ts';

/** Where an import from an index had come to; it stands in the data directory until its end. */
interface Bookmark {
  readonly field: string;
  readonly after?: string;
}

/** What an import did. */
export interface Learnt {
  names: number;
  added: number;
  contacts: number;
  withoutTime: number;
}

/** An engine that is away for a while does not end a long import. */
const RETRY_MS = 120_000;

/** Learns the contacts of names in fields of indices. Ended in the middle, the same call goes on where it was. */
export async function learnFromIndex(
  service: Service,
  url: string,
  { index, fields, timeField }: { index: string; fields: readonly string[]; timeField: string },
  scope: string,
): Promise<Learnt> {
  const folder = join(service.settings.data, 'imports');
  const key = createHash('sha256')
    .update(JSON.stringify([url, index, fields, timeField, scope]))
    .digest('hex')
    .slice(0, 16);
  const file = join(folder, `${key}.json`);
  const begun = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Bookmark) : undefined;
  const learnt: Learnt = { names: 0, added: 0, contacts: 0, withoutTime: 0 };
  if (begun !== undefined) process.stderr.write(`goes on where it was: ${begun.field}\n`);
  mkdirSync(folder, { recursive: true });
  const engine = await connectEngine({ ...service.settings, elasticsearchUrl: [url] }, { retryMs: RETRY_MS });
  try {
    for (const field of fields.slice(Math.max(0, fields.indexOf(begun?.field ?? '')))) {
      const query: HistoryQuery = { index, field, timeField };
      const progress: ReadProgress = { read: 0, total: await countNames(engine, query) };
      const line = progressLine('names', progress);
      for (let after = field === begun?.field ? begun.after : undefined; ;) {
        const page = await namePage(engine, query, after);
        await learn(service, page.names, scope, learnt);
        progress.read += page.names.length;
        line.add(page.names.length);
        after = page.after;
        if (after === undefined) break;
        remember(file, { field, after });
      }
      line.end();
    }
  } finally {
    await engine.close();
  }
  rmSync(file, { force: true });
  return learnt;
}

async function learn(
  service: Service,
  names: Awaited<ReturnType<typeof namePage>>['names'],
  scope: string,
  learnt: Learnt,
) {
  const used = names.flatMap(({ first, last, ...rest }) =>
    first === null || last === null ? [] : [{ ...rest, first, last }],
  );
  learnt.names += names.length;
  learnt.withoutTime += names.length - used.length;
  const learning = { scope, list: service.suffixListId(), now: Date.now() };
  const rows = contactsOfNames(used, learning, service.finishedName);
  learnt.contacts += rows.length;
  learnt.added += await writeContacts(service, rows);
}

/** Written beside and renamed: half a bookmark would be none. */
function remember(file: string, bookmark: Bookmark): void {
  writeFileSync(`${file}.new`, JSON.stringify(bookmark));
  renameSync(`${file}.new`, file);
}
