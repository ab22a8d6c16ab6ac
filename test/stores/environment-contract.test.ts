import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import type { Codec, Environment } from '../../src/stores/table.ts';

const text: Codec<string> = {
  version: 1,
  encode: (value) => Buffer.from(value),
  decode: (bytes) => bytes.toString('utf8'),
};

const folders: string[] = [];
const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'domain-stats-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const kinds: [string, () => Environment][] = [
  ['LMDB', () => openLmdbEnvironment(temporaryFolder())],
  ['memory', openMemoryEnvironment],
];

describe.each(kinds)('an environment of %s', (_, openEnvironment) => {
  let environment: Environment;
  const tableOf = (name: string) => {
    environment = openEnvironment();
    return environment.table(name, text);
  };
  afterEach(() => environment.close());

  it('gives back what was put, and undefined for what was not', async () => {
    const table = tableOf('t');
    await environment.write(() => table.put('default\x1fbücher.example', 'ü'));
    expect(table.get('default\x1fbücher.example')).toBe('ü');
    expect(table.get('default')).toBeUndefined();
    expect(table.count()).toBe(1);
  });

  it('stores the first of several values put if absent, and says which', async () => {
    const table = tableOf('t');
    const won = await Promise.all(['one', 'two', 'three'].map((value) => table.putIfAbsent('key', value)));
    expect(won).toEqual([true, false, false]);
    expect(table.get('key')).toBe('one');
  });

  it('runs the writes that belong to a put-if-absent only when it wins', async () => {
    const table = tableOf('t');
    const index = environment.table('index', text);
    await table.putIfAbsent('key', 'one', () => index.put('1', 'key'));
    await table.putIfAbsent('key', 'two', () => index.put('2', 'key'));
    expect([...index.entries()]).toEqual([['1', 'key']]);
  });

  it('sees its own writes inside a write', async () => {
    const table = tableOf('t');
    const seen = await environment.write(() => {
      table.put('a', '1');
      table.remove('a');
      table.put('b', '2');
      return [table.get('a'), table.get('b')];
    });
    expect(seen).toEqual([undefined, '2']);
    expect([...table.entries()]).toEqual([['b', '2']]);
  });

  it('rejects with the exception of a write and undoes it', async () => {
    const table = tableOf('t');
    await table.putIfAbsent('kept', '1');
    await expect(
      environment.write(() => {
        table.put('undone', '2');
        table.remove('kept');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect([...table.entries()]).toEqual([['kept', '1']]);
  });

  it('walks keys in order, both ways, within bounds and up to a limit', async () => {
    const table = tableOf('t');
    await environment.write(() => ['b', 'a', 'd', 'c', 'é', 'z'].forEach((key) => table.put(key, key)));
    const keys = (range: object) => [...table.entries(range)].map(([key]) => key);
    expect(keys({})).toEqual(['a', 'b', 'c', 'd', 'z', 'é']);
    expect(keys({ start: 'b', end: 'd' })).toEqual(['b', 'c']);
    expect(keys({ start: 'd', reverse: true })).toEqual(['d', 'c', 'b', 'a']);
    expect(keys({ start: 'd', end: 'a', reverse: true })).toEqual(['d', 'c', 'b']);
    expect(keys({ reverse: true, limit: 2 })).toEqual(['é', 'z']);
  });

  it('walks long keys and short ones in one order', async () => {
    const table = tableOf('t');
    // 64 characters and more are encoded in another way by lmdb than shorter keys.
    const keys = [20, 62, 63, 64, 65, 200].flatMap((length) => [
      `a\x1f${'x'.repeat(length)}`,
      `b\x1f${'ü'.repeat(length)}`,
    ]);
    await environment.write(() => keys.forEach((key) => table.put(key, key)));
    expect([...table.entries()].map(([key]) => key)).toEqual(keys.sort());
    expect([...table.entries({ start: 'b' })].map(([key]) => key)).toEqual(keys.filter((key) => key > 'b'));
  });

  it('keeps tables apart, also by the version of their codec', async () => {
    const table = tableOf('t');
    const next = environment.table('t', { ...text, version: 2 });
    await environment.write(() => table.put('key', 'old'));
    expect(next.get('key')).toBeUndefined();
  });
});

describe('an LMDB environment', () => {
  it('keeps its rows when it is opened again', async () => {
    const folder = temporaryFolder();
    const first = openLmdbEnvironment(folder);
    await first.table('t', text).putIfAbsent('key', 'value');
    await first.close();
    const second = openLmdbEnvironment(folder);
    expect(second.table('t', text).get('key')).toBe('value');
    await second.close();
  });

  it('says what it tried and what to do when the folder cannot be made', () => {
    expect(() => openLmdbEnvironment('/dev/null/store')).toThrow(
      /Cannot open the store in \/dev\/null\/store: .*local disk/,
    );
  });
});
