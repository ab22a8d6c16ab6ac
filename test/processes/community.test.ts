import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder.ts';
import { administer, ask, askUntil, startSite, startTap, type Answer } from './community-site.ts';
import { run, startServer, type RunningServer } from './program.ts';

const servers: RunningServer[] = [];
const taps: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL')));
  for (const tap of taps.splice(0)) tap.close();
});

async function started(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

const startCommunity = (data: string, port = '0') =>
  started(startServer(['--community-server', '--data', data, '--port', port]));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const isAnswered = ({ community }: Answer) => community !== undefined && community.status !== 'unavailable';

describe('a community of three organisations', () => {
  it('has one first contact for each domain over all, and one date, though its server is killed', async () => {
    const data = temporaryFolder();
    const tokens = [];
    for (const organisation of ['north', 'south', 'west']) {
      tokens.push(await administer(data, ['token', 'add', organisation]));
    }
    let community = await startCommunity(data);
    const { port, origin } = new URL(community.origin);
    const sites = await Promise.all(tokens.map((token) => started(startSite(temporaryFolder(), origin, token))));

    const DOMAINS = 10_000;
    const BATCH = 1000;
    // Each organisation begins elsewhere, so that they overlap while they ask.
    const batchesOf = (site: number) =>
      Array.from({ length: DOMAINS / BATCH }, (_, batch) =>
        Array.from({ length: BATCH }, (_, index) => {
          const number = (batch * BATCH + index + site * 3333) % DOMAINS;
          return { name: `www.shared-${String(number)}.com`, id: `${String(site)}-${String(number)}` };
        }),
      );
    const firstPass = Promise.all(
      sites.map(async (site, index) => {
        const answers = [];
        for (const batch of batchesOf(index)) answers.push(...(await ask(site, batch)));
        return answers;
      }),
    );
    // Killed in the middle of the asks: when it has taken some of them.
    for (;;) {
      const response = await fetch(`${community.origin}/v1/community/totals`);
      const { domains } = (await response.json()) as { domains: number };
      if (domains > 1000) break;
    }
    await community.stop('SIGKILL');
    servers.splice(servers.indexOf(community), 1);
    const first = await firstPass;
    // No site waited, and each has its own first contacts.
    expect(first.flat().every(({ first_contact: isFirst }) => isFirst === true)).toBe(true);
    community = await startCommunity(data, port);

    const final = await Promise.all(
      sites.map(async (site, index) => {
        const answers = [];
        for (const batch of batchesOf(index)) answers.push(...(await askUntil(site, batch, isAnswered)));
        return answers;
      }),
    );
    const byDomain = new Map<string, Answer[]>();
    for (const answer of final.flat()) {
      byDomain.set(answer.domain!, [...(byDomain.get(answer.domain!) ?? []), answer]);
    }
    expect(byDomain.size).toBe(DOMAINS);
    const wrong = [...byDomain].filter(([, answers]) => {
      const alerted = answers.filter(({ alerts }) => alerts?.includes('COMMUNITY-FIRST-CONTACT') === true);
      const seen = answers.filter(({ community: said }) => said?.status === 'seen');
      const dates = new Set(seen.map(({ community: said }) => said?.first_seen));
      return (
        answers.length !== 3 || alerted.length !== 1 || seen.length !== 2 || dates.size !== 1 || dates.has(undefined)
      );
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    const winners = final.map(
      (answers) => answers.filter(({ community: said }) => said?.status === 'first_contact').length,
    );
    process.stdout.write(
      `community: ${String(DOMAINS)} domains, first contacts by organisation ${winners.join(', ')}\n`,
    );
    expect(winners.filter((count) => count > 0).length).toBeGreaterThan(1);
    const totals = JSON.parse(await administer(data, ['totals'])) as { domains: number; organisations: number };
    expect(totals).toMatchObject({ domains: DOMAINS, organisations: 3 });

    // Without its server a site goes on as before.
    await community.stop('SIGKILL');
    servers.splice(servers.indexOf(community), 1);
    const site = sites[0]!;
    const unavailable = ({ community: said }: Answer) => said?.status === 'unavailable';
    const [alone] = await askUntil(site, [{ name: 'www.alone.com', id: 'alone' }], unavailable);
    expect(alone).toMatchObject({ status: 'ok', first_contact: true, alerts: ['FIRST-CONTACT'] });
    expect((await ask(site, [{ name: 'www.shared-1.com' }]))[0]).toMatchObject({ status: 'ok', first_contact: false });
  }, 120_000);

  it('follows revoked tokens, loads lists by the command line, tells the predecessors in their words', async () => {
    const data = temporaryFolder();
    const token = await administer(data, ['token', 'add', 'north']);
    await administer(data, ['established', 'import'], 'old-oak.com,2001-02-03\nyoung-oak.com,2026-11-01\n');
    await administer(data, ['notes', 'import', '--source', 'cert'], 'bad-apple.com,phishing\n');
    const community = await startCommunity(data);
    const site = await started(startSite(temporaryFolder(), community.origin, token));
    const items = ['old-oak.com', 'young-oak.com', 'bad-apple.com'].map((name) => ({ name, id: name }));
    const [pending] = await ask(site, items);
    expect(pending).toMatchObject({ status: 'pending', pending: ['community'], first_contact: true });
    const answers = await askUntil(site, items, isAnswered);
    expect(answers).toMatchObject([
      { category: 'established', category_source: 'community', community: { status: 'established' } },
      { alerts: expect.arrayContaining(['COMMUNITY-FIRST-CONTACT']) as unknown },
      { community: { status: 'first_contact', notes: ['cert: phishing'] } },
    ]);
    const peer = async (name: string) => (await (await fetch(`${site.origin}/${name}`)).json()) as object;
    expect(await peer('old-oak.com')).toMatchObject({ seen_by_isc: 'ESTABLISHED', category: 'ESTABLISHED' });
    expect(await peer('bad-apple.com')).toMatchObject({ seen_by_isc: 'FIRST-CONTACT' });
    expect(await administer(data, ['token', 'revoke', 'north'])).toBe('revoked 1');
    const refused = await askUntil(
      site,
      [{ name: 'too-late.com' }],
      ({ community: said }) => said?.status === 'unavailable',
    );
    expect(refused[0]?.status).toBe('ok');
  }, 60_000);
});

it('rows of a list for which no member ever asks are left out and named; another kind of file changes nothing', async () => {
  const data = temporaryFolder();
  const load = async (input: string) => {
    const args = ['community', 'notes', 'import', '--source', 'cert', '--data', data];
    const { code, stdout, stderr } = await run(args, { input });
    return { code, loaded: stdout.split(' ')[0], told: stderr };
  };
  const { told, ...mixed } = await load('bad.com,phishing\nwww.worse.com\nhost.lan\nevil.github.io\n192.0.2.1\n');
  expect(mixed).toEqual({ code: 0, loaded: '2' });
  expect(told.split('\n').slice(0, 4)).toEqual([
    expect.stringMatching(/: 3$/),
    expect.stringMatching(/line 2: .*registered domain worse\.com/),
    expect.stringMatching(/line 3: "host\.lan"/),
    expect.stringMatching(/line 5: "192\.0\.2\.1" is an address/),
  ]);
  expect(await load('https://a.com/x\n')).toMatchObject({ code: 2, loaded: '' });
  expect(JSON.parse(await administer(data, ['totals']))).toMatchObject({ noted: 2 });
}, 60_000);

describe('what leaves a site', () => {
  /** Names of a site's own that must not leave, with a word of each that would show it in the bytes. */
  const OWN = [
    ['mail.corp-secret.com', 'corp-secret'],
    ['www.hush-hush.com', 'hush-hush'],
    ['fileserver', 'fileserver'],
    ['nas.basement.lan', 'basement'],
    ['printer.floor.local', 'floor'],
    ['wiki.team.internal', 'team'],
    ['7.113.0.203.in-addr.arpa', 'in-addr'],
    ['203.0.113.77', '203.0.113'],
    ['db.backstage.home.arpa', 'backstage'],
    ['_sip._tcp.under_score.com', 'under_score'],
    ['github.io', 'github'],
    ['peeked-at.com', 'peeked-at'],
  ] as const;
  const ALLOWED = ['secret-host.quiet-harbour.com', 'a.b.c.ten-ants.co.uk', 'xn--bcher-kva.de'];
  const DOMAINS = ['quiet-harbour.com', 'ten-ants.co.uk', 'xn--bcher-kva.de'];

  async function startTapped(args: readonly string[] = []) {
    const data = temporaryFolder();
    const token = await administer(data, ['token', 'add', 'north']);
    const other = await administer(data, ['token', 'add', 'south']);
    const community = await startCommunity(data);
    const tap = await startTap(community.origin);
    taps.push(tap);
    const folder = temporaryFolder();
    const suppressed = ['suppress', 'add', 'hush-hush.com', '--reason', 'test', '--owner', 'test', '--data', folder];
    expect((await run(suppressed)).code).toBe(0);
    const site = await started(startSite(folder, tap.url, token, ['--zones', 'corp-secret.com', ...args]));
    return { tap, site, community, other };
  }

  async function askForAll(site: RunningServer): Promise<void> {
    // An event that leaves no contact here leaves none there.
    await ask(site, [{ name: 'peeked-at.com' }], '?contact=false');
    const own = OWN.filter(([name]) => name !== 'peeked-at.com').map(([name], index) => ({
      name,
      id: `event-id-${String(index)}`,
      client: '10.20.30.40',
      scope: 'site-scope',
    }));
    // None of them waits for the community: the first answer to a name that does has nothing else of it.
    const asks = ({ community, pending }: Answer) => community !== undefined || pending?.includes('community') === true;
    expect((await ask(site, own)).filter(asks)).toEqual([]);
    const items = ALLOWED.map((name) => ({ name, id: `event-id-${name}`, client: '10.20.30.40', scope: 'site-scope' }));
    await askUntil(site, items, isAnswered);
  }

  /** Strings of the JSON bodies that were sent, of what stands behind a key. */
  const valuesOf = (text: string, key: string) =>
    [...text.matchAll(new RegExp(`"${key}":"([^"]*)"`, 'g'))].map(([, value]) => value).sort();

  it('is the registered domain alone, and only of names that anybody could meet', async () => {
    const { tap, site } = await startTapped();
    await askForAll(site);
    const text = tap.text();
    expect(valuesOf(text, 'domain')).toEqual([...DOMAINS].sort());
    // Bodies hold these keys and no others.
    const keys = new Set([...text.matchAll(/"([a-z_]+)":/g)].map(([, key]) => key));
    expect([...keys].sort()).toEqual(['asks', 'client', 'domain', 'id', 'protocol']);
    for (const [, word] of OWN) expect([word, text.includes(word)]).toEqual([word, false]);
    for (const word of ['secret-host', 'a.b.c', 'event-id', '10.20.30.40', 'site-scope']) {
      expect([word, text.includes(word)]).toEqual([word, false]);
    }
    const headers = new Set([...text.matchAll(/^([a-z-]+): /gim)].map(([, name]) => name!.toLowerCase()));
    expect([...headers].sort()).toEqual(
      ['accept-encoding', 'authorization', 'connection', 'content-length', 'content-type', 'host', 'user-agent'].sort(),
    );
  }, 60_000);

  it('by hash prefix is no name at all, and a full hash only where nobody asked before', async () => {
    const { tap, site, community, other } = await startTapped(['--community-prefix', '5']);
    const known = 'quiet-harbour.com';
    await fetch(`${community.origin}/v1/community/asks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other}` },
      body: JSON.stringify({ protocol: 1, client: '0.1.0', asks: [{ domain: known, id: '0123456789ab' }] }),
    });
    await askForAll(site);
    const text = tap.text();
    const prefixes = [...text.matchAll(/"prefixes":(\[[^\]]*\])/g)].flatMap(
      ([, list]) => JSON.parse(list!) as string[],
    );
    expect(prefixes.sort()).toEqual(DOMAINS.map((domain) => sha256(domain).slice(0, 5)).sort());
    const unknown = DOMAINS.filter((domain) => domain !== known);
    expect(valuesOf(text, 'hash')).toEqual(unknown.map(sha256).sort());
    expect(text).not.toContain(sha256(known));
    for (const word of [...DOMAINS, ...OWN.map(([, word]) => word), 'quiet', 'ten-ants', 'xn--']) {
      expect([word, text.includes(word)]).toEqual([word, false]);
    }
    for (const [name] of OWN) expect([name, text.includes(sha256(name))]).toEqual([name, false]);
  }, 60_000);
});
