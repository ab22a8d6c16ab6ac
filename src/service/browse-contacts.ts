import { keyOfFirstKey, partsOfContactKey, type ContactTables } from '../stores/contact-tables.ts';

/** Domains that a scope has been in contact with, in the order of their first contacts. */
export function* contactDomains(
  tables: ContactTables,
  scope: string,
  offset: number,
  limit: number,
): Generator<string> {
  let passed = 0;
  let given = 0;
  if (limit <= 0) return;
  for (const [indexKey] of tables.byFirst.entries()) {
    const { scope: found, domain } = partsOfContactKey(keyOfFirstKey(indexKey));
    if (found !== scope || passed++ < offset) continue;
    yield domain;
    if (++given >= limit) return;
  }
}
