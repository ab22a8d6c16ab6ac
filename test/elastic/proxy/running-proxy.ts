import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { cleanEnvironment } from '../../processes/program.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/domain-stats.js', import.meta.url));

export interface RunningProxy {
  readonly url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

interface ProxyOptions {
  readonly port?: number;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The real program with its bulk proxy before an engine. */
export async function launchProxy(
  engine: string,
  data: string,
  { port = 0, args = [], environment = {} }: ProxyOptions = {},
): Promise<RunningProxy> {
  const ports = ['--port', '0', '--bulk-port', String(port)];
  const child = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--bulk-proxy', engine, '--data', data, '--log-level', 'fatal', ...ports, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], env: cleanEnvironment(environment) },
  );
  const closed = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^bulk proxy on (\S+)$/.exec(line)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    void closed.then(() => reject(new Error('the program ended before its proxy listened')));
  });
  return {
    url,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await closed;
    },
  };
}

/** A bulk request that indexes events. */
const bulkOf = (events: readonly object[], index: string): string =>
  events.map((each) => `{"index":{"_index":"${index}"}}\n${JSON.stringify(each)}\n`).join('');

/** Sends a batch as a shipper does: again, whole, until every document of it is stored. */
async function ship(url: string, batch: string, count: number): Promise<void> {
  for (;;) {
    try {
      const reply = await request(`${url}/_bulk`, {
        method: 'POST',
        body: batch,
        headers: { 'content-type': 'application/x-ndjson' },
      });
      const text = await reply.body.text();
      if (reply.statusCode === 200) {
        const { errors, items } = JSON.parse(text) as { errors: boolean; items: unknown[] };
        if (!errors && items.length === count) return;
      }
    } catch {
      // Nobody listens at the moment.
    }
    await pause(100);
  }
}

/** Ships events through a proxy that may be another one with every batch, three batches at once. */
export function shipAll(of: () => RunningProxy, events: readonly object[], index: string, size: number) {
  const waiting: (readonly object[])[] = [];
  for (let from = 0; from < events.length; from += size) waiting.push(events.slice(from, from + size));
  let done = 0;
  const shipper = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      await ship(of().url, bulkOf(batch, index), batch.length);
      done += batch.length;
    }
  };
  return {
    all: Promise.all([shipper(), shipper(), shipper()]),
    /** Resolves when so many events have been stored. */
    async reached(count: number) {
      while (done < count) await pause(5);
    },
  };
}
