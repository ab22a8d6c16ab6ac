import { nameToAscii } from '../core/idna.ts';
import type { Kind } from './kinds.ts';

/** One setting: flag, environment variable, line of the file and row of the docs are all made from this. */
export interface Setting<Value> {
  readonly kind: Kind<Value>;
  readonly default: Value;
  readonly help: string;
}

export const setting = <Value>(kind: Kind<Value>, fallback: NoInfer<Value>, help: string): Setting<Value> => ({
  kind,
  default: fallback,
  help,
});

/** What is wrong with a zone or suffix; undefined when nothing is. */
export const checkZone = (zone: string): string | undefined =>
  /[\s/:@*]/.test(zone) || nameToAscii(zone) === '' ? `"${zone}" is no domain name` : undefined;
