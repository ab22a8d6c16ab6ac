import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface Line {
  readonly message?: string;
  readonly name?: string;
  readonly status?: string;
  readonly domain_stats?: Record<string, unknown>;
}

async function enrich(args: readonly string[], input: string | Buffer = '') {
  const { code, stdout, stderr } = await run(['enrich', '--data', temporaryFolder(), ...args], { input });
  const texts = stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n');
  return { code, stderr, texts, lines: texts.map((line) => JSON.parse(line) as Line) };
}

const ecs = (name: string, time = '2026-11-01T00:00:00Z') => ({ '@timestamp': time, dns: { question: { name } } });

describe('enrich', () => {
  it('keeps order, letters and large numbers of ECS events, and adds domain_stats', async () => {
    const odd = '{ "n": 12345678901234567890, "@timestamp": "2026-11-01T00:00:00Z", "url": {"domain": "WWW.big.com"} }';
    const input = `${JSON.stringify(ecs('b.com'))}\r\n${odd}\n\n{"no":"name"}\n${JSON.stringify(ecs('a.b.com'))}`;
    const { code, texts, lines } = await enrich([], input);
    expect(code).toBe(0);
    expect(lines.map(({ domain_stats: stats }) => stats?.['domain'])).toEqual(['b.com', 'big.com', undefined, 'b.com']);
    expect(lines.map(({ domain_stats: stats }) => stats?.['first_contact'])).toEqual([true, true, undefined, false]);
    expect(texts[1]!.startsWith(odd.slice(0, -1))).toBe(true);
    expect(texts[2]).toBe('{"no":"name"}');
  });

  it('lets lines through that are no events, and says how many and where the first is', async () => {
    const { code, stderr, lines } = await enrich([], `${JSON.stringify(ecs('a.com'))}\nnot json\n[1]\n"text"\n`);
    expect(code).toBe(0);
    expect(lines.slice(1).map(({ message, domain_stats: stats }) => [message, stats])).toEqual([
      ['not json', { status: 'invalid' }],
      ['[1]', { status: 'invalid' }],
      ['"text"', { status: 'invalid' }],
    ]);
    expect(stderr).toBe('3 lines are no JSON object, the first: standard input, line 2\n');
  });

  it('reads Zeek in JSON', async () => {
    const rows = [
      { _path: 'dns', ts: 1521911720.5, uid: 'C1', 'id.orig_h': '10.0.0.5', query: 'www.zeek.com' },
      { _path: 'ssl', ts: '2018-03-24T17:15:21Z', 'id.orig_h': '10.0.0.5', server_name: 'zeek.com' },
      { _path: 'conn', ts: 1521911720.5 },
    ];
    const { lines } = await enrich(['--zeek'], rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(
      lines.map(({ domain_stats: stats }) => [
        stats?.['source_field'],
        stats?.['first_contact'],
        stats?.['first_seen'],
      ]),
    ).toEqual([
      ['query', true, '2018-03-24T17:15:20.500Z'],
      ['server_name', false, '2018-03-24T17:15:20.500Z'],
      [undefined, undefined, undefined],
    ]);
  });

  it('reads Zeek in columns, each file by its own header', async () => {
    const folder = temporaryFolder();
    const dns = [
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tdns',
      '#fields\tts\tid.orig_h\tquery\tanswers\tAA\tid.orig_p',
      '#types\ttime\taddr\tstring\tvector[string]\tbool\tport',
      '1521911720.500000\t10.0.0.5\twww.tsv.com\t192.0.2.1,192.0.2.2\tT\t53',
      '1521911721.000000\t10.0.0.5\t-\t(empty)\tF\t53',
      '#close\t2018',
    ];
    const http = [
      '#separator \\x09',
      '#path\thttp',
      '#fields\tts\thost\tquery',
      '#types\ttime\tstring\tstring',
      '1521911722\ttsv.com\t-',
    ];
    writeFileSync(join(folder, 'dns.log.gz'), gzipSync(dns.join('\n') + '\n'));
    writeFileSync(join(folder, 'http.log'), http.join('\r\n') + '\r\n');
    const { code, lines } = await enrich(['--zeek', join(folder, 'dns.log.gz'), join(folder, 'http.log')]);
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({
      _path: 'dns',
      ts: 1521911720.5,
      query: 'www.tsv.com',
      answers: ['192.0.2.1', '192.0.2.2'],
      AA: true,
      'id.orig_p': 53,
      domain_stats: { domain: 'tsv.com', first_contact: true, source_field: 'query' },
    });
    expect(lines[1]).toEqual({
      _path: 'dns',
      ts: 1521911721,
      'id.orig_h': '10.0.0.5',
      answers: [],
      AA: false,
      'id.orig_p': 53,
    });
    expect(lines[2]).toMatchObject({
      _path: 'http',
      host: 'tsv.com',
      domain_stats: { first_contact: false, source_field: 'host' },
    });
  });

  it('answers plain names, one a line', async () => {
    const { lines } = await enrich(['--names'], 'www.a.com\r\n\n192.0.2.1\nhttp://a.com\na.com\n');
    expect(lines.map(({ name, status }) => [name, status])).toEqual([
      ['www.a.com', 'ok'],
      ['192.0.2.1', 'ip'],
      ['http://a.com', 'invalid'],
      ['a.com', 'ok'],
    ]);
  });

  it('takes its options: scope, all, contact, fields', async () => {
    const event = JSON.stringify({ ...ecs('a.com'), url: { domain: 'b.com' }, proxy: { host: 'c.com' } });
    const all = await enrich(['--all', '--scope', 'berlin'], event);
    expect(all.lines[0]).toMatchObject({
      domain_stats: { scope: 'berlin' },
      domain_stats_all: [{ name: 'a.com' }, { name: 'b.com' }],
    });
    const silent = await enrich(['--contact', 'false', '--fields', 'proxy.host'], event);
    expect(silent.lines[0]!.domain_stats).toMatchObject({ name: 'c.com', source_field: 'proxy.host' });
    expect(silent.lines[0]!.domain_stats).not.toHaveProperty('first_contact');
  });

  it('fails on a broken archive, naming the file', async () => {
    const file = join(temporaryFolder(), 'broken.gz');
    writeFileSync(file, gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 40));
    const { code, stderr } = await enrich([file]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/broken\.gz, after line \d+: unexpected end of file/)]);
  });
});
