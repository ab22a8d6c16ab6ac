import type { Service } from '../service.ts';
import type { ContactRow } from '../stores/contact-list.ts';
import { importContacts } from '../stores/contact-transfer.ts';

/** Rows of an import that are written together; the writer is free for first contacts between them. */
export const ROWS_PER_WRITE = 500;

/** Merges rows into the contacts, lot by lot. Returns how many were new. */
export async function writeContacts(service: Service, rows: readonly ContactRow[]): Promise<number> {
  let added = 0;
  for (let from = 0; from < rows.length; from += ROWS_PER_WRITE) {
    added += await importContacts(service.contacts, rows.slice(from, from + ROWS_PER_WRITE));
    // A real pause, so that a serving process gets the writer in between.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return added;
}
