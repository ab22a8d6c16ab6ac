import { afterAll, describe, expect, test } from '@jest/globals';
import { readTime } from '../../src/core/event-time.ts';
import { ZEEK_FORMAT } from '../../src/core/event-format.ts';
import { describeWithConformance } from '../conformance/files.ts';
import { goldenCases, type Case, type Expectation, type Item, type Request, type Step } from '../golden/cases.ts';
import { compareAnswer, type Answered } from '../golden/compare.ts';
import type { JsonObject } from './config/event.ts';
import { startDriver, type Driver, type Job } from './driver.ts';
import { listeningService, type ListeningService } from './listening.ts';
import { engines, inCi } from './ruby.ts';

/** Cases that no Logstash event can be. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'at-unreadable': 'the time of a Logstash event is always a time',
  'no-id-no-retry': 'an event without an id is known by its time, name and client',
  'contact-false-writes-nothing': 'the filter always leaves contacts',
  'contact-false-on-a-known-domain': 'the filter always leaves contacts',
  'event-completed': 'the filter leaves decided events to the sweep',
  'event-several-names-all': 'the filter asks about the main name of an event alone',
  'full-gives-nulls': 'the filter never asks for nulls',
  'full-for-an-address': 'the filter never asks for nulls',
};

const timeOf = (at: string | undefined): string | null =>
  at === undefined ? null : new Date(readTime(at)!).toISOString();

/** Without a time the event has no `@timestamp`. */
const eventOf = ({ name, at, id, scope, client }: Item): JsonObject => ({
  '@timestamp': timeOf(at),
  dns: { question: { name } },
  ...(id === undefined ? {} : { event: { id } }),
  ...(scope === undefined ? {} : { observer: { name: scope } }),
  ...(client === undefined ? {} : { source: { ip: client } }),
});

/** As conf.d/10-zeek.conf and the date filter leave a row. */
function zeekEvent(row: JsonObject): JsonObject {
  const client = row['id.orig_h'];
  return {
    ...row,
    '@timestamp': typeof row['ts'] === 'string' ? row['ts'] : new Date(Number(row['ts']) * 1000).toISOString(),
    ...(client === undefined ? {} : { source: { ip: client } }),
  };
}

const referenceOf = (field: string): string => `[${field.replaceAll('.', '][')}]`;

function jobOf({ items, events, format, fields }: Request, url: string): Job {
  const source = format === 'zeek' ? ZEEK_FORMAT.fields : fields?.map(referenceOf);
  const made = items?.map(eventOf) ?? (events as readonly JsonObject[]);
  return {
    settings: { url, scope: '%{[observer][name]}', client: true, deadline: '20s', ...(source && { source }) },
    batches: [format === 'zeek' ? made.map(zeekEvent) : made],
  };
}

const without = (facts: Answered, keys: readonly string[]): Answered =>
  Object.fromEntries(Object.entries(facts).filter(([key]) => !keys.includes(key)));

/**
 * What is the same however an answer was asked for: `last_seen` may include later events of the batch or not, and each
 * store has a key of its own for clients.
 */
const comparable = (facts: Answered | undefined): Answered | undefined =>
  facts && without(facts, ['source_field', 'source_fields', 'last_seen', 'first_client']);

function meets(answer: Answered, wanted: Expectation, absent: readonly string[]): boolean {
  try {
    compareAnswer(answer, wanted, absent);
    return true;
  } catch {
    return false;
  }
}

/** The same names asked of the service itself, each on its own. */
async function askDirectly({ items }: Request, url: string): Promise<Answered[]> {
  if (items === undefined) return [];
  const response = await fetch(`${url}/v1/domains`, { method: 'POST', body: JSON.stringify(items) });
  return (await response.json()) as Answered[];
}

async function runStep(step: Step, direct: ListeningService, behind: ListeningService, driver: Driver): Promise<void> {
  const { request } = step;
  const answers = await askDirectly(request, direct.url);
  const { batches } = await driver.run(jobOf(request, behind.url));
  expect(batches[0]).toHaveLength(step.expect.length);
  step.expect.forEach((expected, i) => {
    const event = batches[0]![i]!;
    const facts = event['domain_stats'] as Answered | undefined;
    if (expected === null || request.items?.[i]?.name.trim() === '') {
      expect(facts).toBeUndefined();
      return;
    }
    if ('problem' in expected) {
      expect(facts).toMatchObject({ pending: ['registration', 'contact'] });
      expect(event['tags']).toEqual(['_domain_stats_failure']);
      return;
    }
    if (request.items !== undefined) expect(comparable(facts)).toEqual(comparable(answers[i]));
    const wanted = without(expected, ['domain_stats_all']);
    // What holds only without a contact cannot hold here; the comparison above stands.
    const applies = request.contact !== false || meets(answers[i] ?? {}, wanted, step.absent[i]!);
    if (applies) compareAnswer(facts ?? {}, wanted, step.absent[i]!);
  });
}

describeWithConformance('golden cases', () => {
  const cases = goldenCases();
  const carried = cases.filter(({ title }) => LEFT_OUT[title] === undefined);

  test('only those are left out that have a reason', () => {
    expect(cases.length - carried.length).toBe(Object.keys(LEFT_OUT).length);
  });

  describe.each(engines())('through the filter plugin on $name', (engine) => {
    if (engine.command === undefined && !inCi()) {
      test.skip('not installed: scripts/install-test-tools.sh', () => undefined);
      return;
    }
    let driver: Driver | undefined;
    afterAll(() => driver?.stop());

    test.each(carried.map((golden): [string, Case] => [golden.title, golden]))(
      '%s',
      async (_, { state, steps }) => {
        driver ??= startDriver(engine);
        const services = [await listeningService(state), await listeningService(state)] as const;
        try {
          for (const step of steps) {
            for (const { setClock } of services) if (step.now !== undefined) setClock(step.now);
            await runStep(step, ...services, driver);
            for (const { service } of services) await service.flush();
          }
        } finally {
          for (const service of services) await service.close();
        }
      },
      60_000,
    );
  });
});
