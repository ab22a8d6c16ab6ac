/** How a value is kept as bytes. A changed layout is a new version and so a new table name: old rows are never misread. */
export interface Codec<Value> {
  readonly version: number;
  encode(value: Value): Uint8Array;
  /** `bytes` is valid only during the call: copy what is kept. */
  decode(bytes: Buffer): Value;
}

/** Values as JSON. */
export const jsonCodec = <Value>(): Codec<Value> => ({
  version: 1,
  encode: (value) => Buffer.from(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(bytes.toString('utf8')) as Value,
});

/** Bounds of a walk over keys: `start` inclusive and `end` exclusive in walking order. */
export interface Range {
  readonly start?: string;
  readonly end?: string;
  /** From high keys to low ones; then `start` is the upper bound. */
  readonly reverse?: boolean;
  readonly limit?: number;
}

/**
 * A sorted map from string keys to typed values inside an {@link Environment}. Keys hold no control character below U+0005:
 * LMDB's key encoding gives those an order of their own.
 */
export interface Table<Value> {
  /** The value as of the latest commit that this process has seen. */
  get(key: string): Value | undefined;
  entries(range?: Range): Iterable<readonly [string, Value]>;
  count(): number;
  /**
   * Stores `value` under `key` if the key is absent, in one atomic step over all processes, and then runs `also`, whose
   * writes belong to the same step. Resolves after the commit, with whether the key was absent.
   */
  putIfAbsent(key: string, value: Value, also?: () => void): Promise<boolean>;
  /** Inside {@link Environment.write} part of its transaction, elsewhere part of the next batch. */
  put(key: string, value: Value): void;
  remove(key: string): void;
}

/** One LMDB environment or its twin in memory: the unit that has one writer at a time. */
export interface Environment {
  table<Value>(name: string, codec: Codec<Value>): Table<Value>;
  /**
   * Runs `change` in one write transaction (reads inside see the latest state of all processes); resolves after its
   * commit. An exception undoes it. It holds this thread and the environment's only writer: at most some hundred rows.
   */
  write<Result>(change: () => Result): Promise<Result>;
  /** Makes reads see what other processes have committed up to now. */
  refresh(): void;
  /** Resolves when everything committed so far is on the disk. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}
