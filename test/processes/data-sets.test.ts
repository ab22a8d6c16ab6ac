import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readMeta } from '../../src/stores/meta.ts';
import { serve } from '../datasets/loopback.ts';
import { zipOf } from '../datasets/zip-of.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { run, startServer, type RunningServer } from './program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));
const DIST = new URL('../../dist/', import.meta.url);
const PSL = readFileSync(new URL('../../data/public_suffix_list.dat', import.meta.url), 'utf8');

const list = (rows: number, first = 'old-one.com') =>
  `1,${first}\n` + Array.from({ length: rows - 1 }, (_, i) => `${i + 2},site-${i}.com\n`).join('');

let data: string;
let files: string;
const servers: RunningServer[] = [];
beforeEach(() => {
  const folder = temporaryFolder();
  data = join(folder, 'data');
  files = join(folder, 'files');
  mkdirSync(files);
});
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))));

function fileOf(name: string, content: string | Buffer): string {
  writeFileSync(join(files, name), content);
  return join(files, name);
}

const importList = (file: string, ...more: string[]) =>
  run(['import', 'ranks', file, '--list', 'test', '--data', data, ...more]);

async function start(...more: string[]): Promise<string> {
  const server = await startServer(['--data', data, ...more]);
  servers.push(server);
  return server.origin;
}

interface ShortAnswer {
  readonly domain: string;
  readonly first_contact?: boolean;
  readonly rank?: { readonly value?: number; readonly list?: string };
  readonly data_version?: string;
}

const ask = async (origin: string, name: string, contact = true) =>
  (await (await fetch(`${origin}/v1/domains/${name}?contact=${String(contact)}`)).json()) as ShortAnswer;

/** The rank of a name once the server gives one that is not `before`; it must come within seconds. */
async function rankAfter(origin: string, name: string, before: number | undefined): Promise<number | undefined> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const value = (await ask(origin, name, false)).rank?.value;
    if (value !== before) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return before;
}

const generations = () => readdirSync(join(data, 'datasets', 'ranks-test'));

describe('import ranks', () => {
  it.each([
    ['list.csv', list(1200)],
    ['list.csv.gz', gzipSync(list(1200))],
    ['list.zip', zipOf('top-1m.csv', list(1200))],
    ['packed-without-a-name', gzipSync(list(1200))],
  ])('reads %s, from a file and from standard input', async (name, content) => {
    const file = fileOf(name, content);
    expect(await importList(file)).toMatchObject({ code: 0, stderr: expect.stringContaining('1200 domains are live') });
    const piped = ['import', 'ranks', '-', '--list', 'piped', '--data', data];
    expect(await run(piped, { input: Buffer.from(content) })).toMatchObject({ code: 0 });
    const { stdout } = await run(['lookup', 'www.old-one.com', '--data', data, '--rank-list', 'piped']);
    expect(JSON.parse(stdout)).toMatchObject({
      rank: { list: 'piped' },
      data_version: expect.stringMatching(/ranks-piped:/),
    });
  });

  it('counts bad rows and names the first', async () => {
    const bad = Array.from({ length: 30 }, (_, i) => `x${i},bad.com\n`).join('');
    const { code, stderr } = await importList(fileOf('list.csv', list(100) + bad));
    expect(code).toBe(0);
    expect(stderr.split('\n')[0]).toBe('line 101: not a rank: "x0"');
    expect(stderr.match(/^line /gm)).toHaveLength(10);
    expect(stderr).toContain('test: 100 domains are live, 30 bad lines were left out');
  });

  it('shows the day of the list', async () => {
    await importList(fileOf('list.csv', list(10)), '--date', '2026-11-20');
    const { stdout } = await run(['lookup', 'site-0.com', '--data', data]);
    expect(JSON.parse(stdout)).toMatchObject({
      rank: { value: 2, list: 'test', date: '2026-11-20T00:00:00.000Z', band: '1k' },
    });
  });

  const cut = gzipSync(list(3000));
  const zip = zipOf('list.csv', list(3000));
  const damaged = Buffer.from(zip);
  damaged.writeUInt8(damaged.readUInt8(2000) ^ 0xff, 2000);
  it.each<[string, string | Buffer, RegExp]>([
    ['empty', '', /is empty/],
    ['HTML', '<!DOCTYPE html>\n<html>\n<p>Sign in</p>\n</html>', /none of its 4 lines is a row/],
    ['a cut-off .gz', cut.subarray(0, cut.length / 2), /it is cut off: get it again/],
    ['a cut-off .zip', zip.subarray(0, zip.length - 100), /without its end: it is cut off/],
    ['a damaged .zip', damaged, /damaged/],
    ['less than half of the list', list(900), /900 rows, less than half of the 2000 that are live.*--force/],
  ])('refuses a file that is %s: exit code 1, the old list live', async (_, content, message) => {
    await importList(fileOf('good.csv', list(2000)));
    const meta = readFileSync(join(data, 'meta.json'), 'utf8');
    const { code, stderr } = await importList(fileOf('bad', content));
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(readFileSync(join(data, 'meta.json'), 'utf8')).toBe(meta);
    expect(generations()).toHaveLength(1);
  });

  it('says which file it cannot read', async () =>
    expect(await importList(join(files, 'missing.csv'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('missing.csv'),
    }));
});

describe('a running server', () => {
  it('answers from the old list until the new one is whole, and from the former one after a roll-back', async () => {
    await importList(fileOf('old.csv', list(1000)));
    const origin = await start();
    expect((await ask(origin, 'old-one.com')).rank?.value).toBe(1);
    expect((await ask(origin, 'site-0.com')).rank?.value).toBe(2);

    const next = spawn(process.execPath, [PROGRAM, 'import', 'ranks', '-', '--list', 'test', '--data', data]);
    next.stdin.write('1,site-0.com\n');
    for (let i = 0; i < 20; i++) {
      next.stdin.write(list(1000));
      expect((await ask(origin, 'site-0.com')).rank?.value).toBe(2);
    }
    next.stdin.end();
    expect(await once(next, 'exit')).toEqual([0, null]);
    expect(await rankAfter(origin, 'site-0.com', 2)).toBe(1);
    expect((await ask(origin, 'site-0.com')).data_version).toContain(
      `ranks-test:${readMeta(data).generations['ranks-test']}`,
    );

    expect((await run(['rollback', 'ranks-test', '--data', data])).code).toBe(0);
    expect(await rankAfter(origin, 'site-0.com', 1)).toBe(2);
    expect(await run(['rollback', 'ranks-test', '--data', data])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no former generation is kept/),
    });
  }, 60_000);

  it('takes a changed suffix list into use; what was known is no first contact, also after a restart', async () => {
    const origin = await start();
    expect(await ask(origin, 'shop.hosting-test.com')).toMatchObject({
      domain: 'hosting-test.com',
      first_contact: true,
    });
    const changed = PSL.replace('// ===END PRIVATE', 'hosting-test.com\n// ===END PRIVATE');
    const web = await serve((_request, response) => response.writeHead(200).end(changed));
    expect(await run(['update', 'psl', '--psl-url', web, '--data', data])).toMatchObject({ code: 0 });
    for (const end = Date.now() + 10_000; Date.now() < end;) {
      if ((await ask(origin, 'shop.hosting-test.com', false)).domain === 'shop.hosting-test.com') break;
    }
    const known = { first_contact: false };
    expect(await ask(origin, 'shop.hosting-test.com')).toMatchObject({ domain: 'shop.hosting-test.com', ...known });
    expect(await ask(origin, 'other.hosting-test.com')).toMatchObject({ domain: 'other.hosting-test.com', ...known });

    await servers.pop()!.stop('SIGTERM');
    const restarted = await start();
    expect(await ask(restarted, 'shop.hosting-test.com')).toMatchObject(known);
    expect(await ask(restarted, 'third.hosting-test.com')).toMatchObject(known);
    expect(await ask(restarted, 'www.new-one.com')).toMatchObject({ first_contact: true });
  }, 60_000);

  it('updates by itself, once for all servers of a directory', async () => {
    const asked: (string | undefined)[] = [];
    const web = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(200).end(request.url === '/ranks' ? list(1000, 'google.com') : 'no');
    });
    const urls = ['psl', 'tlds', 'rdap', 'ranks'].flatMap((set) => [`--${set}-url`, `${web}/${set}`]);
    const flags = ['--auto-update', '1h', '--rank-list', 'auto', ...urls];
    const [origin] = await Promise.all([start(...flags), start(...flags)]);
    expect(await rankAfter(origin, 'site-0.com', undefined)).toBe(2);
    expect(asked.sort()).toEqual(['/psl', '/ranks', '/rdap', '/tlds']);
  }, 60_000);
});

describe('kill -9', () => {
  it('in the middle of an import leaves the old list live; the next import cleans up', async () => {
    await importList(fileOf('old.csv', list(1000)));
    const child = spawn(process.execPath, [PROGRAM, 'import', 'ranks', '-', '--list', 'test', '--data', data]);
    child.stdin.on('error', () => undefined).write(list(50_000));
    while (generations().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(generations().filter((entry) => entry.startsWith('.staging'))).toHaveLength(1);
    expect((await ask(await start(), 'site-0.com')).rank?.value).toBe(2);
    expect((await importList(fileOf('new.csv', list(1001)))).code).toBe(0);
    expect(generations().filter((entry) => entry.startsWith('.'))).toEqual([]);
  }, 60_000);

  it.each(['staged', 'renamed', 'switching'])(
    'in the swap (%s) leaves the old list live and blocks nobody',
    async (step) => {
      await importList(fileOf('old.csv', list(1000)));
      const live = readMeta(data).generations;
      const script = `
      const { importRanks } = await import(${JSON.stringify(new URL('datasets/import-ranks.js', DIST).href)});
      const { openSnapshot } = await import(${JSON.stringify(new URL('datasets/snapshot.js', DIST).href)});
      await importRanks(${JSON.stringify(data)}, {
        snapshot: openSnapshot(), file: ${JSON.stringify(fileOf('new.csv', list(1500)))}, now: Date.now(),
        source: { list: 'test', source: 'new.csv' }, force: false, lookalikeTargets: 100,
        onStep: (step) => { if (step === ${JSON.stringify(step)}) process.kill(process.pid, 'SIGKILL'); },
      });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
      expect(readMeta(data).generations).toEqual(live);
      expect((await ask(await start(), 'site-0.com')).rank?.value).toBe(2);
      expect((await importList(join(files, 'new.csv'))).code).toBe(0);
      expect(readMeta(data).generations).not.toEqual(live);
    },
    60_000,
  );
});
