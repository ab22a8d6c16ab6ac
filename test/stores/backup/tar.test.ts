import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTar, tarEnd, tarHeader, tarPadding } from '../../../src/stores/backup/tar.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

type Files = Record<string, Buffer>;

const archiveOf = (files: Files): Buffer =>
  Buffer.concat([
    ...Object.entries(files).flatMap(([name, bytes]) => [
      tarHeader({ name, size: bytes.length }, 0),
      bytes,
      tarPadding(bytes.length),
    ]),
    tarEnd(),
  ]);

async function filesOf(archive: Buffer, chunk = archive.length): Promise<Files> {
  const chunks = Array.from({ length: Math.ceil(archive.length / chunk) }, (_, i) =>
    archive.subarray(i * chunk, (i + 1) * chunk),
  );
  const files: Files = {};
  let name = '';
  for await (const part of readTar(Readable.from(chunks) as AsyncIterable<Buffer>)) {
    if (Buffer.isBuffer(part)) files[name] = Buffer.concat([files[name]!, part]);
    else files[(name = part.name)] = Buffer.alloc(0);
  }
  return files;
}

describe('an archive', () => {
  it('comes back whole, however its bytes come', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 1100 }),
        async (contents, chunk) => {
          const files = Object.fromEntries(contents.map((bytes, i) => [`f${i}/data.mdb`, Buffer.from(bytes)]));
          expect(await filesOf(archiveOf(files), chunk)).toEqual(files);
        },
      ),
      { numRuns: 60 },
    ));

  it('is one to tar, both ways', async () => {
    const folder = temporaryFolder();
    const [file, out] = [join(folder, 'a.tar'), join(folder, 'out')];
    const files = { 'meta.json': Buffer.from('{}\n'), 'contacts/data.mdb': Buffer.alloc(5000, 7) };
    writeFileSync(file, archiveOf(files));
    mkdirSync(out);
    const unpacked = spawnSync('tar', ['-xf', file, '-C', out]);
    expect([unpacked.status, unpacked.stderr.toString()]).toEqual([0, '']);
    expect(readFileSync(join(out, 'contacts/data.mdb'))).toEqual(files['contacts/data.mdb']);
    const packed = spawnSync('tar', ['--format=ustar', '-C', out, '-cf', '-', 'meta.json', 'contacts/data.mdb']);
    expect(await filesOf(packed.stdout)).toEqual(files);
  });

  it('may hold files of more than 8 GiB', async () => {
    const size = 20 * 1024 ** 3;
    const parts = readTar(Readable.from([tarHeader({ name: 'big', size }, 0)]) as AsyncIterable<Buffer>);
    expect((await parts.next()).value).toEqual({ name: 'big', size });
  });

  it.each([
    ['ends too early', (archive: Buffer) => archive.subarray(0, archive.length - 1200), /ends too early/],
    ['has a damaged header', (archive: Buffer) => Buffer.concat([Buffer.from('x'), archive.subarray(1)]), /damaged/],
    ['is none', () => Buffer.alloc(2048, 'text'), /this is no archive/],
    ['is empty', () => Buffer.alloc(0), /ends too early/],
  ])('that %s is refused', async (_, damage, message) => {
    await expect(filesOf(damage(archiveOf({ a: Buffer.alloc(600) })), 512)).rejects.toThrow(message);
  });
});
