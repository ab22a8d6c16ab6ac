import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { installedEngines, type EngineName } from './installed.ts';
import { startNode, type EngineNode, type NodeOptions } from './node.ts';

const START_WITHIN_MS = 420_000;

/** The engines that suites of this file have asked for. */
const nodes = new Map<EngineName, EngineNode>();
const homes = mkdtempSync(join(tmpdir(), 'domain-stats-engines-'));
afterAll(async () => {
  await Promise.all([...nodes.values()].map((node) => node.stop()));
  rmSync(homes, { recursive: true, force: true });
});

/**
 * Tests against a real engine, started for the first suite that wants it; skipped with the reason where it cannot be had,
 * failed so in CI. Suites share it: each has names of its own.
 */
export function describeWithEngine(
  name: EngineName,
  title: string,
  body: (engine: () => EngineNode) => void,
  prepare: (folder: string, home: string) => NodeOptions = () => ({}),
): void {
  const installed = installedEngines();
  if ('missing' in installed) {
    describe(`${title} (${name})`, () => test.skip(`skipped: ${installed.missing}`, () => undefined));
    return;
  }
  describe(`${title} (${name})`, () => {
    beforeAll(async () => {
      if (nodes.has(name)) return;
      const [folder, home] = [installed.folders[name], join(homes, name)];
      nodes.set(name, await startNode(name, folder, home, prepare(folder, home)));
    }, START_WITHIN_MS);
    body(() => {
      const node = nodes.get(name);
      if (node === undefined) throw new Error(`${name} has not started`);
      return node;
    });
  });
}
