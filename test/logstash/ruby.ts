import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TESTS = `${ROOT}test/logstash/`;
const JRUBY = `${ROOT}node_modules/.cache/jruby/`;
/** Plain Ruby finds Logstash's classes in the double, and the plugin where `--path.plugins` would. */
const LOAD_PATH = ['-I', `${TESTS}double`, '-I', `${ROOT}logstash/plugins`];

/** A Ruby that the plugin is tested on. */
export interface Engine {
  readonly name: string;
  /** Program and arguments; undefined when it is not installed. */
  readonly command?: readonly string[];
}

function jruby(): Engine {
  const jar = existsSync(JRUBY)
    ? readdirSync(JRUBY).find((name) => /^jruby-complete-9\.4\..*\.jar$/.test(name))
    : undefined;
  const java = spawnSync('java', ['-version']).status === 0;
  // A test run is short: compiling hot code further would only cost time.
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx512m'];
  return {
    name: 'JRuby 9.4',
    ...(jar !== undefined && java ? { command: ['java', ...flags, '-jar', JRUBY + jar] } : {}),
  };
}

function ruby(): Engine {
  const found = spawnSync('ruby', ['-e', 'require "minitest"; exit RUBY_VERSION >= "3.1"']).status === 0;
  return { name: 'Ruby 3.1', ...(found ? { command: ['ruby'] } : {}) };
}

/** All engines, installed or not. */
export const engines = (): Engine[] => [ruby(), jruby()];

/** Where no engine may be missing: the tests fail instead of being skipped. */
export const inCi = (): boolean => process.env['CI'] === 'true';

/** Starts a script of this folder. */
export function startRuby(engine: Engine, script: string, ...flags: string[]): ChildProcess {
  const [program, ...first] = engine.command ?? [];
  if (program === undefined) throw new Error(`${engine.name} is not installed: run scripts/install-test-tools.sh`);
  return spawn(program, [...first, ...LOAD_PATH, TESTS + script, ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs a script to its end. */
export async function runRuby(
  engine: Engine,
  script: string,
  ...flags: string[]
): Promise<{ code: number; output: string }> {
  const child = startRuby(engine, script, ...flags);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  return { code, output };
}
