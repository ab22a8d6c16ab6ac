import { afterAll, describe, expect, test } from '@jest/globals';
import type { State } from '../golden/cases.ts';
import type { JsonObject } from './config/event.ts';
import { startDriver, type Driver } from './driver.ts';
import { listeningService } from './listening.ts';
import { engines } from './ruby.ts';

/**
 * Events take over the answer of an earlier event of their pair. Whatever they are, each must get what the service
 * would have said had it been asked about every event: random batches, both ways, compared.
 */
const NOW = '2026-11-22T12:00:00Z';
const START = Date.parse('2026-11-22T09:59:30Z');
const BATCHES = 12;
const EVENTS = 40;

/** Birthdays, band edges and an expiry fall into the minute of the events. */
const STATE: State = {
  now: NOW,
  registrations: {
    'baby-parts.com': {
      status: 'found',
      created: '2026-10-23T10:00:00Z',
      expires: '2030-01-01T00:00:00Z',
      source: 'rdap',
    },
    'today-parts.com': { status: 'found', created: '2026-11-22T10:00:00Z', source: 'rdap' },
    'old-parts.com': {
      status: 'found',
      created: '2024-11-22T10:00:00Z',
      expires: '2026-11-22T10:00:13Z',
      source: 'rdap',
    },
    'again-parts.com': {
      status: 'found',
      created: '2026-10-23T10:00:10Z',
      previous_created: '2001-01-01T00:00:00Z',
      source: 'rdap',
    },
    'plain-parts.com': { status: 'no_date', source: 'rdap' },
  },
  contacts: [
    {
      scope: 'berlin',
      domain: 'plain-parts.com',
      first: '2026-11-12T10:00:03Z',
      last: '2026-11-12T10:00:03Z',
      count: 1,
    },
    {
      scope: 'default',
      domain: 'old-parts.com',
      first: '2026-11-01T10:00:00Z',
      last: '2026-11-02T10:00:00Z',
      count: 3,
    },
    {
      scope: 'default',
      domain: 'plain-parts.com',
      first: '2026-11-22T09:59:00Z',
      last: '2026-11-22T09:59:00Z',
      count: 1,
      id: 'elsewhere',
    },
  ],
};

const NAMES = [
  'baby-parts.com',
  'www.baby-parts.com',
  'today-parts.com',
  'Today-Parts.com.',
  'old-parts.com',
  'again-parts.com',
  'a.again-parts.com',
  'plain-parts.com',
  'foo.github.io',
  'xkqzvwpt.com',
  'printer.local',
  '192.0.2.10',
  'co.uk',
  '..',
];

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Sent {
  readonly name: string;
  readonly at: string;
  readonly id?: string;
  readonly scope: string;
}

/** Batches of events around ten o'clock; some events come again in a later batch. */
function batchesOf(seed: number): Sent[][] {
  const next = random(seed);
  const before: Sent[] = [];
  return Array.from({ length: BATCHES }, (_, batch) => {
    const events: Sent[] = Array.from({ length: EVENTS }, (_, i) => {
      // The millisecond tells events without an id apart.
      const at = new Date(START + next(60) * 1000 + batch * EVENTS + i).toISOString();
      const id = next(3) === 0 ? {} : { id: `e${String(batch)}-${String(i)}` };
      return { name: NAMES[next(NAMES.length)]!, at, ...id, scope: next(5) === 0 ? 'berlin' : 'default' };
    });
    const again = before.filter(() => next(15) === 0);
    if (next(3) === 0)
      again.push({ name: 'plain-parts.com', at: '2026-11-22T09:59:00.000Z', id: 'elsewhere', scope: 'default' });
    before.push(...events);
    return [...events, ...again].sort(() => next(2) - 0.5);
  });
}

const eventOf = ({ name, at, id, scope }: Sent): JsonObject => ({
  '@timestamp': at,
  dns: { question: { name } },
  observer: { name: scope },
  ...(id === undefined ? {} : { event: { id } }),
});

const itemOf = ({ name, at, id, scope }: Sent) => ({
  name,
  at,
  scope,
  id: id ?? `${at}\n${name.toLowerCase().replace(/\.$/, '')}\n`,
});

type Facts = Readonly<Record<string, unknown>>;
const comparable = (facts: Facts) =>
  Object.fromEntries(Object.entries(facts).filter(([key]) => !['source_field', 'last_seen'].includes(key)));

const installed = engines().filter((engine) => engine.command !== undefined);

describe.each(installed)('events that share an answer on $name', (engine) => {
  let driver: Driver | undefined;
  afterAll(() => driver?.stop());

  test.each([
    ['one process', 1, false],
    ['one process', 2, false],
    ['a restart before each batch', 3, true],
    ['a restart before each batch', 4, true],
  ])(
    'get what each would have got: %s, seed %i',
    async (_, seed, restart) => {
      const direct = await listeningService(STATE);
      const shared = await listeningService(STATE);
      driver ??= startDriver(engine);
      try {
        const batches = batchesOf(seed);
        const settings = { url: shared.url, scope: '%{[observer][name]}', deadline: '10s' };
        const jobs = restart ? batches.map((batch) => [batch]) : [batches];
        const outcomes: Facts[][] = [];
        let items = 0;
        for (const job of jobs) {
          const { batches: out, metrics } = await driver.run({
            settings,
            batches: job.map((batch) => batch.map(eventOf)),
          });
          outcomes.push(...out.map((batch) => batch.map((event) => event['domain_stats'] as Facts)));
          items += metrics['items']!;
        }
        for (const [i, batch] of batches.entries()) {
          const response = await fetch(`${direct.url}/v1/domains`, {
            method: 'POST',
            body: JSON.stringify(batch.map(itemOf)),
          });
          const answers = (await response.json()) as Facts[];
          const rows = (facts: readonly Facts[]) =>
            batch.map((event, at) => ({ event, facts: comparable(facts[at]!) }));
          expect(rows(outcomes[i]!)).toEqual(rows(answers));
        }
        expect(items).toBeLessThan(batches.flat().length);
      } finally {
        await direct.close();
        await shared.close();
      }
    },
    120_000,
  );
});

if (installed.length === 0) test.skip('no Ruby: scripts/install-test-tools.sh', () => undefined);
