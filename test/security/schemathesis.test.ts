import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { startServer } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const CACHE = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
/** Put there by scripts/install-test-tools.sh. */
const SCHEMATHESIS = join(CACHE, 'domain-stats-schemathesis-4.32.5', 'bin', 'schemathesis');

/** What is so on purpose, and not as the fuzzer would have it. */
const EXCLUDED = [
  // A method that a route does not have is answered 404 with where the routes are listed.
  'unsupported_method',
  // A cursor and a domain are more than a pattern can tell.
  'positive_data_acceptance',
  // In a batch a bad item is refused in its place, the others are answered: 200.
  'negative_data_rejection',
];

(existsSync(SCHEMATHESIS) ? it : it.skip)(
  'schemathesis finds nothing in any route of /openapi.json (needs schemathesis)',
  async () => {
    const server = await startServer(['--data', temporaryFolder()]);
    const args = ['run', `${server.origin}/openapi.json`, '--no-color', '--seed', '1', '--max-examples', '30'];
    const child = spawn(SCHEMATHESIS, [...args, '--exclude-checks', EXCLUDED.join(',')], { cwd: temporaryFolder() });
    const ended = once(child, 'close') as Promise<[number]>;
    const output = await text(child.stdout);
    const [code] = await ended;
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    expect(Number(/Tested: (\d+)/.exec(output)?.[1])).toBeGreaterThan(10);
    expect(await server.stop()).toBe(0);
  },
  120_000,
);
