import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBreaker } from '../../src/lookup/breaker.ts';
import { createDueHeap } from '../../src/lookup/due-heap.ts';
import { createFifo } from '../../src/lookup/fifo.ts';
import { createPacing } from '../../src/lookup/server-pacing.ts';

describe('pacing', () => {
  const make = () => createPacing({ intervalMs: 1000, burst: 2, maxIntervalMs: 60_000 });

  it('a burst, then one per interval', () => {
    const pacing = make();
    const times: number[] = [];
    for (let now = 10_000; times.length < 5; now = Math.max(now, pacing.readyAt())) {
      pacing.take(now);
      times.push(now);
    }
    expect(times).toEqual([10_000, 10_000, 11_000, 12_000, 13_000]);
  });

  it('a refusal halves the speed, and its wait is the floor', () => {
    const pacing = make();
    pacing.slower(0, 120_000);
    expect(pacing.readyAt()).toBe(120_000);
    expect(pacing.intervalMs()).toBe(2000);
  });

  it('is never slower than a query a minute, and gets back by a tenth a time', () => {
    const pacing = make();
    for (let i = 0; i < 20; i++) pacing.slower(0);
    expect(pacing.intervalMs()).toBe(60_000);
    pacing.faster();
    expect(pacing.intervalMs()).toBe(54_000);
    for (let i = 0; i < 100; i++) pacing.faster();
    expect(pacing.intervalMs()).toBe(1000);
  });

  it('no burst right after a refusal', () => {
    const pacing = make();
    pacing.slower(0, 60_000);
    pacing.take(60_000);
    expect(pacing.readyAt()).toBeGreaterThanOrEqual(60_000 + pacing.intervalMs() - 1 - 2000);
  });
});

describe('breaker', () => {
  it('opens after five failures in a row; one probe after 30 s, doubling up to an hour', () => {
    const breaker = createBreaker();
    for (let i = 0; i < 4; i++) breaker.failure(0);
    expect(breaker.state(0)).toBe('closed');
    breaker.failure(0);
    expect(breaker.state(0)).toBe('open');
    expect(breaker.readyAt()).toBe(30_000);
    expect(breaker.state(30_000)).toBe('half-open');
    breaker.begin();
    expect(breaker.readyAt()).toBe(Infinity);
    breaker.failure(30_000);
    expect(breaker.readyAt()).toBe(90_000);
    let now = 90_000;
    for (let i = 0; i < 20; i++) {
      breaker.begin();
      breaker.failure(now);
      expect(breaker.readyAt() - now).toBeLessThanOrEqual(3_600_000);
      now = breaker.readyAt();
    }
    breaker.begin();
    breaker.success();
    expect(breaker.state(now)).toBe('closed');
  });

  it('opens when more than half of the last twenty failed', () => {
    const breaker = createBreaker();
    for (let i = 0; i < 19; i++)
      if (i % 2 === 0) breaker.failure(0);
      else breaker.success();
    expect(breaker.state(0)).toBe('closed');
    breaker.failure(0);
    expect(breaker.state(0)).toBe('open');
  });

  it('a success in between starts the row anew', () => {
    const breaker = createBreaker();
    for (let i = 0; i < 4; i++) breaker.failure(0);
    breaker.success();
    for (let i = 0; i < 4; i++) breaker.failure(0);
    expect(breaker.state(0)).toBe('closed');
  });

  it('a probe that we stopped ourselves is allowed again', () => {
    const breaker = createBreaker();
    for (let i = 0; i < 5; i++) breaker.failure(0);
    breaker.begin();
    breaker.cancel();
    expect(breaker.state(30_000)).toBe('half-open');
  });

  it('late ends of queries from before the opening do not count', () => {
    const breaker = createBreaker();
    for (let i = 0; i < 9; i++) breaker.failure(0);
    expect(breaker.readyAt()).toBe(30_000);
  });
});

describe('queues', () => {
  it('fifo keeps the order', () => {
    const fifo = createFifo<number>();
    const numbers = Array.from({ length: 5000 }, (_, i) => i);
    for (const number of numbers) fifo.push(number);
    expect(numbers.map(() => fifo.take())).toEqual(numbers);
    expect([fifo.take(), fifo.length()]).toEqual([undefined, 0]);
  });

  it('the heap gives what is due, earliest first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 })), (times) => {
        const heap = createDueHeap<number>();
        for (const time of times) heap.push(time, time);
        const out: number[] = [];
        for (let item = heap.takeDue(500); item !== undefined; item = heap.takeDue(500)) out.push(item);
        expect(out).toEqual(times.filter((time) => time <= 500).sort((a, b) => a - b));
        expect(heap.nextAt()).toBe(Math.min(Infinity, ...times.filter((time) => time > 500)));
      }),
    );
  });
});
