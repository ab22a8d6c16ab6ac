import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));

/** Nothing may be looked up: the names of the tests are other people's. */
export const OFFLINE = { ...process.env, DOMAIN_STATS_LOOKUPS: 'false' };

export interface RunningServer {
  readonly url: string;
  signal(name: NodeJS.Signals): void;
  /** kill -9: nothing is finished or flushed. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The real program as a process of its own; with an empty store unless a folder is given. */
export async function startServer(
  options: { readonly folder?: string; readonly flags?: readonly string[] } = {},
): Promise<RunningServer> {
  const data = options.folder ?? mkdtempSync(join(tmpdir(), 'domain-stats-'));
  const flags = ['--port', '0', '--data', data, ...(options.flags ?? [])];
  const child = spawn(process.execPath, [PROGRAM, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: OFFLINE,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (said.length < 50) said.push(line);
        const found = /listening on (https?:\/\/[\w.:[\]]+)/.exec(line);
        if (found !== null) resolve(found[1]!);
      });
    }
    void ended.then(() => reject(new Error(`the server ended at once:\n${said.join('\n')}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    url,
    signal: (name) => child.kill(name),
    kill: () => end('SIGKILL'),
    async stop() {
      child.kill('SIGCONT');
      await end('SIGTERM');
      if (options.folder === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}
