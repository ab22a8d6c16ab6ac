import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openMeta, readMeta, SCHEMA_VERSION, updateMeta } from '../../src/stores/meta.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 22);

describe('meta.json', () => {
  it('is made once and read afterwards', () => {
    const folder = join(temporaryFolder(), 'new', 'data');
    const made = openMeta(folder, NOW);
    expect(made).toMatchObject({ schema: SCHEMA_VERSION, created: '2026-11-22T00:00:00.000Z', generations: {} });
    expect(openMeta(folder, NOW + 1)).toEqual(made);
    expect(readdirSync(folder)).toEqual(['meta.json']);
    // Nobody else may read it.
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'meta.json')).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('is replaced whole, and not at all by a change that changes nothing or fails', async () => {
    const folder = temporaryFolder();
    openMeta(folder, NOW);
    await updateMeta(folder, (meta) => ({ ...meta, generations: { ranks: '7' } }));
    expect(readMeta(folder).generations).toEqual({ ranks: '7' });
    const before = statSync(join(folder, 'meta.json')).ino;
    await updateMeta(folder, (meta) => meta);
    await expect(
      updateMeta(folder, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(statSync(join(folder, 'meta.json')).ino).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(['lock', 'meta.json']);
  });

  it('refuses a directory that a newer program wrote, and says so', () => {
    const folder = temporaryFolder();
    const meta = openMeta(folder, NOW);
    writeFileSync(join(folder, 'meta.json'), JSON.stringify({ ...meta, schema: SCHEMA_VERSION + 1 }));
    expect(() => openMeta(folder, NOW)).toThrow(
      new RegExp(
        `${folder} has schema ${SCHEMA_VERSION + 1}; this program reads up to ${SCHEMA_VERSION}.*newer domain-stats`,
      ),
    );
  });

  it('marks an older directory as its own, so that no older program takes it for empty', () => {
    const folder = temporaryFolder();
    const meta = openMeta(folder, NOW);
    writeFileSync(join(folder, 'meta.json'), JSON.stringify({ ...meta, schema: 1 }));
    expect(openMeta(folder, NOW)).toEqual(meta);
    expect(readMeta(folder).schema).toBe(SCHEMA_VERSION);
  });

  it.each(['', 'no json', '{}', '[]', '{"schema":"1"}'])('refuses %j without touching it', (content) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'meta.json'), content);
    expect(() => openMeta(folder, NOW)).toThrow(/meta\.json.*--data/);
    expect(readFileSync(join(folder, 'meta.json'), 'utf8')).toBe(content);
  });

  it('says what to do when the directory cannot be made', () => {
    expect(() => openMeta('/dev/null/data', NOW)).toThrow(/Cannot make the data directory \/dev\/null\/data: .*--data/);
  });
});
