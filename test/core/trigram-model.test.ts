import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeTrigramModel, encodeTrigramModel, TrigramBytesError } from '../../src/core/trigram-bytes.ts';
import { bitsPerCharacter, countTrigrams, randomness, trigramModel } from '../../src/core/trigram-model.ts';
import { LEAST_LABELS, trainTrigramModel } from '../../src/core/trigram-training.ts';
import { registeredLabel } from '../../src/core/measured-text.ts';
import { conformanceText, describeWithConformance } from '../conformance/files.ts';
import { parsed } from './embedded-data.ts';

/** The formula of the note as it stands, with strings for contexts: slow and plain. */
function plainBits(label: string, training: readonly string[]): number {
  const counts = new Map<string, Map<string, number>>();
  const pad = (text: string) => ['<', '<', ...Array.from(text), '>'];
  for (const text of training) {
    const symbols = pad(text);
    for (let i = 2; i < symbols.length; i++) {
      for (let order = 0; order <= 2; order++) {
        const context = symbols.slice(i - order, i).join('');
        const row = counts.get(`${order}${context}`) ?? new Map<string, number>();
        row.set(symbols[i]!, (row.get(symbols[i]!) ?? 0) + 1);
        counts.set(`${order}${context}`, row);
      }
    }
  }
  const symbols = pad(label);
  let bits = 0;
  for (let i = 2; i < symbols.length; i++) {
    let p = 1 / 39;
    for (let order = 0; order <= 2; order++) {
      const row = counts.get(`${order}${symbols.slice(i - order, i).join('')}`);
      if (row === undefined) continue;
      const total = [...row.values()].reduce((sum, count) => sum + count, 0);
      p = ((row.get(symbols[i]!) ?? 0) + row.size * p) / (total + row.size);
    }
    bits -= Math.log2(p);
  }
  return bits / (symbols.length - 2);
}

/** Labels that look made by someone, without a list: syllables in all orders. */
const madeUp = ['ba', 'ko', 'ti', 'ren', 'mal', 'su', 'den', 'vor', 'la', 'pi', 'gen', 'to'].flatMap((a, _, all) =>
  all.flatMap((b) => all.map((c) => a + b + c)),
);

describe('bits per character', () => {
  const training = ['google', 'goods', 'good-bye', 'x1', 'mail', 'mailbox'];
  const model = trigramModel(countTrigrams(training), [], training.length);

  it.each(['google', 'mail', 'zzz', 'x', 'good-bye2', '0'])('of %s are those of the formula', (label) =>
    expect(bitsPerCharacter(label, model)).toBeCloseTo(plainBits(label, training), 5),
  );

  it('of an untrained model are those of 39 symbols alike', () =>
    expect(bitsPerCharacter('abc', trigramModel(countTrigrams([]), [], 0))).toBeCloseTo(Math.log2(39), 5));
});

describe('training', () => {
  it('needs enough labels, each counted once', () => {
    expect(trainTrigramModel(madeUp.slice(0, LEAST_LABELS - 1))).toBeUndefined();
    expect(trainTrigramModel(Array.from({ length: 5000 }, () => 'same'))).toBeUndefined();
    expect(trainTrigramModel(madeUp)?.labels).toBe(madeUp.length);
  });

  it('gives the same model for the same labels', () =>
    expect(encodeTrigramModel(trainTrigramModel(madeUp)!)).toEqual(encodeTrigramModel(trainTrigramModel(madeUp)!)));
});

describe('randomness', () => {
  const model = trainTrigramModel(madeUp)!;

  it('tells made-up words from drawn letters', () => {
    expect(randomness('bakolati', model)).toBeLessThan(0.1);
    expect(randomness('xkqzvwpt', model)).toBeGreaterThan(0.9);
  });

  it('is absent for A-labels and the empty label', () => {
    expect(randomness('xn--bcher-kva', model)).toBeUndefined();
    expect(randomness('', model)).toBeUndefined();
  });

  it('never falls as the bits rise, among labels of one length, and lies in 0 to 1', () => {
    fc.assert(
      fc.property(fc.tuple(fc.stringMatching(/^[a-z0-9-]{8}$/), fc.stringMatching(/^[a-z0-9-]{8}$/)), ([a, b]) => {
        const [low, high] = [a, b].sort((x, y) => bitsPerCharacter(x, model) - bitsPerCharacter(y, model));
        const [lower, higher] = [randomness(low!, model)!, randomness(high!, model)!];
        return lower <= higher && lower >= 0 && higher <= 1;
      }),
    );
  });

  it('never throws and never gives NaN', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const value = randomness(text, model);
        return value === undefined || (value >= 0 && value <= 1);
      }),
    );
  });
});

describe('bytes', () => {
  const model = trainTrigramModel(madeUp)!;
  const bytes = encodeTrigramModel(model);

  it('bring the model back', () => {
    const back = decodeTrigramModel(bytes);
    expect(back).toEqual(model);
    expect(bytes.length).toBeLessThan(5000);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('<html>'.repeat(100))],
    ['a cut-off file', bytes.subarray(0, bytes.length - 1)],
    ['another version', Uint8Array.from(bytes, (byte, i) => (i === 7 ? 9 : byte))],
    ['an integer without an end', Uint8Array.from([...bytes, 255, 255, 255, 255, 255, 255])],
  ])('that are %s are refused', (_, broken) => expect(() => decodeTrigramModel(broken)).toThrow(TrigramBytesError));
});

describeWithConformance('trained on half of a real list', () => {
  const labels = [
    ...new Set(
      conformanceText('ranks/majestic_top15000.csv')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => parsed(line.split(',')[1]!))
        .flatMap((name) => (name.kind === 'domain' && !name.isSuffix ? [registeredLabel(name)] : [])),
    ),
  ].filter((label) => !label.startsWith('xn--'));
  const model = trainTrigramModel(labels.filter((_, i) => i % 2 === 0))!;
  const unseen = labels.filter((label, i) => i % 2 === 1 && label.length >= 6);
  const share = (names: readonly string[]) =>
    names.filter((name) => randomness(name, model)! >= 0.9).length / names.length;

  it('at 0.9 it calls at most 1 % of unseen real labels of 6 and more letters random', () =>
    expect(share(unseen)).toBeLessThan(0.01));

  it('and at least 95 % of letters and digits drawn at random', () => {
    const drawn = fc.sample(fc.stringMatching(/^[a-z0-9]{10}$/), { numRuns: 500, seed: 1 });
    expect(share(drawn)).toBeGreaterThan(0.95);
  });
});
