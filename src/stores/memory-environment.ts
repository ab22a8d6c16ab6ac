import type { Codec, Environment, Range, Table } from './table.ts';

/** The twin of an LMDB environment in memory: same contract, no files, one process. Values go through their codec. */
export function openMemoryEnvironment(): Environment {
  const tables = new Map<string, Map<string, Buffer>>();
  return {
    table<Value>(name: string, codec: Codec<Value>): Table<Value> {
      const id = `${name}.v${String(codec.version)}`;
      const rows = tables.get(id) ?? new Map<string, Buffer>();
      tables.set(id, rows);
      return memoryTable(rows, codec);
    },
    write: async (change) => {
      await Promise.resolve();
      const before = [...tables].map(([id, rows]) => [id, new Map(rows)] as const);
      try {
        return change();
      } catch (error) {
        for (const [id, rows] of before) restore(tables.get(id), rows);
        throw error;
      }
    },
    refresh: () => undefined,
    flushed: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function restore(rows: Map<string, Buffer> | undefined, before: ReadonlyMap<string, Buffer>): void {
  rows?.clear();
  for (const [key, value] of before) rows?.set(key, value);
}

function memoryTable<Value>(rows: Map<string, Buffer>, codec: Codec<Value>): Table<Value> {
  const put = (key: string, value: Value) => void rows.set(key, Buffer.from(codec.encode(value)));
  return {
    get: (key) => {
      const bytes = rows.get(key);
      return bytes === undefined ? undefined : codec.decode(bytes);
    },
    entries: (range = {}) =>
      keysInRange([...rows.keys()], range).map((key) => [key, codec.decode(rows.get(key) ?? Buffer.alloc(0))] as const),
    count: () => rows.size,
    putIfAbsent: async (key, value, also) => {
      await Promise.resolve();
      if (rows.has(key)) return false;
      put(key, value);
      also?.();
      return true;
    },
    put,
    remove: (key) => void rows.delete(key),
  };
}

/** Keys in byte order of their UTF-8 form, as LMDB has them. */
function keysInRange(keys: string[], { start, end, reverse = false, limit }: Range): string[] {
  const direction = reverse ? -1 : 1;
  const compare = (a: string, b: string) => direction * Buffer.compare(Buffer.from(a), Buffer.from(b));
  return keys
    .sort(compare)
    .filter((key) => (start === undefined || compare(key, start) >= 0) && (end === undefined || compare(key, end) < 0))
    .slice(0, limit);
}
