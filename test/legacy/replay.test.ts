import { afterEach, expect, it, jest } from '@jest/globals';
import { percentDecoded } from '../../src/http/legacy/paths.ts';
import type { RegistrationRecord } from '../../src/core/registration.ts';
import { describeWithConformance } from '../conformance/files.ts';
import { differencesOf } from './compare.ts';
import { DIFFERENCES } from './differences.ts';
import { scenariosOf, timeOf, type RecordedPeer, type Recording } from './recordings.ts';
import { recordOfPrefix } from './registry-of-prefix.ts';
import { startPeerServer, type PeerServer } from './server.ts';
import { ranksOfRecording, stateOfRecording, whoisOfRecording } from './states.ts';

// Several real processes one after the other, on a machine that others use too.
jest.setTimeout(120_000);

let server: PeerServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const used = new Set<number>();
const DEBUG = process.env['REPLAY_DEBUG'] !== undefined;

/** Sends the requests of a scenario in their order; returns what differs and is not in the table. */
async function replay(
  peer: RecordedPeer,
  scenario: string,
  rows: readonly Recording[],
  before: (row: Recording) => Promise<void>,
): Promise<string[]> {
  const unforeseen: string[] = [];
  for (const row of rows) {
    server!.clock = timeOf(row);
    await before(row);
    const answer = await server!.send(row.path, row.method);
    const actual = differencesOf(row, answer);
    const request = `${row.method} ${row.path}`;
    const foreseen = new Set<string>();
    DIFFERENCES.forEach((difference, index) => {
      if (difference.peer !== peer || !(difference.scenarios ?? [scenario]).includes(scenario)) return;
      if (!difference.requests.test(request) || difference.theirs?.test(row.body) === false) return;
      if (!difference.what.every((what) => actual.includes(what))) return;
      used.add(index);
      for (const what of difference.what) foreseen.add(what);
    });
    const left = actual.filter((what) => !foreseen.has(what));
    if (left.length === 0) continue;
    const detail = DEBUG
      ? `\n   they ${row.status_line} ${row.body.slice(0, 700)}\n   we   ${answer.status} ${answer.body.slice(0, 700)}`
      : '';
    unforeseen.push(`${request.slice(0, 90)}: ${left.join(', ')}${detail}`);
  }
  return unforeseen;
}

/** Puts the registration that the stub of the recording gave into the store, as a look-up would have. */
async function learnByPrefix(row: Recording): Promise<void> {
  const { service, clock } = server!;
  const { parsed } = service.finishedName(percentDecoded(row.path.slice(1).split('?')[0] ?? ''));
  if (parsed.kind !== 'domain' || !parsed.registrable) return;
  if (service.registrations.records.get(parsed.registrationDomain) !== undefined) return;
  await server!.learn([[parsed.registrationDomain, recordOfPrefix(parsed.registrationDomain, clock)]]);
}

const nothing = () => Promise.resolve();

describeWithConformance('recorded answers, replayed', () => {
  it.each(['offline', 'stub'])('domain_stats 1.0.1, %s', async (scenario) => {
    const rows = scenariosOf('1.0.1').get(scenario)!;
    server = await startPeerServer({ legacy: '1.0.1' });
    const { records, contacts } = stateOfRecording(rows, server.service);
    await server.learn(records);
    await server.meet(contacts);
    expect(await replay('1.0.1', scenario, rows, scenario === 'stub' ? learnByPrefix : nothing)).toEqual([]);
  });

  it.each(['v2-offline', 'v2-stub'])('domain_stats 2, %s', async (scenario) => {
    const rows = scenariosOf('2').get(scenario)!;
    server = await startPeerServer({ legacy: '2' });
    const now = timeOf(rows[0]!);
    const local = (created: number, expires = now + 900 * 86_400_000): RegistrationRecord => ({
      status: 'found',
      created,
      expires,
      retrieved: now,
      details: { source: 'import' },
    });
    const old = Date.parse('1999-01-02T03:04:05Z');
    const listed = ['princeridgecapital.com', 'dlcyzdh.com', 'fresh1.com', 'fresh2.com', 'fresh3.co.uk'];
    await server.learn(listed.map((domain) => [domain, local(old)] as const));
    await server.learn([
      ['newdb.com', local(now - 10 * 86_400_000)],
      ['expdb.com', local(old, now - 86_400_000)],
    ]);
    expect(await replay('2', scenario, rows, scenario === 'v2-stub' ? learnByPrefix : nothing)).toEqual([]);
  });

  it.each(['v1.1-alexa', 'v1.1-noalexa', 'v1.1-alexa-verbose-all', 'v1.1-default-dst'])(
    'domain_stats 1, %s',
    async (scenario) => {
      const rows = scenariosOf('1').get(scenario)!;
      const ranks = scenario.startsWith('v1.1-alexa') ? { nameData: { ranks: ranksOfRecording } } : {};
      const multi = scenario.endsWith('all') ? 'all' : 'first';
      server = await startPeerServer({ legacy: '1', legacyMultiValue: multi }, ranks);
      await server.learn(whoisOfRecording(timeOf(rows[0]!), scenario === 'v1.1-default-dst'));
      expect(await replay('1', scenario, rows, nothing)).toEqual([]);
    },
  );

  it('differ nowhere else: every row of the table is needed', () => {
    expect(DIFFERENCES.filter((_, index) => !used.has(index))).toEqual([]);
  });
});
