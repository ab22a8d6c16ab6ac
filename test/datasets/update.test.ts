import { mkdirSync, readdirSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { rollBack } from '../../src/datasets/generations.ts';
import { openLiveData } from '../../src/datasets/live.ts';
import { update, type UpdateOptions, type UpdateTarget } from '../../src/datasets/update.ts';
import { openMeta, readMeta } from '../../src/stores/meta.ts';
import { snapshot } from '../core/embedded-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { serve } from './loopback.ts';

const NOW = Date.UTC(2026, 10, 24, 8);
const PSL = readFileSync(new URL('../../data/public_suffix_list.dat', import.meta.url), 'utf8');
const newer = PSL.replace('// ===END PRIVATE', 'hosting.example.com\n// ===END PRIVATE');
const RDAP = readFileSync(new URL('../../data/rdap-services.json', import.meta.url), 'utf8');
const page = (rows: number) =>
  [...snapshot.tlds().tlds.keys()]
    .slice(-rows)
    .map(
      (tld) =>
        `<tr><td><span class="domain tld"><a href="/domains/root/db/${tld}.html">.${tld}</a></span></td>\n<td>generic</td>\n<td>Manager &amp; Sons</td></tr>`,
    )
    .join('\n');
const list = (rows: number) =>
  '1,google.com\n' + Array.from({ length: rows - 1 }, (_, i) => `${i + 2},site-${i}.example\n`).join('');

const optionsOf = (url: string): UpdateOptions => ({
  snapshot,
  now: NOW,
  urls: { psl: url, tlds: url, rdap: url, ranks: url },
  rankList: 'test',
  lookalikeTargets: 100,
  maxBytes: 1024 * 1024,
  timeoutMs: 5000,
  userAgent: 'domain-stats/test',
  force: false,
});

let data: string;
beforeEach(() => {
  data = join(temporaryFolder(), 'data');
  mkdirSync(data);
  openMeta(data, NOW);
});

/** Nothing but whole generations is left, and `meta.json` names one of them or none. */
function expectClean(name: string) {
  const entries = readdirSync(join(data, 'datasets', name));
  expect(entries.filter((entry) => entry.startsWith('.'))).toEqual([]);
  return entries;
}

const answering =
  (body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(200, headers).end(body);
  };

const update1 = async (target: UpdateTarget, listener: RequestListener, more: Partial<UpdateOptions> = {}) =>
  update(data, target, { ...optionsOf(`${await serve(listener)}/file?token=secret`), ...more });

describe('update of each data set', () => {
  it.each<[UpdateTarget, string, string | Buffer, number]>([
    ['psl', 'psl', newer, snapshot.suffixes().rules.size + 1],
    ['tlds', 'tlds', page(2000), snapshot.tlds().tlds.size],
    ['rdap', 'rdap', RDAP, 1175],
    ['ranks', 'ranks-test', list(2000), 2000],
    ['ranks', 'ranks-test', gzipSync(list(2000)), 2000],
  ])('%s: takes what is right', async (target, name, body, rows) => {
    const updated = await update1(target, answering(body, { etag: '"1"' }));
    expect(updated).toMatchObject({ kind: 'updated', name, about: { rows, etag: '"1"' } });
    expect(JSON.stringify(updated)).not.toContain('secret');
    expect(expectClean(name)).toEqual([readMeta(data).generations[name]]);
  });

  it('makes the facts of the new files live', async () => {
    await update1('psl', answering(newer));
    await update1('tlds', answering(page(2000)));
    await update1('ranks', answering(list(2000), { 'last-modified': 'Fri, 20 Nov 2026 00:00:00 GMT' }));
    const live = openLiveData(data, {
      snapshot,
      rankList: '',
      lookalikeTargets: 100,
      onSwap: () => undefined,
      onProblem: (problem) => {
        throw new Error(problem);
      },
    });
    const { suffixes, tlds, ranks, version } = live.current();
    expect(suffixes.rules.has('hosting.example.com')).toBe(true);
    expect(tlds.tlds.get('com')).toMatchObject({ registry: 'Manager & Sons', created: '1985-01-01' });
    // The embedded data has no managers of ASCII country codes: an update brings them.
    expect(snapshot.tlds().tlds.get('de')).not.toHaveProperty('registry');
    expect(tlds.tlds.get('de')).toMatchObject({ registry: 'Manager & Sons' });
    expect(ranks).toMatchObject({ name: 'test', date: '2026-11-20T00:00:00.000Z' });
    expect(ranks?.rankOf('google.com')).toBe(1);
    expect(version).toMatch(/^psl:20261124T080000-\w{4} tlds:20261124T080000-\w{4} ranks-test:20261124T080000-\w{4}$/);
    await live.close();
  });
});

describe('what is not newer', () => {
  it('is not sent again (304), and asked for by the address it came from only', async () => {
    const asked: unknown[] = [];
    const origin = await serve((request, response) => {
      asked.push(request.headers['if-none-match']);
      if (request.headers['if-none-match'] === '"7"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"7"' }).end(newer);
    });
    const of = (path: string) => update(data, 'psl', optionsOf(origin + path));
    expect(await of('/a')).toMatchObject({ kind: 'updated' });
    expect(await of('/a')).toEqual({ kind: 'unchanged', name: 'psl', why: 'the server has nothing newer' });
    expect(await of('/b')).toEqual({ kind: 'unchanged', name: 'psl', why: 'it is what is live' });
    expect(asked).toEqual([undefined, '"7"', undefined]);
  });

  it('is not brought again after a roll-back, unless forced', async () => {
    const listener = answering(newer);
    await update1('psl', listener);
    expect(await rollBack(data, ['psl'])).toEqual([{ name: 'psl', from: expect.any(String) }]);
    expect(readMeta(data).generations).toEqual({});
    expect(await update1('psl', listener)).toMatchObject({
      kind: 'unchanged',
      why: expect.stringContaining('--force'),
    });
    expect(await update1('psl', listener, { force: true })).toMatchObject({ kind: 'updated' });
  });
});

describe('broken downloads leave the live data and say why', () => {
  const html = '<!DOCTYPE html><html><body>Please sign in to the proxy.</body></html>';
  const cases: [string, UpdateTarget, RequestListener, RegExp, Partial<UpdateOptions>?][] = [
    ['empty', 'psl', answering(''), /no rules of the ICANN section/],
    ['empty', 'tlds', answering(''), /0 TLDs, at least \d+ were expected/],
    ['empty', 'rdap', answering(''), /is empty/],
    ['empty', 'ranks', answering(''), /is empty; a rank list has rows/],
    ['HTML', 'psl', answering(html), /not a Public Suffix List/],
    ['HTML', 'rdap', answering(html), /is not JSON/],
    ['HTML', 'ranks', answering(html), /this is no rank list/],
    ['another JSON', 'rdap', answering('{"a":1}'), /has no services/],
    ['a cut-off list', 'psl', answering(newer.slice(0, -4000)), /its end is missing: it is cut off/],
    ['half of the list', 'ranks', answering(list(900)), /900 rows, less than half of the 2000 that are live/],
    ['a tenth missing', 'tlds', answering(page(1200)), /its layout may have changed/],
    ['a list of other things', 'ranks', answering(list(2000).replace('google', 'goggle')), /none of google\.com/],
    ['a cut-off archive', 'ranks', answering(gzipSync(list(3000)).subarray(0, 5000)), /it is cut off: get it again/],
    [
      'cut off on the way',
      'ranks',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100000' });
        response.write(list(3000));
        setTimeout(() => response.destroy(), 50);
      },
      /other side closed|terminated|aborted/,
    ],
    ['404', 'psl', (_request, response) => void response.writeHead(404).end('no'), /answered 404/],
    ['500', 'ranks', (_request, response) => void response.writeHead(500).end(list(3000)), /answered 500/],
    ['too large, by its head', 'ranks', answering(list(99_000)), /more than 1048576 bytes; raise download_limit/],
    [
      'too large, without a length',
      'ranks',
      (_request, response) => {
        for (let i = 0; i < 50; i++) response.write(list(3000));
        response.end();
      },
      /more than 1048576 bytes; raise download_limit/,
    ],
    [
      'slow',
      'psl',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('//\n'), 20);
        response.on('close', () => clearInterval(timer));
      },
      /not finished within 300 ms; raise download_timeout/,
      { timeoutMs: 300 },
    ],
    ['silent', 'psl', () => undefined, /not finished within 300 ms/, { timeoutMs: 300 }],
    [
      'a circle',
      'psl',
      (_request, response) => void response.writeHead(302, { location: '/file' }).end(),
      /redirected more than 3 times/,
    ],
    [
      'a redirect to a file',
      'psl',
      (_request, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      /redirected to file:.*not followed/,
    ],
  ];

  it.each(cases)('%s: %s', async (_, target, listener, reason, more = {}) => {
    const name = target === 'ranks' ? 'ranks-test' : target;
    if (target === 'ranks') await update1('ranks', answering(list(2000)));
    const before = readFileSync(join(data, 'meta.json'), 'utf8');
    const updated = await update1(target, listener, more);
    expect(updated).toEqual({ kind: 'failed', name, reason: expect.stringMatching(reason) });
    expect((updated as { reason: string }).reason).not.toContain('secret');
    expect(readFileSync(join(data, 'meta.json'), 'utf8')).toBe(before);
    expectClean(name);
  });

  it('nobody there', async () =>
    expect(await update(data, 'psl', optionsOf('http://127.0.0.1:9/'))).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^http:\/\/127\.0\.0\.1:9\/: .*The live data stays\.$/),
    }));
});

it('follows a redirect', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/file') response.writeHead(200).end(newer);
    else response.writeHead(301, { location: '/file' }).end();
  });
  expect(await update(data, 'psl', optionsOf(`${origin}/old`))).toMatchObject({ kind: 'updated' });
});
