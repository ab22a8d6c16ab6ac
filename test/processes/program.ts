import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));

/** Environment without settings of whoever runs the tests. */
export function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([key]) => !key.startsWith('DOMAIN_STATS_') && key !== 'NODE_OPTIONS',
  );
  // No test asks a registry unless it says which one, on loopback.
  return { ...Object.fromEntries(kept), DOMAIN_STATS_LOOKUPS: 'false', ...extra };
}

/** Starts the real program; what it prints is dropped. */
export const startProgram = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess => spawn(process.execPath, [PROGRAM, ...args], { env: cleanEnvironment(environment), stdio: 'ignore' });

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real program to its end. */
export async function run(
  args: readonly string[],
  options: { input?: string | Buffer; environment?: Readonly<Record<string, string>>; shell?: string } = {},
): Promise<Finished> {
  const command = [process.execPath, PROGRAM, ...args];
  const [program = '', ...rest] =
    options.shell === undefined ? command : ['bash', '-c', `${options.shell}; exec "$@"`, 'bash', ...command];
  const child = spawn(program, rest, { env: cleanEnvironment(options.environment ?? {}) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

export interface RunningServer {
  readonly origin: string;
  readonly process: ChildProcess;
  /** Sends a signal and resolves with the exit code, null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the real server on a free port and resolves when it says that it listens. `shell`: commands for bash before it,
 * which set limits that the server inherits.
 */
export async function startServer(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  shell?: string,
): Promise<RunningServer> {
  const command = [process.execPath, PROGRAM, 'serve', '--port', '0', '--log-level', 'error', ...args];
  const [program = '', ...rest] =
    shell === undefined ? command : ['bash', '-c', `${shell}; exec "$@"`, 'bash', ...command];
  const child = spawn(program, rest, { env: cleanEnvironment(environment), stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close') as Promise<[number | null]>;
  const origin = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^listening on (\S+)$/.exec(line);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    void ended.then(([code]) =>
      reject(new Error(`the server ended with ${String(code)} before it listened: ${stderr}`)),
    );
  });
  return {
    origin,
    process: child,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return (await ended)[0];
    },
  };
}
