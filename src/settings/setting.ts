import type { Kind } from './kinds.ts';

/** One setting: flag, environment variable, line of the file and row of the docs are all made from this. */
export interface Setting<Value> {
  readonly kind: Kind<Value>;
  readonly default: Value;
  readonly help: string;
}

/** One row of the table. */
export const setting = <Value>(kind: Kind<Value>, fallback: NoInfer<Value>, help: string): Setting<Value> => ({
  kind,
  default: fallback,
  help,
});
