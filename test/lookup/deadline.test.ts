import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { withDeadline } from '../../src/lookup/deadline.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Work without an end of its own: resolves with the name of the reason why it was ended. */
const ended = (signal: AbortSignal) =>
  new Promise<string>((resolve) => {
    const tell = () => resolve((signal.reason as Error).name);
    if (signal.aborted) tell();
    signal.addEventListener('abort', tell);
  });

test('a deadline ends the work, also when garbage is collected meanwhile', async () => {
  const stop = new AbortController();
  const work = withDeadline(stop.signal, 200, ended);
  const collecting = setInterval(collectGarbage, 20);
  expect(await work).toBe('TimeoutError');
  clearInterval(collecting);
  expect(stop.signal.aborted).toBe(false);
});

test('who stops it ends the work, before it begins too', async () => {
  const stop = new AbortController();
  const work = withDeadline(stop.signal, 60_000, ended);
  stop.abort();
  expect([await work, await withDeadline(stop.signal, 60_000, ended)]).toEqual(['AbortError', 'AbortError']);
});

test('work that is done leaves no timer', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  expect(await withDeadline(new AbortController().signal, 60_000, async () => Promise.resolve('done'))).toBe('done');
  expect(timers()).toBe(before);
});
