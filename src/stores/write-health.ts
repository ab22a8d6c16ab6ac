import type { Codec, Environment } from './table.ts';

/** Watches whether an environment takes writes. */
export interface WriteHealth {
  /** Says that a write failed; from then on it is tried whether one succeeds again. */
  failed(): void;
  /** False from a failure on until a write has succeeded. */
  isWritable(): boolean;
  stop(): void;
}

const RETRY_MS = 1000;
/** A small write may find room in pages that are free already; this one shows that the file can grow. */
const PROBE = Buffer.alloc(64 * 1024);
const KEY = 'probe';
const probeCodec: Codec<Buffer> = { version: 1, encode: (bytes) => bytes, decode: () => PROBE };

/** A disk that was full has room again, a file system is mounted again: nobody but a new write finds that out. */
export function watchWrites(environment: Environment, retryMs = RETRY_MS): WriteHealth {
  const probes = environment.table('write_probe', probeCodec);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function probe(): Promise<void> {
    await environment.write(() => probes.put(KEY, PROBE));
    await environment.write(() => probes.remove(KEY));
    timer = undefined;
  }
  function later(): void {
    if (!stopped) timer = setTimeout(() => void probe().catch(later), retryMs).unref();
  }

  return {
    failed: () => {
      if (timer === undefined) later();
    },
    isWritable: () => timer === undefined,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
