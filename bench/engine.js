// A real OpenSearch for benchmarks, and the program with its bulk proxy before it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

function engineFolder() {
  const script = fileURLToPath(new URL('../scripts/install-engines.sh', import.meta.url));
  const { status, stdout, stderr } = spawnSync('bash', [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`no search engine: ${stderr.trim()}`);
  return /^opensearch (\S+)$/m.exec(stdout)[1];
}

/** Starts an OpenSearch with its data in `home`. */
export async function startEngine(home) {
  const folder = engineFolder();
  const log = join(home, 'engine.log');
  const output = openSync(log, 'w');
  const flags = ['-Xms1g', '-Xmx1g', '-XX:+UseSerialGC', '-cp', join(folder, 'lib', '*'), 'OpenSearchNode', home];
  const child = spawn(join(folder, 'jdk', 'bin', 'java'), [...flags, 'http.port=0'], {
    stdio: ['ignore', output, output],
  });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const address = /^READY (\S+)$/m.exec(readFileSync(log, 'utf8'))?.[1];
    const stop = () => (child.kill(), once(child, 'close'));
    if (address !== undefined) return { url: `http://${address}`, pid: child.pid, stop };
    if (child.exitCode !== null) throw new Error('the engine ended');
  }
}

/** Starts the program with its bulk proxy before an engine. */
export async function startProxy(engine, data) {
  const program = fileURLToPath(new URL('../bin/domain-stats.js', import.meta.url));
  const flags = ['serve', '--port', '0', '--bulk-port', '0', '--no-lookups', '--log-level', 'error', '--data', data];
  const child = spawn(process.execPath, [program, ...flags, '--bulk-proxy', engine], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = /^bulk proxy on (\S+)$/.exec(line);
    if (ready !== null) return { url: ready[1], pid: child.pid, stop: () => (child.kill(), once(child, 'close')) };
  }
  throw new Error('the program ended before its proxy listened');
}
