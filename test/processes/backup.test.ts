import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SCHEMA_VERSION } from '../../src/stores/meta.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { run, startServer, type RunningServer } from './program.ts';

// Each step starts a program; a busy machine takes its time.
jest.setTimeout(60_000);

const servers: RunningServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))));

const stopper = () => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
};

async function serve(data: string): Promise<RunningServer> {
  const server = await startServer(['--data', data]);
  servers.push(server);
  return server;
}

describe('a backup beside a server', () => {
  it('holds every first contact that was answered before it began', async () => {
    const [data, target] = [temporaryFolder(), join(temporaryFolder(), 'restored')];
    const file = join(temporaryFolder(), 'backup.tar.gz');
    const { origin } = await serve(data);
    const answered: string[] = [];
    let next = 0;
    const askSome = async () => {
      const items = Array.from({ length: 100 }, () => ({ name: `name-${next++}.com` }));
      const response = await fetch(`${origin}/v1/domains`, { method: 'POST', body: JSON.stringify(items) });
      const answers = (await response.json()) as { domain: string; first_contact: boolean }[];
      expect(answers.every(({ first_contact: first }) => first)).toBe(true);
      answered.push(...answers.map(({ domain }) => domain));
    };
    for (let i = 0; i < 20; i++) await askSome();
    const before = [...answered];
    const { signal, abort } = stopper();
    const stream = (async () => {
      while (!signal.aborted) await askSome();
    })();
    const backup = await run(['backup', file, '--data', data]);
    abort();
    await stream;
    expect([backup.code, backup.stderr]).toEqual([0, '']);
    expect(backup.stdout).toMatch(/backup\.tar\.gz: contacts, registrations, suppressions; [\d.]+ [kM]B\n$/);

    const open = await run(['restore', file, '--force', '--data', data]);
    expect([open.code, open.stderr]).toEqual([
      1,
      expect.stringMatching(/is open in process \d+ \(serve, since .*Stop it first/),
    ]);

    const restored = await run(['restore', file, '--data', target]);
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    const { stdout } = await run(['contacts', 'export', '--data', target]);
    const kept = new Set(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { domain: string }).domain),
    );
    expect(before.filter((domain) => !kept.has(domain))).toEqual([]);

    // And a server on it knows them.
    const second = await serve(target);
    const again = await fetch(`${second.origin}/v1/domains/${before[0]!}`);
    expect(await again.json()).toMatchObject({ first_contact: false });
  }, 60_000);

  it('can be restored after the server was killed', async () => {
    const data = temporaryFolder();
    const file = join(temporaryFolder(), 'backup.tar');
    const server = await serve(data);
    await fetch(`${server.origin}/v1/domains/killed.com`);
    expect((await run(['backup', file, '--data', data])).code).toBe(0);
    const running = await run(['status', '--data', data]);
    expect(running.stdout).toMatch(/^Server +process \d+, started .* ago$/m);
    await server.stop('SIGKILL');
    servers.splice(0);
    expect((await run(['status', '--data', data])).stdout).toMatch(/^Server +not running$/m);
    expect((await run(['restore', file, '--force', '--data', data])).code).toBe(0);
    expect((await run(['contacts', 'list', '--data', data])).stdout).toContain('killed.com');
  }, 30_000);
});

describe('status', () => {
  it('tells a person what is there and what is missing, and a program the figures', async () => {
    const data = temporaryFolder();
    await run(['enrich', '--names', '--data', data], { input: 'a.com\nb.com\n' });
    const { stdout, code } = await run(['status', '--data', data]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Contacts +2 {2}\d+(\.\d)? kB +newest \w\.com \(default\), .* ago$/m);
    expect(stdout).toMatch(/^Data: suffixes +2026-\S+ \(embedded\), \d+ days? old/m);
    expect(stdout).toMatch(/^Data: ranks +none: .*`domain-stats import ranks FILE --list NAME` brings them$/m);
    const json = JSON.parse((await run(['status', '--json', '--data', data])).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({
      version: '0.1.0',
      schema: SCHEMA_VERSION,
      processes: [],
      stores: expect.arrayContaining([expect.objectContaining({ store: 'contacts', entries: 2 })]),
      missing: [{ what: 'ranks', command: 'domain-stats import ranks FILE --list NAME' }],
    });
  });
});

describe('the log of a server', () => {
  async function logOf(level: string): Promise<Record<string, unknown>[]> {
    const program = new URL('../../bin/domain-stats.js', import.meta.url).pathname;
    const args = [program, 'serve', '--port', '0', '--data', temporaryFolder(), '--no-lookups', '--log-level', level];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const origin = await new Promise<string>((resolve) =>
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const listening = /^listening on (\S+)$/m.exec(text)?.[1];
        if (listening !== undefined) resolve(listening);
      }),
    );
    await fetch(`${origin}/v1/domains/secret-name.com?client=10.9.8.7`, { headers: { 'x-request-id': 'r-1' } });
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
    const lines = text.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('names no domain and no client, but at debug', async () => {
    const info = await logOf('info');
    expect(JSON.stringify(info)).not.toMatch(/secret-name|10\.9\.8\.7/);
    expect(info.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['stopping']));
    const debug = await logOf('debug');
    expect(debug).toContainEqual(
      expect.objectContaining({ reqId: 'r-1', url: '/v1/domains/secret-name.com?client=10.9.8.7', status: 200 }),
    );
  }, 30_000);
});
