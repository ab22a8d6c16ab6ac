import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe } from '@jest/globals';

const FOLDER = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));

/** Path of a conformance file. The folder stands beside a checkout of the project; it is not part of it. */
export const conformancePath = (file: string): string => FOLDER + file;

/** Text of a conformance file, unpacked when its name ends in `.gz`. */
export function conformanceText(file: string): string {
  const bytes = readFileSync(conformancePath(file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Rows of a conformance file with one JSON object a line. */
export const conformanceRows = <Row>(file: string): Row[] =>
  conformanceText(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

/** `describe` that is skipped, with a message, where the conformance data is not at hand. */
export function describeWithConformance(title: string, body: () => void): void {
  if (existsSync(FOLDER)) describe(title, body);
  else describe.skip(`${title} (skipped: no ${FOLDER})`, body);
}
