import {
  CALIBRATED_LENGTHS,
  TRIGRAM_COUNT,
  trigramModel,
  type Calibration,
  type TrigramModel,
} from './trigram-model.ts';

/** "DSTM", then the version of the layout. */
const MAGIC = 0x4453544d;
const VERSION = 1;
const HEAD_BYTES = 12;
const CALIBRATION_BYTES = 16;

/** What keeps bytes from being a trigram model. */
export class TrigramBytesError extends Error {
  override name = 'TrigramBytesError';
}

/**
 * A model as bytes: head, number of labels, the curves, then every trigram that occurred as (gap to the one before,
 * count), both as variable-length integers. The list it was trained on cannot be read back from it.
 */
export function encodeTrigramModel({ counts, calibrations, labels }: TrigramModel): Uint8Array {
  const body: number[] = [];
  let before = -1;
  counts.forEach((count, trigram) => {
    if (count === 0) return;
    pushInteger(body, trigram - before);
    pushInteger(body, count);
    before = trigram;
  });
  const bytes = new Uint8Array(HEAD_BYTES + CALIBRATED_LENGTHS.length * CALIBRATION_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, VERSION);
  view.setUint32(8, labels);
  CALIBRATED_LENGTHS.forEach((_, i) => {
    const { midpoint, slope } = calibrations[i] ?? { midpoint: 0, slope: 0 };
    view.setFloat64(HEAD_BYTES + i * CALIBRATION_BYTES, midpoint);
    view.setFloat64(HEAD_BYTES + i * CALIBRATION_BYTES + 8, slope);
  });
  bytes.set(body, bytes.length - body.length);
  return bytes;
}

/** Reads a model; throws {@link TrigramBytesError} when the bytes are none, or cut off. */
export function decodeTrigramModel(bytes: Uint8Array): TrigramModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bodyStart = HEAD_BYTES + CALIBRATED_LENGTHS.length * CALIBRATION_BYTES;
  if (bytes.length < bodyStart || view.getUint32(0) !== MAGIC) throw new TrigramBytesError('not a trigram model');
  const version = view.getUint32(4);
  if (version !== VERSION) throw new TrigramBytesError(`trigram model of the unknown version ${String(version)}`);
  const calibrations: Calibration[] = CALIBRATED_LENGTHS.map((_, i) => ({
    midpoint: view.getFloat64(HEAD_BYTES + i * CALIBRATION_BYTES),
    slope: view.getFloat64(HEAD_BYTES + i * CALIBRATION_BYTES + 8),
  }));
  if (!calibrations.every(({ midpoint, slope }) => Number.isFinite(midpoint) && slope > 0 && slope < 100)) {
    throw new TrigramBytesError('trigram model with a curve that is none');
  }
  return trigramModel(readCounts(bytes.subarray(bodyStart)), calibrations, view.getUint32(8));
}

function readCounts(body: Uint8Array): Uint32Array {
  const counts = new Uint32Array(TRIGRAM_COUNT);
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = body[at++];
      if (byte === undefined) throw new TrigramBytesError('trigram model is cut off');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new TrigramBytesError('trigram model with an integer that does not end');
  };
  for (let trigram = -1; at < body.length;) {
    trigram += next();
    if (trigram >= TRIGRAM_COUNT) throw new TrigramBytesError('trigram model with a trigram that is none');
    counts[trigram] = next();
  }
  return counts;
}

function pushInteger(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}
