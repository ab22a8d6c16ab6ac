import { cpSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createService } from '../../src/service.ts';
import { lmdbFileProblem } from '../../src/stores/lmdb-file.ts';
import { SCHEMA_VERSION } from '../../src/stores/meta.ts';
import { snapshot } from '../core/embedded-data.ts';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Real processes, on a machine that others use too.
jest.setTimeout(60_000);

/** A data directory with some hundred contacts, closed. */
let whole: string;
beforeAll(async () => {
  whole = temporaryFolder();
  const service = createService({ data: whole, lookups: false }, { snapshot });
  const names = Array.from({ length: 1000 }, (_, index) => ({ name: `d${index}.com` }));
  await service.ask(names, { contact: true, waitMs: 0 });
  await service.close();
});

const copy = (): string => {
  const data = temporaryFolder();
  cpSync(whole, data, { recursive: true });
  return data;
};
const noise = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 7919) % 251));
function emptyLongAgo(file: string): void {
  truncateSync(file, 0);
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(file, anHourAgo, anHourAgo);
}

const DAMAGES: [string, (file: string) => void, RegExp][] = [
  ['cut in half', (file) => truncateSync(file, Math.floor(statSync(file).size / 2)), /it is cut off: \d+ of \d+ bytes/],
  ['cut to less than its heads', (file) => truncateSync(file, 5000), /it is cut off/],
  ['cut to a few bytes', (file) => truncateSync(file, 100), /it is no LMDB file/],
  ['emptied', emptyLongAgo, /it is empty/],
  ['overwritten with text', (file) => writeFileSync(file, 'hello\n'.repeat(5000)), /it is no LMDB file/],
  ['overwritten with noise', (file) => writeFileSync(file, noise(100_000)), /it is no LMDB file/],
];

describe.each(['contacts', 'registrations', 'suppressions'])('a file of %s that was', (store) => {
  it.each(DAMAGES)('%s stops the start, named, and with what to do', (_, damage, problem) => {
    const data = copy();
    const file = join(data, store, 'data.mdb');
    damage(file);
    const before = readFileSync(file);
    const open = () => createService({ data, lookups: false }, { snapshot });
    expect(open).toThrow(problem);
    expect(open).toThrow(`Cannot open the store ${file}: `);
    expect(open).toThrow(/Restore it from a backup/);
    // Nothing is made worse.
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('a file that is whole', () => {
  it('has no problem', () => {
    for (const store of ['contacts', 'registrations', 'suppressions'])
      expect(lmdbFileProblem(join(whole, store, 'data.mdb'))).toBeUndefined();
    expect(lmdbFileProblem(join(whole, 'none', 'data.mdb'))).toBeUndefined();
  });

  it('is taken though pages at its end were never written, as long as every row can be read', () => {
    const file = join(copy(), 'contacts', 'data.mdb');
    const lastPage = (at: number) => readFileSync(file).readBigUInt64LE(at + 144);
    const head = lastPage(0) > lastPage(4096) ? 0 : 4096;
    const bytes = readFileSync(file);
    for (const at of [0, 4096]) bytes.writeBigUInt64LE(lastPage(head) + 20n, at + 144);
    writeFileSync(file, bytes);
    expect(lmdbFileProblem(file)).toBeUndefined();
    // It was read under the store's own lock, not under one that its writers do not heed.
    expect(readdirSync(dirname(file)).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });
});

it('a real server says so, instead of dying by a signal', async () => {
  const data = copy();
  writeFileSync(join(data, 'contacts', 'data.mdb'), noise(100_000));
  const { code, stderr } = await run(['serve', '--port', '0', '--data', data]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^domain-stats: Cannot open the store .*Restore it from/)]);
});

describe('a rank list that is', () => {
  it.each([
    ['cut off', (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2)), /it is cut off/],
    ['foreign', (file: string) => writeFileSync(file, noise(50_000)), /it is no LMDB file/],
  ])('%s is told of and left out, and the service answers without it', async (_, damage, problem) => {
    const data = copy();
    const rows = Array.from({ length: 20_000 }, (_row, index) => `${index + 1},site-${index}.com`).join('\n');
    const imported = await run(['import', 'ranks', '--list', 'umbrella', '--data', data, '-'], { input: rows });
    expect([imported.code, imported.stderr]).toEqual([0, expect.anything()]);
    const status = async () =>
      JSON.parse((await run(['status', '--json', '--data', data])).stdout) as {
        problems: { data: string; problem: string }[];
      };
    expect((await status()).problems).toEqual([]);
    const meta = JSON.parse(readFileSync(join(data, 'meta.json'), 'utf8')) as { generations: Record<string, string> };
    const [name, generation] = Object.entries(meta.generations).find(([key]) => key.startsWith('ranks'))!;
    damage(join(data, 'datasets', name, generation, 'ranks.mdb'));
    const told: string[] = [];
    const service = createService({ data, lookups: false }, { snapshot, onDataProblem: (text) => told.push(text) });
    const [reply] = await service.ask([{ name: 'site-1.com' }], { contact: true, waitMs: 0 });
    expect(reply?.object()).toMatchObject({ status: 'ok', first_contact: true });
    expect([service.notReady(), service.degraded()]).toEqual([[], [`data: ${name}`]]);
    expect(told).toEqual([expect.stringMatching(problem)]);
    await service.close();
  });
});

describe('a data directory', () => {
  it.each([
    [
      'of a newer program',
      (meta: object) => JSON.stringify({ ...meta, schema: SCHEMA_VERSION + 1 }),
      /Install the newer domain-stats/,
    ],
    ['whose meta.json is cut off', (meta: object) => JSON.stringify(meta).slice(0, 60), /Restore it from a backup/],
    ['of something else', () => '{"name":"other"}', /is not the meta\.json of a domain-stats data directory/],
  ])('%s is refused by a server, untouched', async (_, change, message) => {
    const data = copy();
    const file = join(data, 'meta.json');
    const text = change(JSON.parse(readFileSync(file, 'utf8')) as object);
    writeFileSync(file, text);
    const { code, stderr } = await run(['serve', '--port', '0', '--data', data]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('with broken traces of other processes is opened', async () => {
    const data = copy();
    for (const text of ['', '{', '[]', '{"pid":"x"}', '{"pid":-1}']) {
      writeFileSync(join(data, 'processes', `${text.length}-1.json`), text);
    }
    const { code } = await run(['status', '--data', data]);
    expect(code).toBe(0);
  });
});
