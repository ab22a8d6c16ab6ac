import { afterEach, describe, expect, it } from '@jest/globals';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import { openSuppressions, type SuppressionStore } from '../../src/stores/suppressions.ts';
import type { Environment } from '../../src/stores/table.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const opened: SuppressionStore[] = [];
afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));

function open(environment: Environment, lookEveryMs = 20): SuppressionStore {
  const store = openSuppressions(environment, {
    lookEveryMs,
    onFault: (error) => {
      throw error;
    },
  });
  opened.push(store);
  return store;
}

const order = { reason: 'ours', owner: 'soc', created: 1000 };
const kinds: [string, () => Environment][] = [
  ['LMDB', () => openLmdbEnvironment(temporaryFolder())],
  ['memory', openMemoryEnvironment],
];

describe.each(kinds)('suppressions in %s', (_, openEnvironment) => {
  it('are in force at once, until they expire or are removed', async () => {
    const store = open(openEnvironment());
    await store.put('a.com', order);
    await store.put('b.com', { ...order, expires: 2000 });
    expect(['a.com', 'b.com', 'c.com'].map((domain) => store.isSuppressed(domain, 1999))).toEqual([true, true, false]);
    expect(['a.com', 'b.com'].map((domain) => store.isSuppressed(domain, 2000))).toEqual([true, false]);
    expect(store.entries()).toEqual([
      ['a.com', order],
      ['b.com', { ...order, expires: 2000 }],
    ]);
    expect([await store.remove('a.com'), await store.remove('a.com')]).toEqual([true, false]);
    expect(store.isSuppressed('a.com', 0)).toBe(false);
    expect(store.get('b.com')?.expires).toBe(2000);
  });
});

describe('suppressions of several processes', () => {
  it('are seen by the others soon, and are there after a restart', async () => {
    const folder = temporaryFolder();
    const [one, other] = [open(openLmdbEnvironment(folder)), open(openLmdbEnvironment(folder))];
    await one.put('a.com', order);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(other.isSuppressed('a.com', 0)).toBe(true);
    await other.remove('a.com');
    await other.put('b.com', order);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(one.entries()).toEqual([['b.com', order]]);
    expect(open(openLmdbEnvironment(folder)).get('b.com')).toEqual(order);
  });
});
