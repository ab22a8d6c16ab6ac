import { domainHash } from '../core/community.ts';
import { isoTime } from '../core/event-time.ts';
import type { PageRow } from './established-page.ts';
import { changeKey, type EstablishedRow, type ServerTables } from './server-tables.ts';

/** Rows in one page of the established list. */
const PAGE_ROWS = 10_000;
/** Rows in one transaction: it holds the store's only writer. */
const SLICE = 300;

/** The lists that the operator loads. */
export interface ServerLists {
  /** Puts domains with their registration dates on the established list, or strikes those without; how many changed. */
  putEstablished(rows: Iterable<{ readonly domain: string; readonly created?: number }>): Promise<number>;
  /** Replaces the remarks of one source. */
  putNotes(source: string, rows: readonly { readonly domain: string; readonly text: string }[]): Promise<void>;
  /** The changes after number `since`. */
  page(since: number): { readonly to: number; readonly more: boolean; readonly rows: readonly PageRow[] };
}

export function serverLists({ environment, established, changes, notes }: ServerTables): ServerLists {
  const lastChange = () => Number([...changes.entries({ start: MAX_KEY, reverse: true, limit: 1 })][0]?.[0] ?? 0);

  function putOne({ domain, created }: { readonly domain: string; readonly created?: number }, seq: number): boolean {
    const hash = domainHash(domain);
    const before = established.get(hash);
    if (before?.created === created) return false;
    putRow(hash, { domain, seq: before?.seq ?? seq, ...(created === undefined ? {} : { created }) }, seq);
    return true;
  }

  function putRow(hash: string, row: EstablishedRow, seq: number): void {
    changes.remove(changeKey(row.seq));
    established.put(hash, { ...row, seq });
    changes.put(changeKey(seq), hash);
  }

  return {
    async putEstablished(rows) {
      let changed = 0;
      for (const slice of slices(rows)) {
        await environment.write(() => {
          let seq = lastChange();
          for (const row of slice) {
            if (!putOne(row, seq + 1)) continue;
            seq++;
            changed++;
          }
        });
      }
      return changed;
    },
    async putNotes(source, rows) {
      const texts = new Map(rows.map(({ domain, text }) => [domainHash(domain), text]));
      const former = [...notes.entries()].flatMap(([hash, list]) =>
        list.some((note) => note.source === source) && !texts.has(hash) ? [hash] : [],
      );
      for (const slice of slices([...texts.keys(), ...former])) {
        await environment.write(() => {
          let seq = lastChange();
          for (const hash of slice) {
            const before = notes.get(hash);
            const others = (before ?? []).filter((note) => note.source !== source);
            const text = texts.get(hash);
            const list = text === undefined ? others : [...others, { source, text }];
            if (list.length === 0) notes.remove(hash);
            else notes.put(hash, list);
            const row = established.get(hash);
            // Whoever pulls the list learns that this domain is to be asked for, or need not be any more.
            if (row !== undefined && (before === undefined) !== (list.length === 0)) putRow(hash, row, ++seq);
          }
        });
      }
    },
    page(since) {
      environment.refresh();
      const found = [...changes.entries({ start: changeKey(since + 1), limit: PAGE_ROWS + 1 })];
      const taken = found.slice(0, PAGE_ROWS);
      const rows = taken.flatMap(([, hash]): PageRow[] => {
        const row = established.get(hash);
        if (row === undefined) return [];
        // A domain with remarks is to be asked for: a remark is for those who meet it.
        const created = notes.get(hash) === undefined ? row.created : undefined;
        return [{ domain: row.domain, ...(created === undefined ? {} : { created: isoTime(created) }) }];
      });
      return { to: Number(taken.at(-1)?.[0] ?? since), more: found.length > PAGE_ROWS, rows };
    },
  };
}

/** Above every {@link changeKey}. */
const MAX_KEY = '~';

function* slices<Item>(items: Iterable<Item>): Generator<Item[]> {
  let slice: Item[] = [];
  for (const item of items) {
    slice.push(item);
    if (slice.length < SLICE) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}
