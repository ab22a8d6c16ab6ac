import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Several real processes one after the other, on a machine that others use too.
jest.setTimeout(120_000);

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** Starts `domain-stats v1 …` and resolves with its origin. */
async function startV1(args: readonly string[]): Promise<string> {
  const kept = Object.entries(process.env).filter(([key]) => !key.startsWith('DOMAIN_STATS_'));
  const env = {
    ...Object.fromEntries(kept),
    DOMAIN_STATS_DATA: temporaryFolder(),
    DOMAIN_STATS_LOOKUPS: 'false',
    DOMAIN_STATS_LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [PROGRAM, 'v1', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(() => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = /^listening on (\S+)$/.exec(line);
    if (ready?.[1] !== undefined) return ready[1];
  }
  throw new Error('the server did not start');
}

function rankFile(): string {
  const file = join(temporaryFolder(), 'top-1m.csv');
  writeFileSync(file, '1,first.com\n2,second.org\n3,third.co.uk\n');
  return file;
}

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

describe('domain-stats v1', () => {
  it('starts by the port alone', async () => {
    const origin = await startV1(['0']);
    expect(await textOf(`${origin}/alexa/first.com`)).toContain('Alexa not loaded');
    expect(await textOf(`${origin}/`)).toBe(
      `API Documentation\nhttp://${origin.slice('http://'.length)}/cmd/tgt cmd = domain or alexa tgt = domain name`,
    );
  });

  it('takes -ip and -a', async () => {
    const origin = await startV1(['-ip', '127.0.0.1', '0', '-a', rankFile()]);
    expect(await textOf(`${origin}/alexa/second.org`)).toBe('2');
    expect(await textOf(`${origin}/alexa/www.second.org`)).toBe('0');
  });

  it('takes every option of its command line, before and after the port', async () => {
    const file = rankFile();
    const short = ['-ip', '127.0.0.1', '-c', '600', '-d', '-a', file, '--all', '--preload', '0', '0'];
    const long = ['0', '--address', '127.0.0.1', '--cache-time', '600', '--alexa', file, '--preload', '2'];
    for (const args of [short, [...long, '--delay', '0.5', '--garbage-cycle', '60']]) {
      const origin = await startV1(args);
      expect(await textOf(`${origin}/?cmd=alexa&tgt=third.co.uk`)).toBe('3');
    }
  });

  it('needs the port', async () => {
    const { code, stderr } = await run(['v1', '-a', 'x.csv']);
    expect(code).toBe(2);
    expect(stderr).toContain("missing required argument 'port'");
  });
});

describe('domain-stats preload', () => {
  it('puts the best-ranked domains into the queue once', async () => {
    const data = temporaryFolder();
    const { code, stderr } = await run(['preload', '--top', '2', rankFile(), '--data', data]);
    expect([code, stderr]).toEqual([0, 'preload: 2 domains, 2 of them unknown and put into the queue\n']);
  });
});
