// The real program under test, `serve` with its workers, and the connections to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'undici';

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));
export const WORKERS = 2;
/** Pino's level of what ends a process. */
const FATAL = 60;
/** So long after a kill connections may break or be refused: the other worker may end too, and starting takes a while. */
const CUT_WITHIN_MS = 10_000;
/** Connections may stay silent that a worker had been handed and had not taken yet when it was killed (supposed, not proven). */
const SILENT_MS = 5000;
const REPLACED_WITHIN_MS = 60_000;

const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('DOMAIN_STATS_'))),
  DOMAIN_STATS_LOOKUPS: 'false',
};

/** Runs a command of the program to its end; throws what it said when it failed. */
export async function run(...args) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`domain-stats ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}

/** Starts the server; its errors are faults, except those that tell of a killed worker, or of one that it took along. */
export async function startServer(data, flags, ledger) {
  const args = [
    'serve',
    '--port',
    String(await freePort()),
    '--data',
    data,
    '--log-level',
    'error',
    '--workers',
    String(WORKERS),
    ...flags,
  ];
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const kills = [];
  /** Processes that ended because the killed one held a lock of the store. */
  const takenAlong = [];
  let isWanted = true;
  const origin = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^listening on (\S+)$/.exec(line);
      if (ready !== null) resolve(ready[1]);
      else if (!isExpected(line)) ledger.fault('the server logged', line);
    });
    void ended.then(([code]) => {
      if (isWanted) ledger.fault('the server ended', String(code));
      reject(new Error(`the server ended with ${code}`));
    });
  });

  function isExpected(line) {
    try {
      const { level, pid, ended, err } = JSON.parse(line);
      if (ended !== undefined) return kills.some((kill) => kill.pid === ended) || takenAlong.includes(ended);
      if (level !== FATAL || !/MDB_PANIC/.test(err?.message) || !mayHaveCut(Date.now())) return false;
      takenAlong.push(pid);
      return true;
    } catch {
      return false;
    }
  }

  /** When workers were missing last. */
  let incompleteAt = 0;
  const watch = setInterval(() => {
    if (isWanted && workers().size < WORKERS) incompleteAt = Date.now();
  }, 100);
  /** Whether a kill may have cut what was begun then. */
  const mayHaveCut = (since) =>
    incompleteAt >= since - CUT_WITHIN_MS || kills.some(({ at }) => at >= since - CUT_WITHIN_MS);

  /** Numbers of the workers' processes, by the number of the worker. */
  const workers = () => {
    const found = readdirSync(join(data, 'processes')).flatMap((file) => {
      try {
        const { pid, command } = JSON.parse(readFileSync(join(data, 'processes', file), 'utf8'));
        const worker = /^serve, worker (\d+)$/.exec(command)?.[1];
        return worker !== undefined && isAlive(pid) ? [[Number(worker), pid]] : [];
      } catch {
        // It begins or ends at this moment.
        return [];
      }
    });
    return new Map(found);
  };

  return {
    origin,
    pid: child.pid,
    workers,
    takenAlong,
    mayHaveCut,
    /** Kills a worker; resolves with the milliseconds until another has its place. */
    async kill(worker) {
      const pid = workers().get(worker);
      if (pid === undefined) return undefined;
      const at = Date.now();
      kills.push({ at, pid });
      process.kill(pid, 'SIGKILL');
      while (!workers().has(worker) || workers().get(worker) === pid) {
        if (Date.now() - at > REPLACED_WITHIN_MS) {
          ledger.fault('a killed worker was not replaced', { worker, pid });
          return undefined;
        }
        await pause(50);
      }
      return Date.now() - at;
    },
    async stop() {
      isWanted = false;
      child.kill('SIGTERM');
      return (await ended)[0];
    },
    destroy() {
      isWanted = false;
      clearInterval(watch);
      child.kill('SIGKILL');
    },
  };
}

/** Known from the start: with port 0, workers that start when no other listens would choose another. */
async function freePort() {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  taken.close();
  await once(taken, 'close');
  return port;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A keep-alive connection; what a kill cut is sent again, anything else that fails is a fault. */
export class Connection {
  #client;
  #server;
  #ledger;
  requests = 0;
  cut = 0;
  silent = 0;

  constructor(server, ledger) {
    this.#client = new Client(server.origin, { headersTimeout: SILENT_MS, bodyTimeout: SILENT_MS });
    this.#server = server;
    this.#ledger = ledger;
  }

  /** The answer and when it was asked for; `wasCut`: an earlier sending may have been answered into a broken connection. */
  async ask({ method = 'GET', path, body }) {
    const since = Date.now();
    for (let wasCut = false; ; wasCut = true) {
      const sent = Date.now();
      try {
        const response = await this.#client.request({ method, path, body: body ?? null });
        const text = await response.body.text();
        this.requests++;
        const answer = { status: response.statusCode, type: response.headers['content-type'], text, since, wasCut };
        if (answer.status >= 500) this.#ledger.fault(`status ${answer.status}`, `${method} ${path} ${text}`);
        return answer;
      } catch (error) {
        this.cut++;
        if (error.code === 'UND_ERR_HEADERS_TIMEOUT') this.silent++;
        if (!this.#server.mayHaveCut(sent)) throw new Error(`${method} ${path}: ${error.message}`, { cause: error });
        await pause(20);
      }
    }
  }

  close = () => this.#client.destroy();
}
