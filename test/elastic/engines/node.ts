import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineName } from './installed.ts';

/** A real engine on loopback. */
export interface EngineNode {
  readonly name: EngineName;
  readonly url: string;
  /** Asks it directly; JSON in, JSON out. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Answered }>;
  /** Ends the process (SIGKILL: as a crash) and starts it again with the same data on the same port. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the process until the next restart. */
  halt(): Promise<void>;
  stop(): Promise<void>;
}

/** Answers of engines are looked into at will. */
export type Answered = Readonly<Record<string, unknown>>;

const START_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 10_000;
const LAST_LINES = 50;

const COMMON = ['-Xms512m', '-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const OPTIONS: Readonly<Record<EngineName, readonly string[]>> = {
  opensearch: COMMON,
  'opensearch-security': [...COMMON, '-Dnode.plugin=org.opensearch.security.OpenSearchSecurityPlugin'],
  elasticsearch: [...COMMON, ...['--add-modules', 'jdk.incubator.vector', '--add-opens=java.base/java.io=ALL-UNNAMED']],
};
const LAUNCHER: Readonly<Record<EngineName, string>> = {
  opensearch: 'OpenSearchNode',
  'opensearch-security': 'OpenSearchNode',
  elasticsearch: 'ElasticsearchNode',
};

export interface NodeRequest {
  readonly method: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a node is started and asked, where that is not as usual. */
export interface NodeOptions {
  readonly settings?: readonly string[];
  readonly scheme?: 'https';
  /** Stands in for the global one, with credentials and certificates. */
  readonly fetch?: (url: string, request?: NodeRequest) => Promise<Pick<Response, 'ok' | 'status' | 'text'>>;
}

/** Starts a node with its data in `home`; resolves when it answers. */
export async function startNode(
  name: EngineName,
  folder: string,
  home: string,
  { settings = [], scheme, fetch = globalThis.fetch }: NodeOptions = {},
): Promise<EngineNode> {
  const log = join(home, 'engine.log');
  mkdirSync(home, { recursive: true });
  if (name === 'elasticsearch' && !existsSync(join(home, 'modules'))) {
    symlinkSync(join(folder, 'modules'), join(home, 'modules'));
  }
  let running = await start(0);
  const url = running.url;
  const port = Number(new URL(url).port);

  async function start(onPort: number): Promise<{ url: string; child: ChildProcess }> {
    const output = openSync(log, 'w');
    const child = spawn(
      join(folder, 'jdk', 'bin', 'java'),
      [
        ...OPTIONS[name],
        ...['-cp', join(folder, 'lib', '*'), LAUNCHER[name], home, `http.port=${String(onPort)}`],
        ...settings,
      ],
      { stdio: ['ignore', output, output], cwd: home },
    );
    closeSync(output);
    process.once('exit', () => child.kill('SIGKILL'));
    const end = Date.now() + START_WITHIN_MS;
    while (Date.now() < end) {
      await pause(100);
      const address = /^READY (\S+)$/m.exec(readFileSync(log, 'utf8'))?.[1];
      if (address !== undefined) {
        const started = `${scheme ?? 'http'}://${address}`;
        // After a crash the shards come back a little later than the node; users are known later than the port.
        const health = `${started}/_cluster/health?wait_for_status=yellow&timeout=60s`;
        while (!(await fetch(health)).ok && Date.now() < end) await pause(100);
        return { url: started, child };
      }
      if (child.exitCode !== null) break;
    }
    child.kill('SIGKILL');
    throw new Error(`${name} did not start:\n${readFileSync(log, 'utf8').split('\n').slice(-LAST_LINES).join('\n')}`);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await closed;
    clearTimeout(late);
  }

  return {
    name,
    url,
    async ask(method, path, body) {
      const response = await fetch(url + path, {
        method,
        ...(body === undefined
          ? {}
          : {
              body: typeof body === 'string' ? body : JSON.stringify(body),
              headers: { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' },
            }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answered };
    },
    async restart(signal = 'SIGTERM') {
      await end(signal);
      running = await start(port);
    },
    halt: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
