import { expect, test } from '@jest/globals';
import { doorkeeper } from '../../src/service/doorkeeper.ts';

test('a text is known from its second time on', () => {
  const isBack = doorkeeper(1000);
  expect(['a.com', 'b.com', 'a.com', 'b.com', 'a.com'].map(isBack)).toEqual([false, false, true, true, true]);
});

test('of texts that come once, few are taken for one that has come before, and what lies long back is forgotten', () => {
  const isBack = doorkeeper(1000);
  const once = Array.from({ length: 100_000 }, (_, i) => isBack(`host-${String(i)}.example`));
  // 100,000 chances of 1 in 2^32 each.
  expect(once.filter(Boolean)).toHaveLength(0);
  expect(isBack('host-0.example')).toBe(false);
});

test('one slot is enough to be right', () => {
  const isBack = doorkeeper(1);
  expect(['', '', 'a', ''].map(isBack)).toEqual([false, true, false, false]);
});
