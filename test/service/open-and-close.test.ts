import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createService } from '../../src/service.ts';
import { shareFacts } from '../../src/service/share-facts.ts';
import { defaultSettings } from '../../src/settings/keys.ts';
import { contactKey } from '../../src/stores/contact-tables.ts';
import { runningProcesses } from '../../src/stores/processes.ts';
import { snapshot } from '../core/embedded-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';

it('a service that cannot be opened to its end is closed again, and does not count as one that runs', async () => {
  const data = temporaryFolder();
  const community = { communityUrl: 'http://127.0.0.1:9', communityTokenFile: join(data, 'none') };
  expect(() => createService({ data, lookups: false, ...community }, { snapshot })).toThrow(/community_token_file/);
  while (runningProcesses(data).length > 0) await new Promise((resolve) => setImmediate(resolve));
});

it('a service closes its other parts when one cannot be closed, and tells of that one', async () => {
  const data = temporaryFolder();
  const service = createService({ data, lookups: false, communityServer: true }, { snapshot });
  const fault = new Error('cannot be closed');
  Object.assign(service.registrations.environment, { close: () => Promise.reject(fault) });
  await expect(service.close()).rejects.toBe(fault);
  expect(runningProcesses(data)).toEqual([]);
});

it('the state of the facts index that cannot be kept is told of, and ends nothing', async () => {
  const data = temporaryFolder();
  // Nobody can write a file of that name now, as on a disk that is full or read-only.
  mkdirSync(join(data, `facts.json.${process.pid}`));
  const settings = { ...defaultSettings(), data, elasticsearchUrl: ['http://127.0.0.1:9'] };
  const service = createService({ data, lookups: false }, { snapshot });
  const known = { finishedName: service.finishedName, registrationOf: () => undefined, firstSeenOf: () => undefined };
  const faults: unknown[] = [];
  const problems: unknown[] = [];
  const shared = shareFacts(
    settings,
    { ...known, isSuppressed: () => false },
    Date.now,
    (problem) => problems.push(problem),
    (error) => faults.push(error),
  );
  shared.contacted(contactKey('default', 'a.com'));
  await shared.stop();
  await service.close();
  expect(problems).toHaveLength(1);
  const told = expect.stringMatching(/Cannot write .*facts\.json: .*Make room on its disk/);
  expect(faults.map(String)).toEqual(faults.map(() => told));
  expect(faults).not.toEqual([]);
});
