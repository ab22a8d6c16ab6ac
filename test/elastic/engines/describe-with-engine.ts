import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { temporaryFolder } from '../../temporary-folder.ts';
import { installedEngines, type EngineName } from './installed.ts';
import { startNode, type EngineNode, type NodeOptions } from './node.ts';

const START_WITHIN_MS = 420_000;

/** Tests against a real engine, started for them; skipped with the reason where it cannot be had, failed so in CI. */
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
    let node: EngineNode | undefined;
    // Made while the file is read, so that it is removed after the node has stopped.
    const home = temporaryFolder();
    beforeAll(async () => {
      const folder = installed.folders[name];
      node = await startNode(name, folder, home, prepare(folder, home));
    }, START_WITHIN_MS);
    afterAll(() => node?.stop());
    body(() => {
      if (node === undefined) throw new Error(`${name} has not started`);
      return node;
    });
  });
}
