import { afterAll, describe, expect, test } from '@jest/globals';
import { readTime } from '../../src/core/event-time.ts';
import { ecsFormat, ZEEK_FORMAT } from '../../src/core/event-format.ts';
import { enrichEvents } from '../../src/service/enrich-events.ts';
import { conformanceRows, describeWithConformance } from '../conformance/files.ts';
import type { JsonObject } from './config/event.ts';
import { startDriver, type Driver, type Job } from './driver.ts';
import { flaws, type Expectation } from './expectation.ts';
import { engines, inCi } from './ruby.ts';
import { startService, type ServiceUnderTest, type State } from './service-under-test.ts';

interface Item {
  readonly name: string;
  readonly at?: string;
  readonly id?: string;
  readonly scope?: string;
  readonly client?: string;
}

interface Request extends Item {
  readonly kind: 'one' | 'batch' | 'event' | 'events';
  readonly items?: readonly Item[];
  readonly event?: JsonObject;
  readonly events?: readonly JsonObject[];
  readonly format?: string;
  readonly fields?: readonly string[];
  readonly contact?: boolean;
  readonly full?: boolean;
}

interface Step {
  readonly now?: string;
  readonly request: Request;
  readonly expect: Expectation | null | readonly (Expectation | null)[];
  readonly absent?: readonly string[] | readonly (readonly string[])[];
}

interface Case {
  readonly case: string;
  readonly state: State & { readonly psl_extra?: readonly string[] };
  readonly steps?: readonly Step[];
}

/** Cases that no Logstash event can be. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'at-unreadable': 'the time of a Logstash event is always a time',
  'no-id-no-retry': 'an event without an id is known by its time, name and client',
  'contact-false-writes-nothing': 'the filter always leaves contacts',
  'contact-false-on-a-known-domain': 'the filter always leaves contacts',
  'event-completed': 'the filter leaves decided events to the sweep',
};

function whyLeftOut(row: Case, steps: readonly Step[]): string | undefined {
  if (row.state.psl_extra !== undefined) return 'the list in use is the service’s own affair';
  if (steps.some(({ request }) => request.full)) return 'the filter never asks for nulls';
  return LEFT_OUT[row.case];
}

/** `null` for the time: the event has none. */
const timeOf = (at: string | undefined): string | null =>
  at === undefined ? null : new Date(readTime(at)!).toISOString();

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

function itemsOf(request: Request): readonly Item[] | undefined {
  if (request.kind === 'batch') return request.items ?? [];
  return request.kind === 'one' ? [request] : undefined;
}

const eventsOf = (request: Request): readonly JsonObject[] => request.events ?? (request.event ? [request.event] : []);

function jobOf(request: Request, url: string): Job {
  const settings = { url, scope: '%{[observer][name]}', client: true, deadline: '10s' };
  const items = itemsOf(request);
  if (items !== undefined) return { settings, batches: [items.map(eventOf)] };
  const events = eventsOf(request);
  if (request.format === 'zeek') {
    return { settings: { ...settings, source: ZEEK_FORMAT.fields }, batches: [events.map(zeekEvent)] };
  }
  const source = request.fields?.map((field) => field.replace(/^|\.|$/g, (at) => (at === '.' ? '][' : '')));
  return {
    settings: { ...settings, ...(source === undefined ? {} : { source: source.map((field) => `[${field}]`) }) },
    batches: [events],
  };
}

type Facts = Readonly<Record<string, unknown>>;

/** The same question to the service itself: each item or event on its own, in one batch. */
async function askDirectly(request: Request, { url, service }: ServiceUnderTest): Promise<(Facts | undefined)[]> {
  const items = itemsOf(request);
  if (items !== undefined) {
    const known = items.map(({ name, at, id, scope, client }) => ({ name, at, id, scope, client }));
    const response = await fetch(`${url}/v1/domains`, { method: 'POST', body: JSON.stringify(known) });
    return (await response.json()) as Facts[];
  }
  const format = request.format === 'zeek' ? ZEEK_FORMAT : ecsFormat(request.fields ?? service.settings.fields);
  const enrich = enrichEvents(service.ask, service.finishedName);
  const enriched = await enrich(eventsOf(request), { format, contact: true, waitMs: 0, all: false });
  return enriched.map((one) => one && { ...one.main.object(), ...one.kept });
}

const without = (facts: Facts, keys: readonly string[]): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([key]) => !keys.includes(key)));

/**
 * What is the same however an answer was asked for: `last_seen` may include later events of the batch or not, and each
 * store has a key of its own for clients.
 */
const comparable = (facts: Facts | undefined): Facts | undefined =>
  facts && without(facts, ['source_field', 'source_fields', 'last_seen', 'first_client']);

const rows = <Value>(value: Value | readonly Value[] | undefined): readonly (Value | undefined)[] =>
  Array.isArray(value) ? (value as readonly Value[]) : [value as Value | undefined];

/** Runs a step through both doors and compares. Returns for how many answers the golden expectation was checked. */
async function runStep(
  step: Step,
  direct: ServiceUnderTest,
  behindPlugin: ServiceUnderTest,
  driver: Driver,
): Promise<number> {
  for (const service of [direct, behindPlugin]) {
    if (step.now !== undefined) service.setClock(step.now);
    await service.service.flush();
  }
  const answers = await askDirectly(step.request, direct);
  const outcome = await driver.run(jobOf(step.request, behindPlugin.url));
  const list = Array.isArray(step.expect);
  const absent = (list ? step.absent : [step.absent]) as readonly (readonly string[] | undefined)[] | undefined;
  let checked = 0;
  rows(step.expect).forEach((expected, i) => {
    const event = outcome.batches[0]![i]!;
    const facts = event['domain_stats'] as Facts | undefined;
    const item = itemsOf(step.request)?.[i];
    if (expected === null || item?.name.trim() === '') {
      expect(facts).toBeUndefined();
    } else if (typeof expected?.['problem'] === 'number') {
      expect(facts).toMatchObject({ pending: ['registration', 'contact'] });
      expect(event['tags']).toEqual(['_domain_stats_failure']);
    } else {
      if (item !== undefined) expect(comparable(facts)).toEqual(comparable(answers[i]));
      const wanted = without(expected ?? {}, ['domain_stats_all']);
      const own = without(wanted, ['source_field', 'source_fields']);
      // What the service itself does not say yet, the filter cannot say either; all else it must.
      if (flaws(answers[i] ?? {}, own, absent?.[i]).length > 0) return;
      expect(flaws(facts ?? {}, wanted, absent?.[i])).toEqual([]);
    }
    checked++;
  });
  return checked;
}

describeWithConformance('golden cases', () => {
  const cases = conformanceRows<Case & Step>('golden/answers.jsonl');

  test('nine are left out, each for a reason', () => {
    const leftOut = cases.filter((row) => whyLeftOut(row, row.steps ?? [row]) !== undefined);
    expect(leftOut.map((row) => row.case).sort()).toEqual(
      [
        ...Object.keys(LEFT_OUT),
        'full-for-an-address',
        'full-gives-nulls',
        'suffix-list-change-is-not-inheritance',
        'suffix-list-change-keeps-the-contact',
      ].sort(),
    );
  });

  describe.each(engines())('through the filter plugin on $name', (engine) => {
    if (engine.command === undefined && !inCi()) {
      test.skip('not installed: scripts/install-test-tools.sh', () => undefined);
      return;
    }
    let driver: Driver | undefined;
    let checked = 0;
    let open = 0;
    afterAll(() => driver?.stop());

    for (const row of cases) {
      const steps = row.steps ?? [row];
      if (whyLeftOut(row, steps) !== undefined) continue;
      test(
        row.case,
        async () => {
          driver ??= startDriver(engine);
          const direct = await startService(row.state);
          const behindPlugin = await startService(row.state);
          try {
            for (const step of steps) {
              const count = await runStep(step, direct, behindPlugin, driver);
              checked += count;
              open += rows(step.expect).length - count;
            }
          } finally {
            await direct.stop();
            await behindPlugin.stop();
          }
        },
        60_000,
      );
    }

    test('most expectations could be checked', () => {
      console.log(
        `${engine.name}: ${String(checked)} golden answers checked, ${String(open)} that the service itself cannot give yet`,
      );
      expect(checked).toBeGreaterThan(150);
    });
  });
});
