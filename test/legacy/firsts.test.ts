import { afterEach, describe, expect, it } from '@jest/globals';
import type { RegistrationRecord, StoredStatus } from '../../src/core/registration.ts';
import type { Settings } from '../../src/settings/table.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { startPeerServer, type PeerServer } from './server.ts';

const DAY_MS = 86_400_000;
const servers: PeerServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function start(settings: Partial<Settings> = {}, options = {}): Promise<PeerServer> {
  const server = await startPeerServer(settings, options);
  servers.push(server);
  return server;
}

const stop = async (server: PeerServer): Promise<void> => {
  servers.splice(servers.indexOf(server), 1);
  await server.close();
};

interface Shape {
  readonly alerts?: readonly string[];
  readonly category?: string;
  readonly seen_by_web: string;
  readonly seen_by_you: string;
}

const ask = async (server: PeerServer, name: string): Promise<Shape> => {
  const { status, body } = await server.send(`/${name}`);
  expect(status).toBe(200);
  return JSON.parse(body) as Shape;
};

/** Whether an answer says that this was the first contact, in the words of each predecessor. */
const isFirst = ({ alerts, seen_by_you }: Shape): boolean =>
  alerts?.includes('YOUR-FIRST-CONTACT') ?? seen_by_you === 'FIRST-CONTACT';

const MODES = ['1.0.1', '2', '2-readme'] as const;

describe.each(MODES)('first contacts in the shape of %s', (legacy) => {
  it('are told once to twenty who ask at once', async () => {
    const server = await start({ legacy });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(server, `host-${i}.race-shop.com`)));
    expect(answers.filter(isFirst)).toHaveLength(1);
  });

  it('are not told again after the registration expired, the domain came of age, or look-ups failed', async () => {
    const server = await start({ legacy });
    const begin = server.clock;
    const young: RegistrationRecord = {
      status: 'found',
      created: begin - DAY_MS,
      expires: begin + 30 * DAY_MS,
      retrieved: begin,
      details: { source: 'rdap' },
    };
    await server.learn([['ages.com', young]]);
    expect(isFirst(await ask(server, 'ages.com'))).toBe(true);
    expect(isFirst(await ask(server, 'fails.com'))).toBe(true);
    await server.learn([['fails.com', { status: 'error', retrieved: begin, details: {} }]]);
    const told: boolean[] = [];
    for (const days of [8, 31, 400, 731, 5000]) {
      server.clock = begin + days * DAY_MS;
      told.push(isFirst(await ask(server, 'ages.com')), isFirst(await ask(server, 'fails.com')));
    }
    expect(told).not.toContain(true);
    expect((await ask(server, 'ages.com')).seen_by_you).toContain('2026');
  });

  it('are not told again after a restart, nor for imported contacts', async () => {
    const data = temporaryFolder();
    const before = await start({ legacy, data });
    await before.meet([['imported.com', Date.parse('2020-02-03T04:05:06Z')]]);
    expect(isFirst(await ask(before, 'restart.com'))).toBe(true);
    await stop(before);
    const after = await start({ legacy, data });
    expect(isFirst(await ask(after, 'restart.com'))).toBe(false);
    const imported = await ask(after, 'www.imported.com');
    expect(isFirst(imported)).toBe(false);
    expect(imported.seen_by_you).toMatch(/2020/);
  });

  it('keep their shape and a 200 whatever came of the look-up', async () => {
    const server = await start({ legacy });
    const outcomes: StoredStatus[] = ['not_found', 'no_date', 'unsupported', 'error'];
    await server.learn(outcomes.map((status) => [`${status.replace('_', '-')}.com`, { status, details: {} }] as const));
    const reference = Object.keys(await ask(server, 'pending.com'));
    for (const name of [
      ...outcomes.map((status) => `${status.replace('_', '-')}.com`),
      'skipped_.com',
      'x.github.io',
    ]) {
      const answer = await ask(server, name);
      expect(Object.keys(answer)).toEqual(reference);
      expect(isFirst(answer)).toBe(true);
      expect(answer.seen_by_web).toBe(legacy === '2-readme' ? 'UNAVAILABLE' : 'ERROR');
    }
  });
});

describe('the setting `legacy`', () => {
  it('switched off leaves nothing of the predecessors', async () => {
    const server = await start({ legacy: 'off' });
    const { status, headers } = await server.send('/example.com');
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json']);
  });

  it('leaves our own addresses their own', async () => {
    const server = await start();
    expect((await server.send('/v1/nothing')).headers['content-type']).toBe('application/problem+json');
    expect((await server.send('/v1/domains/a/b', 'POST')).status).toBe(404);
    expect((await server.send('/healthz')).body).toBe('{"status":"ok"}');
  });
});

describe('domain_stats 2 as its README has it', () => {
  it('tells the rank, classes and the community, with dates of one space', async () => {
    const ranks = { name: 'list', rankOf: (domain: string) => (domain === 'ranked.com' ? 7 : undefined) };
    const server = await start({ legacy: '2-readme' }, { nameData: { ranks } });
    const record = (created: string): RegistrationRecord => ({
      status: 'found',
      created: Date.parse(created),
      details: { source: 'rdap' },
    });
    await server.learn([
      ['ranked.com', record('1999-01-02T03:04:05Z')],
      ['young.com', record('2026-11-01T02:03:04Z')],
    ]);
    const first = await server.send('/www.ranked.com');
    expect(first.headers['content-type']).toBe('text/plain');
    expect(first.body).toBe(
      '{"seen_by_web": "ESTABLISHED", "seen_by_us": "ESTABLISHED", "seen_by_you": "FIRST-CONTACT", "rank": 7, "other": "{}"}',
    );
    await server.send('/young.com');
    expect((await server.send('/young.com')).body).toBe(
      '{"seen_by_web": "2026-11-01 02:03:04", "seen_by_us": "NA", "seen_by_you": "2026-11-22 04:00:00", "rank": -1, "other": "{}"}',
    );
    expect((await server.send('/stats')).body).toMatch(
      /^CacheInfo\(hits=1, misses=2, maxsize=\d+, currsize=2, cache_bytes=\d+, app_kbytes=\d+\)$/,
    );
  });
});

describe('pages of domain_stats 1.0.1', () => {
  it('decode punycode', async () => {
    const server = await start();
    expect((await server.send('/depuny?domain=xn--bcher-kva.de')).body).toBe('{"text":"b\\u00fccher.de"}\n');
    expect((await server.send('/depuny')).body).toContain('Try /depuny?domain=');
  });
});

describe('domain_stats 1', () => {
  const sample: RegistrationRecord = {
    status: 'found',
    created: Date.parse('1997-09-15T04:00:00Z'),
    retrieved: Date.parse('2026-11-22T04:00:00Z'),
    details: {
      source: 'whois',
      name_servers: ['ns1.google.com', 'ns2.google.com', 'ns3.google.com', 'ns4.google.com'],
    },
  };

  it('gives the last of several values, as its README says, or what is set', async () => {
    const values: string[] = [];
    for (const legacyMultiValue of ['last', 'first', 'all'] as const) {
      const server = await start({ legacy: '1', legacyMultiValue });
      await server.learn([['google.com', sample]]);
      values.push((await server.send('/domain/name_servers/google.com')).body);
    }
    const all = "['ns1.google.com', 'ns2.google.com', 'ns3.google.com', 'ns4.google.com']; ";
    expect(values).toEqual(['ns4.google.com; ', 'ns1.google.com; ', all]);
  });

  it('knows every field of its README, and leaves no contact', async () => {
    const server = await start({ legacy: '1' });
    await server.learn([['google.com', sample]]);
    const fields =
      'name domain_name expiration_date creation_date updated_date registrar whois_server emails name_servers zipcode city state address country dnssec referral_url status org time';
    const { body } = await server.send(`/domain/${fields.split(' ').join('/')}/google.com`);
    expect(body).not.toContain('no field');
    expect(body.split('; ')).toHaveLength(fields.split(' ').length + 1);
    expect(server.service.contacts.contacts.count()).toBe(0);
  });
});
