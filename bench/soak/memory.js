// Anonymous memory of each process over time, and whether it grows.
import { anonymousMegabytes, median } from '../measure.js';

const EVERY_MS = 1000;
/** The last third's median may be so much more than the middle third's. */
const GROWTH = 1.15;
/** Differences below are noise of a small process. */
const NOISE_MB = 3;

export class Memory {
  #series = new Map();
  #timer;
  #pids;

  /** `pids`: name and number of each process that runs now. */
  constructor(pids) {
    this.#pids = pids;
    this.#timer = setInterval(() => this.#sample(), EVERY_MS);
  }

  #sample() {
    for (const [name, pid] of this.#pids()) {
      const key = `${name}, process ${pid}`;
      try {
        const megabytes = anonymousMegabytes(pid);
        if (megabytes > 0) this.#series.set(key, [...(this.#series.get(key) ?? []), megabytes]);
      } catch {
        // It has just ended.
      }
    }
  }

  /** Stops; a row for each process that lived a quarter of the run after one of warm-up, and how many others there were. */
  finish(runMs) {
    clearInterval(this.#timer);
    const samples = runMs / EVERY_MS;
    const rows = [...this.#series].flatMap(([process, series]) => {
      const warm = series.slice(Math.floor(samples / 4));
      if (warm.length < samples / 4) return [];
      const third = Math.floor(warm.length / 3);
      const [first, middle, last] = [0, 1, 2].map((part) => median(warm.slice(part * third, (part + 1) * third)));
      const grows = last > middle * GROWTH && last - middle > NOISE_MB;
      return [{ process, first, middle, last, highest: Math.max(...series), ratio: last / middle, grows }];
    });
    return { rows, others: this.#series.size - rows.length };
  }
}
