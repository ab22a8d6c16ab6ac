import { once } from 'node:events';
import { writeFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import initSqlJs from 'sql.js';
import { PickleError, readPickle } from '../../src/cli/migration/pickle.ts';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { startPeerServer } from './server.ts';

// Several real processes one after the other, on a machine that others use too.
jest.setTimeout(120_000);

/** `{'seen_by_web': datetime(1997, 9, 15, 4, 0), 'seen_by_isc': 'RDAP', 'seen_by_you': datetime(2026, 11, 22, 4, 1, 37,
 * 123456), …}` as Python 3 pickles it with protocols 2, 3 and 4. */
const PICKLES = {
  2: 'gAJ9cQAoWAsAAABzZWVuX2J5X3dlYnEBY2RhdGV0aW1lCmRhdGV0aW1lCnECY19jb2RlY3MKZW5jb2RlCnEDWAsAAAAHw40JDwQAAAAAAHEEWAYAAABsYXRpbjFxBYZxBlJxB4VxCFJxCVgLAAAAc2Vlbl9ieV9pc2NxClgEAAAAUkRBUHELWAsAAABzZWVuX2J5X3lvdXEMaAJoA1gMAAAAB8OqCxYEASUBw6JAcQ1oBYZxDlJxD4VxEFJxEVgIAAAAY2F0ZWdvcnlxElgLAAAARVNUQUJMSVNIRURxE1gKAAAAZnJlcV9zY29yZXEUR0AaZmZmZmZmR0AUWtQsPJ7thnEVWAYAAABhbGVydHNxFl1xFyhYDwAAAExPVy1GUkVRLVNDT1JFU3EYWAIAAADDqXEZZVgBAAAAbnEaTlgBAAAAdHEbiFgBAAAAaXEcSpDu/v9YAQAAAHpxHWgCaANYCwAAAAfDpAEBAAAAAAAAcR5oBYZxH1JxIGNkYXRldGltZQp0aW1lem9uZQpxIWNkYXRldGltZQp0aW1lZGVsdGEKcSJLAEsASwCHcSNScSSFcSVScSaGcSdScSh1Lg==',
  3: 'gAN9cQAoWAsAAABzZWVuX2J5X3dlYnEBY2RhdGV0aW1lCmRhdGV0aW1lCnECQwoHzQkPBAAAAAAAcQOFcQRScQVYCwAAAHNlZW5fYnlfaXNjcQZYBAAAAFJEQVBxB1gLAAAAc2Vlbl9ieV95b3VxCGgCQwoH6gsWBAElAeJAcQmFcQpScQtYCAAAAGNhdGVnb3J5cQxYCwAAAEVTVEFCTElTSEVEcQ1YCgAAAGZyZXFfc2NvcmVxDkdAGmZmZmZmZkdAFFrULDye7YZxD1gGAAAAYWxlcnRzcRBdcREoWA8AAABMT1ctRlJFUS1TQ09SRVNxElgCAAAAw6lxE2VYAQAAAG5xFE5YAQAAAHRxFYhYAQAAAGlxFkqQ7v7/WAEAAAB6cRdoAkMKB+QBAQAAAAAAAHEYY2RhdGV0aW1lCnRpbWV6b25lCnEZY2RhdGV0aW1lCnRpbWVkZWx0YQpxGksASwBLAIdxG1JxHIVxHVJxHoZxH1JxIHUu',
  4: 'gASVJwEAAAAAAAB9lCiMC3NlZW5fYnlfd2VilIwIZGF0ZXRpbWWUjAhkYXRldGltZZSTlEMKB80JDwQAAAAAAJSFlFKUjAtzZWVuX2J5X2lzY5SMBFJEQVCUjAtzZWVuX2J5X3lvdZRoBEMKB+oLFgQBJQHiQJSFlFKUjAhjYXRlZ29yeZSMC0VTVEFCTElTSEVElIwKZnJlcV9zY29yZZRHQBpmZmZmZmZHQBRa1Cw8nu2GlIwGYWxlcnRzlF2UKIwPTE9XLUZSRVEtU0NPUkVTlIwCw6mUZYwBbpROjAF0lIiMAWmUSpDu/v+MAXqUaARDCgfkAQEAAAAAAACUaAKMCHRpbWV6b25llJOUaAKMCXRpbWVkZWx0YZSTlEsASwBLAIeUUpSFlFKUhpRSlHUu',
} as const;
/** An object whose `__reduce__` calls `print('x')`. */
const CALLING = 'gASVHgAAAAAAAACMCGJ1aWx0aW5zlIwFcHJpbnSUk5SMAXiUhZRSlC4=';
const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');

describe('pickles', () => {
  it.each([2, 3, 4] as const)('of protocol %d give their values', (protocol) => {
    const value = readPickle(bytesOf(PICKLES[protocol])) as Map<string, unknown>;
    expect(Object.fromEntries(value)).toEqual({
      seen_by_web: new Date('1997-09-15T04:00:00Z'),
      seen_by_isc: 'RDAP',
      seen_by_you: new Date('2026-11-22T04:01:37.123Z'),
      category: 'ESTABLISHED',
      freq_score: [6.6, 5.0887],
      alerts: ['LOW-FREQ-SCORES', 'é'],
      n: null,
      t: true,
      i: -70000,
      z: new Date('2020-01-01T00:00:00Z'),
    });
  });

  it('that call something are refused by its name', () => {
    expect(() => readPickle(bytesOf(CALLING))).toThrow('names "builtins.print", which is no data');
  });

  it('cut off anywhere are refused, and end', () => {
    const whole = bytesOf(PICKLES[4]);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readPickle(whole.subarray(0, length))).toThrow(PickleError);
    }
  });
});

interface Listed {
  readonly domain: string;
  readonly first_seen: string;
}

async function contactsIn(data: string): Promise<Record<string, string>> {
  const { stdout } = await run(['contacts', 'list', '--data', data]);
  const rows = stdout.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    rows.map((line) => JSON.parse(line) as Listed).map(({ domain, first_seen }) => [domain, first_seen]),
  );
}

async function createdIn(data: string, domain: string): Promise<string | undefined> {
  const { stdout } = await run(['lookup', domain, '--data', data]);
  return (JSON.parse(stdout) as { registration?: { created?: string } }).registration?.created;
}

/** A cache as diskcache lays it out, with a header that says there is a write-ahead log. */
async function writeCache(file: string): Promise<void> {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run(
    'CREATE TABLE Cache (rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER, store_time REAL, expire_time REAL, mode INTEGER, filename TEXT, value BLOB)',
  );
  const insert = 'INSERT INTO Cache (key, raw, store_time, mode, value) VALUES (?, 1, ?, 4, ?)';
  database.run(insert, ['old-one.com', 1_795_511_314.27, bytesOf(PICKLES[4])]);
  database.run(insert, ['evil-one.com', 1_795_511_314.27, bytesOf(CALLING)]);
  const bytes = database.export();
  bytes[18] = bytes[19] = 2;
  writeFileSync(file, bytes);
}

describe('domain-stats import domain-stats', () => {
  it('takes first contacts, dates and settings from a folder of 1.0.1, twice without a change', async () => {
    const folder = temporaryFolder();
    const data = temporaryFolder();
    mkdirSync(join(folder, 'cache'));
    await writeCache(join(folder, 'cache', 'cache.db'));
    writeFileSync(join(folder, 'domain_stats.yaml'), 'local_port: 5731\nestablished_days_age: 365\nworkers: 3\n');
    const first = await run(['import', 'domain-stats', folder, '--data', data]);
    expect(first.stdout).toContain('port: 5731\nnew_days: 365\n# workers: one process serves all requests\n');
    expect(first.stderr).toContain('evil-one.com: its value names "builtins.print", which is no data');
    expect(first.stderr).toContain('1 domains read, 1 new contacts, 1 new dates, 1 passed over');
    expect(first.code).toBe(0);
    const again = await run(['import', 'domain-stats', folder, '--data', data]);
    expect(again.stderr).toContain('1 domains read, 0 new contacts, 0 new dates, 1 passed over');
    expect(await contactsIn(data)).toEqual({ 'old-one.com': '2026-11-22T04:01:37.123Z' });
    expect(await createdIn(data, 'www.old-one.com')).toBe('1997-09-15T04:00:00.000Z');
  });

  it('takes the SQLite file of domain_stats 2; words are no dates', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'domain_stats.db');
    const { Database } = await initSqlJs();
    const database = new Database();
    database.run('CREATE TABLE domains (domain TEXT UNIQUE, seen_by_web, expires, seen_by_isc, seen_by_you)');
    const insert = 'INSERT INTO domains VALUES (?, ?, ?, ?, ?)';
    database.run(insert, ['met.com', '1999-01-02 03:04:05', '2029-01-02 03:04:05', 'NA', '2020-05-06 07:08:09']);
    database.run(insert, ['unmet.co.uk', '2001-01-02 03:04:05', '2029-01-02 03:04:05', 'NA', 'FIRST-CONTACT']);
    writeFileSync(file, database.export());
    const data = temporaryFolder();
    const { stderr } = await run(['import', 'domain-stats', file, '--data', data]);
    expect(stderr).toContain('2 domains read, 1 new contacts, 2 new dates, 0 passed over');
    expect(await contactsIn(data)).toEqual({ 'met.com': '2020-05-06T07:08:09.000Z' });
    expect(await createdIn(data, 'unmet.co.uk')).toBe('2001-01-02T03:04:05.000Z');
  });

  it('takes all that a server of 1.0.1 knows, page by page', async () => {
    const old = await startPeerServer({ legacy: '1.0.1' });
    const names = Array.from({ length: 230 }, (_, i) => `name-${i}.com`);
    await old.meet(names.map((name, i) => [name, Date.parse('2021-01-01T00:00:00Z') + i * 1000] as const));
    await old.learn([
      ['name-7.com', { status: 'found', created: Date.parse('2003-04-05T06:07:08Z'), details: { source: 'rdap' } }],
    ]);
    const port = /127\.0\.0\.1:(\d+)/.exec((await old.send('/cache_browse?limit=1')).body)?.[1];
    const data = temporaryFolder();
    const { stderr } = await run(['import', 'domain-stats', '--from', `http://127.0.0.1:${port}`, '--data', data]);
    await old.close();
    expect(stderr).toContain('230 domains read, 230 new contacts, 1 new dates, 0 passed over');
    expect(await createdIn(data, 'name-7.com')).toBe('2003-04-05T06:07:08.000Z');
  });

  it('says what is wrong with a server that is none, and follows it nowhere', async () => {
    const server = createServer((_, response) => response.writeHead(302, { location: 'http://192.0.2.1/' }).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code } = await run([
      'import',
      'domain-stats',
      '--from',
      `http://127.0.0.1:${port}`,
      '--data',
      temporaryFolder(),
    ]);
    server.close();
    expect(code).toBe(1);
  });

  it('takes the dates of an import file, as facts without contacts', async () => {
    const file = join(temporaryFolder(), 'top1m.import');
    writeFileSync(
      file,
      '{"domain": "listed.com", "seen_by_web": "1999-01-02 03:04:05", "expires": "2029-01-02 03:04:05"}\n',
    );
    const data = temporaryFolder();
    const { stderr } = await run(['import', 'domain-stats', file, '--data', data]);
    expect(stderr).toContain('1 domains read, 0 new contacts, 1 new dates, 0 passed over');
    expect(await createdIn(data, 'listed.com')).toBe('1999-01-02T03:04:05.000Z');
  });
});
