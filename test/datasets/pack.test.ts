import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packRecords } from '../../src/cli/pack-records.ts';
import { rollBack } from '../../src/datasets/generations.ts';
import { importRanks } from '../../src/datasets/import-ranks.ts';
import { applyPack, verifyPack, type ApplyOptions } from '../../src/datasets/pack-apply.ts';
import { createPack } from '../../src/datasets/pack-create.ts';
import { writePack, type PackInput } from '../../src/datasets/pack-file.ts';
import { makePackKey, readPrivateKey } from '../../src/datasets/pack-key.ts';
import { update } from '../../src/datasets/update.ts';
import { createService } from '../../src/service.ts';
import { openMeta, readMeta } from '../../src/stores/meta.ts';
import { snapshot } from '../core/embedded-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { serve } from './loopback.ts';

const NOW = Date.UTC(2026, 10, 24, 8);
const PSL = readFileSync(new URL('../../data/public_suffix_list.dat', import.meta.url), 'utf8');
const newer = PSL.replace('// ===END PRIVATE', 'hosting.example.com\n// ===END PRIVATE');
const list = (rows: number) =>
  '1,google.com\n' + Array.from({ length: rows - 1 }, (_, i) => `${i + 2},site-${i}.com\n`).join('');
const pair = makePackKey();
const key = readPrivateKey(pair.privatePem);

let folder: string;
let pack: string;
beforeEach(() => {
  folder = temporaryFolder();
  pack = join(folder, 'test.pack');
});

const options = (more: Partial<ApplyOptions> = {}): ApplyOptions => ({
  trusted: [makePackKey().publicText, pair.publicText],
  maxPartBytes: 1024 * 1024,
  now: NOW,
  snapshot,
  lookalikeTargets: 100,
  records: [],
  force: false,
  ...more,
});

/** A data directory with a rank list and a suffix list of its own. */
async function source(): Promise<string> {
  const data = join(folder, 'source');
  openMeta(data, NOW);
  const file = join(folder, 'list.csv');
  writeFileSync(file, list(1500));
  await importRanks(data, {
    snapshot,
    file,
    source: { list: 'test', source: 'list.csv', date: '2026-11-20T00:00:00.000Z' },
    force: false,
    now: NOW,
    lookalikeTargets: 100,
  });
  const url = await serve((_request, response) => response.writeHead(200).end(newer));
  await update(data, 'psl', {
    snapshot,
    now: NOW,
    urls: { psl: url, tlds: '', rdap: '', ranks: '' },
    rankList: '',
    lookalikeTargets: 100,
    maxBytes: 1e6,
    timeoutMs: 5000,
    userAgent: 'test',
    force: false,
  });
  return data;
}

function target(): string {
  const data = join(folder, 'target');
  openMeta(data, NOW);
  return data;
}

describe('a pack', () => {
  it('carries data sets and registrations; all are live at once and can be rolled back together', async () => {
    const from = await source();
    const giving = createService({ data: from });
    await giving.registrations.environment.write(() => {
      for (const [domain, retrieved] of [
        ['new.com', 2],
        ['old.com', 2],
      ] as const) {
        giving.registrations.records.put(domain, {
          status: 'found',
          created: 1e12,
          retrieved: NOW - retrieved,
          details: { registrar: 'A' },
        });
      }
    });
    const manifest = await createPack(from, pack, { key, now: NOW, records: packRecords(giving) });
    await giving.close();
    expect(manifest.parts.map(({ name }) => name)).toEqual(['ranks-test', 'psl', 'registrations']);

    const to = target();
    const taking = createService({ data: to });
    await taking.registrations.environment.write(() =>
      taking.registrations.records.put('old.com', { status: 'not_found', retrieved: NOW - 1, details: {} }),
    );
    const before = readMeta(to);
    const applied = await applyPack(to, pack, options({ records: packRecords(taking) }));
    expect(applied.counts).toEqual({ 'ranks-test': 1500, psl: snapshot.suffixes().rules.size + 1, registrations: 1 });
    expect(taking.registrations.records.get('new.com')).toMatchObject({ created: 1e12, details: { registrar: 'A' } });
    expect(taking.registrations.records.get('old.com')).toMatchObject({ status: 'not_found' });
    await taking.refreshData();
    const [reply] = await taking.ask([{ name: 'www.site-0.com' }], { contact: false, waitMs: 0 });
    expect(reply!.object().rank).toEqual({ value: 2, list: 'test', date: '2026-11-20T00:00:00.000Z', band: '1k' });
    expect(taking.nameFacts('a.hosting.example.com').private_suffix).toBe('hosting.example.com');

    // A second one in its place: then there is something to go back to.
    const first = readMeta(to).generations;
    await applyPack(to, pack, options());
    expect(readMeta(to).generations).not.toEqual(first);
    await rollBack(to, ['psl', 'ranks-test']);
    expect(readMeta(to)).toMatchObject({ ...before, generations: first });
    await taking.close();
  });

  it('is refused when it is older than the last one', async () => {
    const from = await source();
    await createPack(from, pack, { key, now: NOW, records: [] });
    await createPack(from, `${pack}.older`, { key, now: NOW - 1, records: [] });
    const to = target();
    await applyPack(to, pack, options());
    await expect(applyPack(to, `${pack}.older`, options())).rejects.toThrow(/before the one applied last.*--force/);
    await applyPack(to, `${pack}.older`, options({ force: true }));
  });
});

describe('a pack that is not what it should be changes nothing', () => {
  const psl = (text: string): PackInput => ({ name: 'psl', source: 'test', chunks: [text] });
  const ranks = (text: string): PackInput => ({ name: 'ranks-test', source: 'test', chunks: [text] });
  const write = (...parts: PackInput[]) => writePack(pack, parts, { made: new Date(NOW).toISOString(), key });

  async function expectRefused(reason: RegExp, more: Partial<ApplyOptions> = {}): Promise<void> {
    const to = target();
    const before = readFileSync(join(to, 'meta.json'), 'utf8');
    await expect(applyPack(to, pack, options(more))).rejects.toThrow(reason);
    expect(readFileSync(join(to, 'meta.json'), 'utf8')).toBe(before);
    for (const name of existsSync(join(to, 'datasets')) ? readdirSync(join(to, 'datasets')) : []) {
      expect(readdirSync(join(to, 'datasets', name))).toEqual([]);
    }
  }

  it('one bad part among good ones', async () => {
    await write(ranks(list(2000)), psl(newer.slice(0, 1000)));
    await expectRefused(/psl: test: .*The live data stays/);
  });

  it('a rank list without rows', async () => {
    await write(psl(newer), ranks('<html>'));
    await expectRefused(/none of its 1 lines is a row/);
  });

  it('a key that is not trusted', async () => {
    await write(psl(newer));
    await expectRefused(/not signed by a trusted key/, { trusted: [makePackKey().publicText] });
  });

  it('any changed byte, any cut', async () => {
    await write(psl(newer), ranks(list(500)));
    const bytes = readFileSync(pack);
    await verifyPack(pack, options());
    const broken = join(folder, 'broken.pack');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, by, cut) => {
          const changed = Buffer.from(bytes);
          changed.writeUInt8(changed.readUInt8(at) ^ by, at);
          writeFileSync(broken, cut ? bytes.subarray(0, at) : changed);
          await expect(verifyPack(broken, options())).rejects.toThrow();
        },
      ),
      { numRuns: 60 },
    );
    appendFileSync(pack, 'x');
    await expectRefused(/cut off or changed/);
  });

  it('a part larger than the limit, packed or unpacked', async () => {
    await write(psl(newer));
    await expectRefused(/raise download_limit/, { maxPartBytes: 1000 });
  });

  it('a newer format, another file, none', async () => {
    writeFileSync(pack, 'domain-stats pack 2\n{}\n\n');
    await expectRefused(/newer than this program/);
    writeFileSync(pack, 'PK\u0003\u0004');
    await expectRefused(/no pack of domain-stats/);
    pack = join(folder, 'missing.pack');
    await expectRefused(/cannot read the pack/);
  });

  it('names that lead elsewhere are no data sets: left out, nothing is written', async () => {
    const evil = ['../../evil', 'ranks-../../evil', 'ranks-..', '/tmp/evil', 'toString'];
    await write(psl(newer), ...evil.map((name) => ({ ...psl(newer), name })));
    const to = target();
    const { skipped } = await applyPack(to, pack, options());
    expect(skipped).toEqual(evil);
    expect(readdirSync(join(to, 'datasets'))).toEqual(['psl']);
  });
});
