import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/lookup/clock.ts';
import { openWishJournal } from '../../src/lookup/wish-journal.ts';
import { openLmdbEnvironment } from '../../src/stores/lmdb-environment.ts';
import { openRegistrationStore } from '../../src/stores/registrations.ts';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Several real processes one after the other, on a machine that others use too.
jest.setTimeout(120_000);

const PROGRAM = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** Starts `domain-stats v1 …` and resolves with the origin that it, or the door of that name, listens on. */
async function startV1(
  args: readonly string[],
  data = temporaryFolder(),
  settings: Readonly<Record<string, string>> = {},
  door = 'listening',
): Promise<string> {
  const kept = Object.entries(process.env).filter(([key]) => !key.startsWith('DOMAIN_STATS_'));
  const env = {
    ...Object.fromEntries(kept),
    DOMAIN_STATS_DATA: data,
    DOMAIN_STATS_LOOKUPS: 'false',
    DOMAIN_STATS_LOG_LEVEL: 'error',
    ...settings,
  };
  const child = spawn(process.execPath, [PROGRAM, 'v1', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(() => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = new RegExp(`^${door} on (\\S+)$`).exec(line);
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

  it('takes -ip and -a: the list becomes a data set, once', async () => {
    const data = temporaryFolder();
    const file = rankFile();
    const generations = () => readdirSync(join(data, 'datasets', 'ranks-alexa'));
    const origin = await startV1(['-ip', '127.0.0.1', '0', '-a', file], data);
    expect(await textOf(`${origin}/alexa/second.org`)).toBe('2');
    expect(await textOf(`${origin}/alexa/www.second.org`)).toBe('0');
    const [first, ...others] = generations();
    expect(others).toEqual([]);

    await startV1(['0', '-a', file], data);
    expect(generations()).toEqual([first]);
    writeFileSync(file, '1,second.org\n');
    const changed = await startV1(['0', '--alexa', file], data);
    expect(await textOf(`${changed}/alexa/second.org`)).toBe('1');
    expect(generations()).toHaveLength(2);
  });

  it('has beside it what the settings ask for, as `serve` has', async () => {
    const bulk = { DOMAIN_STATS_BULK_PROXY: 'http://127.0.0.1:9', DOMAIN_STATS_BULK_PORT: '0' };
    const proxy = await startV1(['0'], temporaryFolder(), bulk, 'bulk proxy');
    expect((await fetch(proxy)).status).toBe(502);
  });

  it('looks up the best of the list that it was given', async () => {
    const data = temporaryFolder();
    const file = join(data, 'top.csv');
    // More than are asked for at once.
    writeFileSync(file, Array.from({ length: 1200 }, (_, rank) => `${rank + 1},d${rank}.com\n`).join(''));
    const lookups = { DOMAIN_STATS_LOOKUPS: 'true', DOMAIN_STATS_RDAP_SERVERS: 'com=http://127.0.0.1:9/' };
    const origin = await startV1(['0', '-a', file, '--preload', '1100'], data, lookups);
    const waiting = async () => /^domain_stats_lookup_queue (\d+)$/m.exec(await textOf(`${origin}/metrics`))?.[1];
    while (Number(await waiting()) < 1000) await new Promise((resolve) => setTimeout(resolve, 100));
  });

  it('does not start with a list that is none', async () => {
    const data = temporaryFolder();
    writeFileSync(join(data, 'list'), '<html>');
    const { code, stderr } = await run(['v1', '0', '-a', join(data, 'list')], {
      environment: { DOMAIN_STATS_DATA: data },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/this is no rank list\.\n.*-a: \S+ could not be taken/s);
  });

  it('takes every option of its command line, before and after the port, cut short too', async () => {
    const data = temporaryFolder();
    const file = rankFile();
    const short = ['-ip', '127.0.0.1', '-c', '600', '-vv', '-d', '-a', file, '--all', '--preload', '0', '0'];
    const long = ['0', '--address=127.0.0.1', '--cache-time', '600', '--verbose', '--alexa', file, '--preload', '2'];
    for (const args of [short, [...long, '--delay', '0.5', '--garb', '60']]) {
      const origin = await startV1(args, data);
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
  /** Domains that the process which looks up finds waiting. */
  async function waiting(data: string): Promise<string[]> {
    const environment = openLmdbEnvironment(join(data, 'registrations'));
    const store = openRegistrationStore(environment);
    await openWishJournal(store, systemClock, 1000, () => undefined).drainPassed();
    const domains = [...store.wishes.entries()].map(([domain]) => domain);
    await environment.close();
    return domains;
  }

  it('puts the best-ranked domains of the live list into the queue, of one that is named, or of a file', async () => {
    const data = temporaryFolder();
    const file = join(data, 'top.csv');
    const preload = (...args: string[]) => run(['preload', ...args, '--data', data]);
    expect(await preload('--top', '2')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no rank list is live in .*import ranks/),
    });
    // The order of the lines is not that of the ranks, and ranks have gaps.
    writeFileSync(file, '900,last.com\n7,second.org\n40,third.co.uk\n3,first.com\n');
    await run(['import', 'ranks', file, '--list', 'b', '--data', data]);
    writeFileSync(file, '1,only.net\n');
    await run(['import', 'ranks', file, '--list', 'a', '--data', data]);

    expect(await preload('--top', '3', '--rank-list', 'b')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'preload: 3 domains, 3 of them unknown and put into the queue\n',
    });
    expect(await waiting(data)).toEqual(['first.com', 'second.org', 'third.co.uk']);
    expect((await preload('--top', '3')).stderr).toContain('preload: 1 domains, 1 of them');
    writeFileSync(file, '5,five.com\n1,one.com\n');
    expect(await preload(file, '--top', '1')).toMatchObject({ code: 0 });
    expect(await waiting(data)).toEqual(['first.com', 'one.com', 'only.net', 'second.org', 'third.co.uk']);
  });

  it('refuses a file without ranks', async () => {
    const data = temporaryFolder();
    writeFileSync(join(data, 'none'), 'nothing here\n');
    expect(await run(['preload', join(data, 'none'), '--data', data])).toMatchObject({ code: 2 });
    expect(await run(['preload', '--top', 'many', '--data', data])).toMatchObject({ code: 2 });
  });
});
