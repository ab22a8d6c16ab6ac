import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Version of the program, from its package file; the same path holds for `src/` and `dist/`. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** The program's file. */
export const PROGRAM = fileURLToPath(new URL('../bin/domain-stats.js', import.meta.url));
