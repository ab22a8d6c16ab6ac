import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readMeta } from '../../src/stores/meta.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { run, startServer, type RunningServer } from './program.ts';

jest.setTimeout(120_000);

let data: string;
let files: string;
const servers: RunningServer[] = [];
beforeEach(() => {
  const folder = temporaryFolder();
  data = join(folder, 'data');
  files = join(folder, 'files');
  mkdirSync(files);
});
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))));

async function start(): Promise<RunningServer> {
  const server = await startServer(['--data', data]);
  servers.push(server);
  return server;
}

/** 1,200 labels of two words: ordinary in their place. */
const WORDS = ['north', 'south', 'alpha', 'delta', 'river', 'stone', 'green', 'quick', 'amber', 'house'];
const names = WORDS.flatMap((a) =>
  WORDS.flatMap((b) => ['', '1', '2', 'a', 'er', 'ing', 'ly', 'x', 'on', 'is', 'um', 'et'].map((c) => a + b + c)),
).map((label) => `www.${label}.com`);
const PLAIN = names.join('\n');
const RANKED = names.map((name, i) => `${i + 1},${name}`).join('\r\n');

function fileOf(name: string, content: string | Buffer): string {
  writeFileSync(join(files, name), content);
  return join(files, name);
}

const train = (table: string, file: string, input?: Buffer) =>
  run(['train', table, file, '--data', data], input === undefined ? {} : { input });

const ASKED = ['www.northsouth.com', 'xkqzvwpt.com', 'mail.example.co.uk', 'a.b.github.io'];
/** At a given time, without contact: whatever changes comes from the data sets. */
const answers = (origin: string) =>
  Promise.all(
    ASKED.map(async (name) =>
      (await fetch(`${origin}/v1/domains/${name}?contact=false&at=2026-11-24T08:00:00Z`)).text(),
    ),
  );

/** The answers once they are not `before`. */
async function answersAfter(origin: string, before: readonly string[]): Promise<string[]> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const now = await answers(origin);
    if (now[0] !== before[0]) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The answers did not change within 10 s.');
}

const without = (part: string, answer: string) => {
  const parsed = JSON.parse(answer) as Record<string, unknown>;
  return [part, 'data_version', 'alerts', 'alert_reasons'].reduce(
    (rest, key) => ({ ...rest, [key]: undefined }),
    parsed,
  );
};

describe('train beside a running server', () => {
  it('changes the answers within seconds; after a roll-back they are the former ones, bit for bit', async () => {
    const { origin } = await start();
    const before = await answers(origin);
    for (const [table, part] of [
      ['entropy', 'entropy'],
      ['frequency', 'freq'],
      ['randomness', 'randomness'],
    ] as const) {
      const { code, stderr } = await train(table, fileOf('names.txt', PLAIN));
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: `${table}: trained on 1200 different names and live, 0 bad lines were left out\n`,
      });
      const trained = await answersAfter(origin, before);
      const generation = readMeta(data).generations[table];
      for (const [i, text] of trained.entries()) {
        expect(without(part, text)).toEqual(without(part, before[i]!));
        const [now, then] = [text, before[i]!].map((answer) => JSON.parse(answer) as Record<string, unknown>);
        expect(now![part]).not.toEqual(then![part]);
        expect(now!['data_version']).toBe(`${String(then!['data_version'])} ${table}:${generation}`);
      }
      expect(await run(['rollback', table, '--data', data])).toMatchObject({ code: 0 });
      expect(await answersAfter(origin, trained)).toEqual(before);
    }
  });

  it('goes back one step at a time, and stays after a restart', async () => {
    await train('frequency', fileOf('one.txt', PLAIN));
    const first = await start();
    const one = await answers(first.origin);
    await train('frequency', fileOf('two.txt', PLAIN.replaceAll('north', 'zzzzz')));
    const two = await answersAfter(first.origin, one);
    await first.stop('SIGTERM');
    const { origin } = await start();
    expect(await answers(origin)).toEqual(two);
    await run(['rollback', 'frequency', '--data', data]);
    expect(await answersAfter(origin, two)).toEqual(one);
    await run(['rollback', 'frequency', '--data', data]);
    expect((await answersAfter(origin, one))[0]).not.toContain('frequency:');
    expect(await run(['rollback', 'frequency', '--data', data])).toMatchObject({ code: 1 });
  });
});

describe('what is trained on', () => {
  it('may be plain names, a rank list, packed, or standard input: the table is the same', async () => {
    const made = [];
    for (const [file, input] of [
      [fileOf('names.txt', PLAIN)],
      [fileOf('ranks.csv.gz', gzipSync(RANKED))],
      ['-', Buffer.from(PLAIN)],
    ] as const) {
      expect(await train('frequency', file, input)).toMatchObject({ code: 0 });
      const { stdout } = await run(['lookup', 'northsouth.com', '--data', data]);
      made.push(JSON.stringify((JSON.parse(stdout) as { freq: unknown }).freq));
    }
    expect(new Set(made).size).toBe(1);
  });

  it('names bad lines, and is refused when it is empty or missing', async () => {
    const { code, stderr } = await train('entropy', fileOf('bad.txt', `${PLAIN}\nco.uk\nno name at all\n`));
    expect(code).toBe(0);
    expect(stderr.split('\n').slice(0, 3)).toEqual([
      'line 1201: no domain that can be registered: "co.uk"',
      'line 1202: not a domain name: "no name at all"',
      'entropy: trained on 1200 different names and live, 2 bad lines were left out',
    ]);
    const live = readMeta(data).generations;
    expect(await train('entropy', fileOf('empty.txt', ''))).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/empty\.txt: is empty; a list of names has rows such as "www\.example\.com"\.\n$/),
    });
    expect(await train('entropy', join(files, 'missing.txt'))).toMatchObject({ code: 2 });
    expect(await train('nothing', fileOf('names.txt', PLAIN))).toMatchObject({ code: 2 });
    expect(readMeta(data).generations).toEqual(live);
  });
});
