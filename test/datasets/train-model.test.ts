import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MODEL_SETS, rollBack, type ModelSet } from '../../src/datasets/generations.ts';
import { importRanks } from '../../src/datasets/import-ranks.ts';
import { applyPack } from '../../src/datasets/pack-apply.ts';
import { createPack } from '../../src/datasets/pack-create.ts';
import { makePackKey, readPrivateKey } from '../../src/datasets/pack-key.ts';
import { writePack } from '../../src/datasets/pack-file.ts';
import { trainModel } from '../../src/datasets/train-model.ts';
import { createService, type Service } from '../../src/service.ts';
import { openMeta, readMeta } from '../../src/stores/meta.ts';
import { snapshot } from '../core/embedded-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 24, 8);

/**
 * Registered labels `abba`, `ba-a`; hosts `abba`, `cba-a`; domains `abba.com`, `ba-a.com`: each once. The A-label is
 * passed over; the suffix and the line that is no name are bad.
 */
const CORPUS = 'www.abba.com\nabba.com\nc.ba-a.com\nco.uk\nno name\nxn--bcher-kva.de\n';

let data: string;
const services: Service[] = [];
beforeEach(() => {
  data = join(temporaryFolder(), 'data');
  openMeta(data, NOW);
});
afterEach(() => Promise.all(services.splice(0).map((service) => service.close())));

function fileOf(content: string): string {
  const file = join(temporaryFolder(), 'names.txt');
  writeFileSync(file, content);
  return file;
}

const train = (set: ModelSet, content: string, onBadRow?: (line: number, error: string) => void) =>
  trainModel(data, set, {
    snapshot,
    now: NOW,
    file: fileOf(content),
    source: 'names.txt',
    ...(onBadRow && { onBadRow }),
  });

async function answer(name: string, from = data) {
  const service = createService({ data: from, lookups: false });
  services.push(service);
  const [reply] = await service.ask([{ name }], { contact: false, waitMs: 0 });
  return reply!.object();
}

/** Labels such as `bababa`, `bababe`: nothing like `xqz`. */
const syllables = (vowels: string, count: number) =>
  Array.from({ length: count }, (_, i) =>
    [i % 10, Math.floor(i / 10) % 10, Math.floor(i / 100) % 10]
      .map((place, j) => 'bdfgklmnprst'.charAt(place + (j % 2)) + vowels.charAt((place + i) % vowels.length))
      .join(''),
  )
    .map((label) => `${label}.com`)
    .join('\n');

describe('a trained table', () => {
  it('of characters has the shares that were counted by hand', async () => {
    const bad: string[] = [];
    const about = await train('entropy', CORPUS, (line, error) => bad.push(`${line}: ${error}`));
    expect(about).toMatchObject({ rows: 2, bad_rows: 2, source: 'names.txt' });
    expect(bad).toEqual(['4: no domain that can be registered: "co.uk"', '5: not a domain name: "no name"']);
    const folder = join(data, 'datasets', 'entropy', readMeta(data).generations['entropy']!);
    expect(JSON.parse(readFileSync(join(folder, 'characters.json'), 'utf8'))).toEqual({
      names: 2,
      domain: { a: 4 / 8, b: 3 / 8, '-': 1 / 8 },
      fqdn: { a: 4 / 9, b: 3 / 9, '-': 1 / 9, c: 1 / 9 },
    });
    // ½·log2(½ / 4⁄8) + ½·log2(½ / 3⁄8) = ½·log2(4⁄3); in the other table ½·log2(27⁄16). Worked out in Python.
    const { entropy } = await answer('www.ab.com');
    expect(entropy!.domain).toBeCloseTo(0.20751874963942185, 12);
    expect(entropy!.fqdn).toBeCloseTo(0.3774437510817342, 12);
    expect((await answer('z.com')).entropy).toBeUndefined();
  });

  it('of letter pairs gives the probabilities that were counted by hand', async () => {
    // abba.com: ab bb ba a. .c co om; ba-a.com: ba a- -a a. .c co om. So P(ab) = 1⁄3 (a- is ignored), P(b.) = 0, and
    // .c, co, om are certain: the mean is 10⁄15. All pairs together: 1+0+2+2+2 of 4+3+2+2+2.
    expect(await train('frequency', CORPUS)).toMatchObject({ rows: 2, bad_rows: 2 });
    expect((await answer('ab.com')).freq).toEqual({ average: 66.6667, word: 53.8462 });
  });

  it('of trigrams is what a rank list of the same labels has, and wins over another list until it is rolled back', async () => {
    const own = syllables('aeiou', 1200);
    const list = { snapshot, now: NOW, lookalikeTargets: 100, force: false };
    await importRanks(data, { ...list, file: fileOf(syllables('y', 1100)), source: { list: 'other', source: 'x' } });
    const byList = (await answer('bababe.com')).randomness;
    await train('randomness', own);
    const trained = await answer('bababe.com');
    expect(trained.data_version).toContain(`randomness:${readMeta(data).generations['randomness']}`);

    const elsewhere = join(temporaryFolder(), 'data');
    openMeta(elsewhere, NOW);
    await importRanks(elsewhere, { ...list, file: fileOf(own), source: { list: 'own', source: 'x' } });
    expect(trained.randomness).toBe((await answer('bababe.com', elsewhere)).randomness);
    expect(trained.randomness).not.toBe(byList);

    await importRanks(data, { ...list, file: fileOf(syllables('y', 1150)), source: { list: 'other', source: 'x' } });
    expect((await answer('bababe.com')).randomness).toBe(trained.randomness);
    await rollBack(data, ['randomness', 'ranks-other']);
    expect((await answer('bababe.com')).randomness).toBe(byList);
  });

  it.each<[ModelSet, string, RegExp]>([
    ['entropy', '', /names.txt: is empty; a list of names/],
    [
      'frequency',
      '<html>\n<p>no</p>\n',
      /none of its 2 lines is a row such as "www.example.com" \(the first: not a domain/,
    ],
    ['frequency', 'co.uk\ncom\n', /none of its 2 lines.*no domain that can be registered: "co.uk"/],
    ['entropy', 'xn--bcher-kva.de\n', /internationalised names only/],
    ['randomness', CORPUS, /has 2 different registered labels; at least 1000 are needed/],
  ])('%s is not made of %j', async (set, content, message) => {
    await expect(train(set, content)).rejects.toThrow(message);
    expect(readMeta(data).generations).toEqual({});
  });

  it('goes along in a pack; bytes that are no table do not', async () => {
    await train('entropy', CORPUS);
    await train('frequency', CORPUS);
    await train('randomness', syllables('aeiou', 1200));
    const before = await answer('www.ab.com');
    const pair = makePackKey();
    const key = readPrivateKey(pair.privatePem);
    const pack = join(temporaryFolder(), 'test.pack');
    const options = { trusted: [pair.publicText], maxPartBytes: 1e6, now: NOW, snapshot, lookalikeTargets: 0 };
    await createPack(data, pack, { key, now: NOW, records: [] });

    data = join(temporaryFolder(), 'data');
    openMeta(data, NOW);
    const { counts } = await applyPack(data, pack, { ...options, records: [], force: false });
    expect(counts).toEqual({ entropy: 2, frequency: 2, randomness: expect.any(Number) });
    const { entropy, freq, randomness } = await answer('www.ab.com');
    expect({ entropy, freq, randomness }).toEqual({
      entropy: before.entropy,
      freq: before.freq,
      randomness: before.randomness,
    });

    const live = readMeta(data).generations;
    for (const name of MODEL_SETS) {
      await writePack(pack, [{ name, source: 'x', chunks: ['{}'] }], { made: '2026-11-25T00:00:00.000Z', key });
      await expect(applyPack(data, pack, { ...options, records: [], force: true })).rejects.toThrow(`${name}: x: `);
      expect(readMeta(data).generations).toEqual(live);
    }
  });
});
