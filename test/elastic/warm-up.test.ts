import { createServer } from 'node:http';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { conformancePath, conformanceRows, describeWithConformance } from '../conformance/files.ts';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeWithEngine } from './engines/describe-with-engine.ts';

interface Contact {
  readonly domain: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly count: number;
  readonly list: number;
}

const contactsIn = async (folder: string): Promise<Contact[]> => {
  const { stdout } = await run(['contacts', 'export', '--data', folder]);
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Contact);
};

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const NAMES = 2500;

for (const name of ['opensearch', 'elasticsearch'] as const) {
  describeWithEngine(name, 'contacts from history', (engine) => {
    const learn = (folder: string, url: string) =>
      run([
        ...['contacts', 'import', '--data', folder, '--from', url, '--index', 'history-*'],
        ...['--field', 'dns.question.name', '--field', 'url.domain'],
      ]);

    it('are learnt with their first and last time, and go on where they were', async () => {
      const keyword = { type: 'keyword' };
      await engine().ask('PUT', '/_index_template/history', {
        index_patterns: ['history-*'],
        template: {
          mappings: {
            properties: {
              '@timestamp': { type: 'date' },
              dns: { properties: { question: { properties: { name: keyword } } } },
              url: { properties: { domain: keyword } },
            },
          },
        },
      });
      const lines = Array.from({ length: NAMES }, (_, i) => i).flatMap((i) =>
        [0, 1].flatMap((month) => [
          { create: { _index: `history-${month}` } },
          {
            '@timestamp': new Date(START + (i % 300) * DAY + month * DAY).toISOString(),
            dns: { question: { name: `www.old-${i}.com` } },
          },
        ]),
      );
      lines.push({ create: { _index: 'history-0' } }, {
        '@timestamp': '2026-06-01T00:00:00Z',
        url: { domain: 'printer.local' },
      } as never);
      lines.push({ create: { _index: 'history-0' } }, {
        '@timestamp': '2026-06-01T00:00:00Z',
        url: { domain: 'OLD-7.com' },
      } as never);
      lines.push({ create: { _index: 'history-0' } }, { url: { domain: 'timeless.com' } } as never);
      await engine().ask('POST', '/_bulk?refresh=true', lines.map((line) => JSON.stringify(line) + '\n').join(''));

      // The engine goes away after two pages; the second run takes up the third.
      let pages = 0;
      const relay = createServer((incoming, response) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          if (body.includes('composite') && ++pages === 3) {
            response.writeHead(400, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
            response.end('{"error":{"type":"broken","reason":"in the middle"}}');
            return;
          }
          void fetch(`${engine().url}${incoming.url}`, {
            method: incoming.method!,
            headers: { 'content-type': 'application/json' },
            ...(body === '' ? {} : { body }),
          }).then(async (reply) => {
            response.writeHead(
              reply.status,
              Object.fromEntries([...reply.headers].filter(([key]) => !/length|encoding/.test(key))),
            );
            response.end(await reply.text());
          });
        });
      });
      relay.listen(0, '127.0.0.1');
      await once(relay, 'listening');
      const url = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
      const folder = temporaryFolder();
      const broken = await learn(folder, url);
      expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('in the middle')]);
      expect((await contactsIn(folder)).length).toBe(2000);
      const { code, stderr } = await learn(folder, url);
      relay.close();
      relay.closeAllConnections();
      expect([code, stderr]).toEqual([0, expect.stringContaining('503 names, 500 new, 1 merged, 1 without a time')]);
      // 2 and the failed one; then the last of the names, an empty one, and the other field's two.
      expect(pages).toBeLessThanOrEqual(8);
      expect(readdirSync(join(folder, 'imports'))).toEqual([]);

      const contacts = new Map((await contactsIn(folder)).map((row) => [row.domain, row]));
      expect(contacts.size).toBe(NAMES);
      for (let i = 0; i < NAMES; i++) {
        const contact = contacts.get(`old-${i}.com`);
        expect(contact?.first_seen).toBe(new Date(START + (i % 300) * DAY).toISOString());
        if (i === 7) expect(contact?.last_seen).toBe('2026-06-01T00:00:00.000Z');
        else expect(contact?.last_seen).toBe(new Date(START + (i % 300) * DAY + DAY).toISOString());
        expect(contact?.count).toBe(2);
        expect(contact?.list).toBeGreaterThan(0);
      }
    }, 60_000);

    it('say why a field cannot be used', async () => {
      await engine().ask('PUT', '/words-1', { mappings: { properties: { name: { type: 'text' } } } });
      const args = ['contacts', 'import', '--data', temporaryFolder(), '--from', engine().url, '--index', 'words-1'];
      const { code, stderr } = await run([...args, '--field', 'name']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/[Tt]ext fields|fielddata/);
    }, 30_000);
  });
}

describe('contacts from logs', () => {
  it('are learnt from events, and asked for what is missing', async () => {
    const folder = temporaryFolder();
    const events = [
      { '@timestamp': '2026-03-01T00:00:00Z', dns: { question: { name: 'a.known.com' } } },
      { '@timestamp': '2026-02-01T00:00:00Z', 'url.domain': 'b.known.com' },
      { '@timestamp': '2026-02-01T00:00:00Z', url: { domain: '10.0.0.1' } },
      { dns: { question: { name: 'timeless.com' } } },
    ];
    const input = events.map((event) => JSON.stringify(event)).join('\n') + '\n[]\n';
    const { code, stderr } = await run(['contacts', 'import', '--events', '--scope', 'site-1', '--data', folder], {
      input,
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/line 5: not a JSON object\n[^]*2 read, 1 new, 1 merged, 1 bad/),
    ]);
    expect(await contactsIn(folder)).toMatchObject([
      {
        scope: 'site-1',
        domain: 'known.com',
        first_seen: '2026-02-01T00:00:00.000Z',
        last_seen: '2026-03-01T00:00:00.000Z',
      },
    ]);
    const refused = await run(['contacts', 'import', '--from', 'http://127.0.0.1:1', '--data', folder]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('give --index and --field too')]);
  }, 30_000);
});

describeWithConformance("contacts from Zeek's logs", () => {
  it('are those that the same events make when they are enriched', async () => {
    const [learnt, enriched] = [temporaryFolder(), temporaryFolder()];
    const logs = ['logs/zeek-dns.ndjson.gz', 'logs/zeek-ssl.ndjson.gz'].map(conformancePath);
    const { stderr } = await run(['contacts', 'import', '--zeek', '--data', learnt, ...logs]);
    expect(stderr).toMatch(/ 0 bad/);
    await run(['enrich', '--zeek', '--data', enriched, ...logs]);
    const domains = async (folder: string) =>
      (await contactsIn(folder)).map(({ domain, first_seen }) => `${domain} ${first_seen}`);
    const [ours, theirs] = [await domains(learnt), await domains(enriched)];
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.filter((row) => !theirs.includes(row))).toEqual([]);
    expect(theirs.filter((row) => !ours.includes(row))).toEqual([]);
    expect(conformanceRows('logs/zeek-dns.ndjson.gz').length).toBe(12_000);
  }, 60_000);
});
