import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/main.ts';
import { settingKeys } from '../../src/settings/keys.ts';
import { run, startServer } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Each step starts a program; a busy machine takes its time.
jest.setTimeout(60_000);

/** The command and those below it that have none themselves. */
const leavesOf = (command: Command, words: readonly string[] = []): [string, Command][] =>
  command.commands.length === 0
    ? [[words.join(' '), command]]
    : command.commands.flatMap((child) => leavesOf(child, [...words, child.name()]));

const program = await buildProgram();

it.each(program.commands.map((command) => command.name()))('%s is loaded by its name alone', async (name) => {
  expect((await buildProgram(name)).commands.map((command) => command.name())).toEqual([name]);
});

describe('help', () => {
  it.each(leavesOf(program))('of "%s" has an example', (words, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toMatch(new RegExp(`\\nExamples?:\\n(  .*\\n)*  .*domain-stats ${words}\\b`));
  });

  it('says what to start with', async () => {
    const { code, stdout } = await run(['--help']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: domain-stats .*Start with:\n {2}domain-stats/s)]);
  });
});

describe('exit codes', () => {
  it('0 for what was done', async () => {
    const { code, stdout } = await run(['parse', 'www.foo.github.io']);
    expect([code, (JSON.parse(stdout) as { domain: string }).domain]).toEqual([0, 'foo.github.io']);
    expect((await run(['--version'])).code).toBe(0);
  });

  it.each([
    [['nonsense'], /unknown command 'nonsense'/],
    [['serve', '--prot', '1'], /unknown option '--prot'/],
    [['serve', '--port', 'x', '--baby-days', '0'], /--port: must be .*\n--baby-days: must be /],
    [['lookup'], /missing required argument 'names'/],
    [['enrich', '--scope', 'Berlin'], /--scope: "Berlin" must match/],
    [['enrich', '--wait', 'soon'], /--wait: "soon" must be a time such as/],
    [['enrich', '/nowhere/events.ndjson'], /cannot read \/nowhere\/events\.ndjson/],
    [['enrich', '--config', '/nowhere/x.yaml'], /--config: there is no file \/nowhere\/x\.yaml/],
    [['contacts', 'list', '--limit', '0'], /--limit: "0" must be a whole number above 0/],
    [['contacts', 'list', '--since', 'once'], /--since: "once" must be an ISO 8601 time/],
    [['suppress', 'add', 'a.com', '--reason', 'x'], /required option '--owner <TEXT>' not specified/],
    [
      ['suppress', 'add', 'www.a.com', '--reason', 'x', '--owner', 'y'],
      /lies below the registered domain a\.com; give that/,
    ],
    [['suppress', 'add', 'a.com', '--reason', 'x', '--owner', 'y', '--expires', 'soon'], /--expires: "soon" must be/],
    [
      ['suppress', 'add', 'a.com', '--reason', 'x', '--owner', 'y', '--expires', '2020-01-01'],
      /--expires: must lie ahead/,
    ],
    [
      ['setup', '--ml-inference', 'http://127.0.0.1:1', '--kibana', 'http://127.0.0.1:2'],
      /'--ml-inference <URL>' cannot be used with option '--kibana <URL>'/,
    ],
    [['auth', 'token', 'a b', '--auth-file', 'x'], /name: "a b" must be 1 to 64 characters/],
  ])('2 for %j', async (args, message) => {
    const { code, stderr } = await run(args, { environment: { DOMAIN_STATS_DATA: temporaryFolder() } });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('1 for what failed, with what to do', async () => {
    const empty = temporaryFolder();
    const status = await run(['status', '--data', empty]);
    expect([status.code, status.stderr]).toEqual([
      1,
      expect.stringMatching(/There is no data directory in .*domain-stats serve/),
    ]);
    const open = await run(['serve', '--host', '0.0.0.0', '--data', empty, '--port', '0']);
    expect([open.code, open.stderr]).toEqual([1, expect.stringMatching(/is not loopback, .*--no-auth if you mean it/)]);
    writeFileSync(join(empty, 'meta.json'), '{"schema": 99, "client_key": ""}');
    const newer = await run(['lookup', 'a.com', '--data', empty]);
    expect([newer.code, newer.stderr]).toEqual([1, expect.stringMatching(/schema 99; this program reads up to \d+\./)]);
  });
});

describe('config', () => {
  it('shows what holds and where it comes from, in the form it reads', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'ours.yaml');
    const first = await run(['config', '--zones', 'corp.example,lab.example'], {
      environment: { DOMAIN_STATS_PORT: '99' },
    });
    expect(first.stdout).toContain('# from: environment\nport: 99\n');
    expect(first.stdout).toContain('# from: flag\nzones: ["corp.example","lab.example"]\n');
    writeFileSync(file, first.stdout);
    const second = await run(['config', '--config', file]);
    const values = (text: string) => text.replace(/^#.*\n/gm, '');
    expect([second.code, values(second.stdout)]).toEqual([0, values(first.stdout)]);
  });
});

describe('contacts', () => {
  it('are exported, imported elsewhere, and listed newest first', async () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    const input =
      '{"@timestamp":"2026-01-01T00:00:00Z","url":{"domain":"old.com"}}\n{"@timestamp":"2026-02-01T00:00:00Z","url":{"domain":"new.com"}}\n';
    await run(['enrich', '--data', here], { input });
    const { stdout } = await run(['contacts', 'export', '--data', here]);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    const bad = await run(['contacts', 'import', '--data', there], { input: `${stdout}nonsense\n{"domain":""}\n` });
    expect([bad.code, bad.stderr]).toEqual([
      1,
      '-, line 3: not JSON\n-, line 4: domain: not a domain name\ncontacts: 2 read, 2 new, 0 merged, 2 bad\n',
    ]);
    const listed = await run(['contacts', 'list', '--data', there, '--since', '2025-01-01']);
    expect(
      listed.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { domain: string }).domain),
    ).toEqual(['new.com', 'old.com']);
  });
});

describe('suppress', () => {
  it('is followed by a running server within seconds', async () => {
    const data = temporaryFolder();
    const server = await startServer(['--data', data]);
    try {
      const status = async () => {
        const response = await fetch(`${server.origin}/v1/domains/quiet.com`);
        return ((await response.json()) as { status: string }).status;
      };
      expect(await status()).toBe('ok');
      const order = ['--reason', 'ours', '--owner', 'soc', '--expires', '30d'];
      const added = await run(['suppress', 'add', 'Quiet.com', ...order, '--data', data]);
      expect([added.code, JSON.parse(added.stdout)]).toEqual([
        0,
        expect.objectContaining({ domain: 'quiet.com', reason: 'ours', owner: 'soc', in_force: true }),
      ]);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(await status()).toBe('suppressed');
      const listed = await run(['suppress', 'list', '--data', data]);
      expect(listed.stdout).toBe(added.stdout);
      const removed = [0, 1].map(() => run(['suppress', 'remove', 'quiet.com', 'a.com', '--data', data]));
      expect((await Promise.all(removed)).map(({ code }) => code)).toEqual([1, 1]);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(await status()).toBe('ok');
    } finally {
      await server.stop();
    }
  }, 30_000);
});

describe('config', () => {
  it('writes a settings file that is read back as it was, and holds no secret', async () => {
    const file = join(temporaryFolder(), 'domain-stats.yaml');
    const environment = { DOMAIN_STATS_ELASTICSEARCH_PASSWORD: 'hunter2', DOMAIN_STATS_ZONES: 'a.example,b.example' };
    const { stdout } = await run(['config'], { environment });
    expect(stdout).not.toContain('hunter2');
    expect(stdout).toMatch(/^# elasticsearch_password: /m);
    writeFileSync(file, stdout);
    const again = await run(['config', '--config', file]);
    const valuesOf = (text: string) => text.split('\n').filter((line) => /^\w/.test(line));
    expect(valuesOf(again.stdout).filter((line) => line !== 'elasticsearch_password: ""')).toEqual(valuesOf(stdout));
    expect(valuesOf(stdout)).toHaveLength(settingKeys().length - 1);
  });
});

describe('output into a pipe', () => {
  it('that is closed early ends the program, and nothing is said', async () => {
    const program = fileURLToPath(new URL('../../bin/domain-stats.js', import.meta.url));
    const command = '"$@" enrich --names | head -n 1; echo "${PIPESTATUS[0]}"';
    const env = { ...process.env, DOMAIN_STATS_DATA: temporaryFolder(), DOMAIN_STATS_LOOKUPS: 'false' };
    const child = spawn('bash', ['-c', command, 'bash', process.execPath, program], { env });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // More than a pipe holds.
    child.stdin
      .on('error', () => undefined)
      .end(Array.from({ length: 2000 }, (_, index) => `d${index}.com\n`).join(''));
    await once(child, 'close');
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^\{"name":"d0\.com".*\}\n0\n$/), '']);
  });
});

describe('serve', () => {
  it('opens no door to others without credentials, that of the bulk proxy neither', async () => {
    const args = ['--host', '0.0.0.0', '--port', '0', '--bulk-proxy', 'http://127.0.0.1:9', '--bulk-port', '0'];
    const { code, stdout, stderr } = await run(['serve', ...args, '--data', temporaryFolder()]);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/0\.0\.0\.0 is not loopback/)]);
  });
});
