import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { faultLog, loggedTo, openLog } from '../../src/http/log.ts';
import { openApp } from './app-under-test.ts';

describe('the id of a request', () => {
  it('is taken over when it is well-formed, and given else', async () => {
    const { get } = await openApp();
    const idOf = async (given?: string) =>
      (await get('/healthz', given === undefined ? {} : { 'x-request-id': given })).headers['x-request-id'];
    expect(await idOf('0af7651916cd43dd-8448eb21/1')).toBe('0af7651916cd43dd-8448eb21/1');
    const own = /^[0-9a-f]{12}-[0-9a-z]+$/;
    for (const bad of [undefined, '', 'two words', '"quoted"', 'x'.repeat(129), 'é'])
      expect(await idOf(bad)).toMatch(own);
    expect(await idOf()).not.toBe(await idOf());
  });

  it('stands in refusals, too', async () => {
    const { get } = await openApp();
    for (const url of ['/nowhere', '/v1/domains', '/v1/domains/a.com?x=1']) {
      expect((await get(url, { 'x-request-id': 'r-1' })).headers['x-request-id']).toBe('r-1');
    }
  });
});

describe('faults of the stores', () => {
  it('are told once a minute, with how many there were', () => {
    const told: unknown[] = [];
    let now = 0;
    const report = faultLog({ error: (...args: unknown[]) => void told.push(args[0]) }, () => now);
    const full = new Error('disk full');
    for (now of [0, 1000, 59_999, 60_000, 61_000]) report(full);
    report('something else');
    expect(told).toEqual([{ err: full }, { err: full, repeated: 2 }, { err: 'something else' }]);
  });
});

describe('a terminal', () => {
  it('gets lines for people, without the JSON of collectors', () => {
    const shown: string[] = [];
    const terminal = Object.assign(new PassThrough(), { isTTY: true }).on('data', (text) => shown.push(String(text)));
    const { onServer } = loggedTo(openLog('info', terminal));
    onServer?.('rdap.registry.example', 'failing');
    onServer?.('rdap.registry.example', 'answering');
    const text = shown.join('');
    expect(text).toMatch(/WARN.*: a registry server fails and is left alone for a while/);
    expect(text).toMatch(/INFO.*: a registry server answers again/);
    expect(text).toMatch(/server: "rdap\.registry\.example"/);
    expect(text).not.toContain('{"level"');
  });
});
