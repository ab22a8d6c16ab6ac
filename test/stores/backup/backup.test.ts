import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createService } from '../../../src/service.ts';
import { restoreBackup } from '../../../src/stores/backup/restore-backup.ts';
import { writeBackup } from '../../../src/stores/backup/write-backup.ts';
import { tarEnd, tarHeader, tarPadding } from '../../../src/stores/backup/tar.ts';
import { listContacts } from '../../../src/stores/contact-list.ts';
import { readMeta, updateMeta } from '../../../src/stores/meta.ts';
import { runningProcesses } from '../../../src/stores/processes.ts';
import { snapshot } from '../../core/embedded-data.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const OPTIONS = { program: 'domain-stats test', now: Date.UTC(2026, 10, 22), force: false };
const serviceOn = (data: string) => createService({ data, lookups: false }, { snapshot, command: 'serve' });

async function fill(data: string, names: readonly string[]) {
  const service = serviceOn(data);
  await service.ask(
    names.map((name) => ({ name, at: '2026-01-01T00:00:00Z' })),
    { contact: true, waitMs: 0 },
  );
  await service.suppressions.put('quiet.com', { reason: 'ours', owner: 'soc' });
  await service.close();
}

async function domainsOf(data: string): Promise<string[]> {
  const service = serviceOn(data);
  const domains = [...listContacts(service.contacts)].map(({ domain }) => domain).sort();
  await service.close();
  return domains;
}

describe('a backup', () => {
  let data: string;
  let plain: string;
  beforeAll(async () => {
    data = temporaryFolder();
    await fill(data, ['a.com', 'b.com']);
    plain = join(temporaryFolder(), 'backup.tar');
    await writeBackup(data, plain, OPTIONS);
  });

  it('is one file that its owner alone can read, and leaves nothing else', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'backup.tar.gz');
    const { stores, bytes } = await writeBackup(data, file, OPTIONS);
    expect(stores).toEqual(['contacts', 'registrations', 'suppressions']);
    expect([readdirSync(folder), statSync(file).mode & 0o777, statSync(file).size]).toEqual([
      ['backup.tar.gz'],
      0o600,
      bytes,
    ]);
    expect(gunzipSync(readFileSync(file)).includes('a.com')).toBe(true);
  });

  it('replaces a file of its name only when told to', async () => {
    await expect(writeBackup(data, plain, OPTIONS)).rejects.toThrow(/is there already\. .*--force to replace it/);
    await writeBackup(data, plain, { ...OPTIONS, force: true });
  });

  it('of no data directory, or to nowhere, fails and leaves nothing', async () => {
    const folder = temporaryFolder();
    await expect(writeBackup(folder, join(folder, 'x.tar'), OPTIONS)).rejects.toThrow(/meta\.json/);
    await expect(writeBackup(data, '/dev/null/x.tar', OPTIONS)).rejects.toThrow(/Cannot write \/dev\/null\/x\.tar: /);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('comes back in an empty directory, with the key of its clients', async () => {
    const target = join(temporaryFolder(), 'new');
    expect(await restoreBackup(plain, target, false)).toEqual({
      made: '2026-11-22T00:00:00.000Z',
      stores: ['contacts', 'registrations', 'suppressions'],
    });
    expect(readMeta(target)).toMatchObject({ client_key: readMeta(data).client_key, generations: {} });
    expect(await domainsOf(target)).toEqual(['a.com', 'b.com']);
    const service = serviceOn(target);
    expect(service.suppressions.get('quiet.com')?.owner).toBe('soc');
    await service.close();
  });

  it('replaces the stores of a directory that is not empty only when told to; its data sets stay', async () => {
    const target = temporaryFolder();
    await fill(target, ['other.com']);
    await updateMeta(target, (meta) => ({ ...meta, generations: { 'ranks-x': 'g1' } }));
    mkdirSync(join(target, 'datasets'));
    await expect(restoreBackup(plain, target, false)).rejects.toThrow(/is not empty\. .*--force to replace its stores/);
    expect(await domainsOf(target)).toEqual(['other.com']);
    await restoreBackup(plain, target, true);
    expect(await domainsOf(target)).toEqual(['a.com', 'b.com']);
    expect(readMeta(target).generations).toEqual({ 'ranks-x': 'g1' });
    expect(readdirSync(target).sort()).toEqual([
      'contacts',
      'datasets',
      'lock',
      'meta.json',
      'processes',
      'registrations',
      'suppressions',
    ]);
  });

  it('is not put under a process that has the directory open', async () => {
    const target = temporaryFolder();
    const service = serviceOn(target);
    await expect(restoreBackup(plain, target, true)).rejects.toThrow(
      new RegExp(`is open in process ${process.pid} \\(serve, since .*\\)\\. Stop it first\\.`),
    );
    await service.close();
    await restoreBackup(plain, target, true);
  });

  it('that was broken off while replacing keeps processes off until it is run again', async () => {
    const target = temporaryFolder();
    writeFileSync(join(target, 'restore.incomplete'), '1');
    expect(() => serviceOn(target)).toThrow(/was broken off\. .*restore FILE --force` again/);
    expect(readdirSync(join(target, 'processes'))).toEqual([]);
    await restoreBackup(plain, target, true);
    expect(await domainsOf(target)).toEqual(['a.com', 'b.com']);
  });

  describe('that is damaged', () => {
    const entry = (name: string, text: string) => [
      tarHeader({ name, size: text.length }, 0),
      Buffer.from(text),
      tarPadding(text.length),
    ];
    const flipped = (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      const at = copy.indexOf('a.com');
      copy[at] = copy[at]! ^ 1;
      return copy;
    };
    it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
      [
        'cut off',
        (bytes) => bytes.subarray(0, bytes.length / 2),
        /cannot be read as a backup: the archive ends too early\. Nothing was changed/,
      ],
      ['changed by a bit', flipped, /is damaged: contacts\/data\.mdb is not what was written\. Nothing was changed/],
      ['something else', () => Buffer.from('{"contacts": []}'.repeat(100)), /cannot be read as a backup: .*no archive/],
      ['empty', () => Buffer.alloc(0), /ends too early/],
      [
        'an archive of something else',
        () => Buffer.concat([...entry('../../evil', 'x'), tarEnd()]),
        /is no backup of domain-stats: it holds \.\.\/\.\.\/evil\./,
      ],
      [
        'without a manifest',
        () => Buffer.concat([...entry('meta.json', '{}'), tarEnd()]),
        /is no whole backup: it has no manifest\.json/,
      ],
      [
        'of a newer program',
        () =>
          Buffer.concat([
            ...entry('meta.json', '{}'),
            ...entry('manifest.json', '{"format":2,"program":"domain-stats 9"}'),
            tarEnd(),
          ]),
        /was made by a newer domain-stats \(domain-stats 9\); restore it with that one/,
      ],
    ])('(%s) is refused, and nothing is changed', async (_, damage, message) => {
      const target = temporaryFolder();
      const file = join(temporaryFolder(), 'damaged.tar');
      writeFileSync(file, damage(readFileSync(plain)));
      await expect(restoreBackup(file, target, false)).rejects.toThrow(message);
      expect(readdirSync(target)).toEqual([]);
      expect(existsSync(join(target, '..', '..', 'evil'))).toBe(false);
    });
  });
});

describe('processes of a data directory', () => {
  it('are known while they live, by number and start', () => {
    const data = temporaryFolder();
    mkdirSync(join(data, 'processes'));
    const write = (name: string, entry: unknown) =>
      writeFileSync(join(data, 'processes', name), typeof entry === 'string' ? entry : JSON.stringify(entry));
    const since = '2026-01-01T00:00:00.000Z';
    write('dead', { pid: 2 ** 22 + 1, command: 'serve', since });
    write('used-again', { pid: process.pid, command: 'serve', since, started: '1' });
    write('cut', '{"pid":');
    write('alive', { pid: process.pid, command: 'serve', since });
    // Of another container: its number says nothing here, so the time of its file does.
    write('elsewhere', { pid: 1, command: 'serve', since, place: 'elsewhere' });
    write('silent', { pid: 1, command: 'serve', since, place: 'elsewhere' });
    utimesSync(join(data, 'processes', 'silent'), 0, 0);
    expect(runningProcesses(data).map(({ pid }) => pid)).toEqual([process.pid, 1]);
    expect(readdirSync(join(data, 'processes'))).toEqual(['alive', 'elsewhere']);
    expect(runningProcesses(join(data, 'nowhere'))).toEqual([]);
  });
});
