import { afterAll, expect, it } from '@jest/globals';
import { eventField } from '../../src/core/event-field.ts';
import { describeWithConformance } from '../conformance/files.ts';
import { goldenCases, type Case, type Request, type Step } from './cases.ts';
import { compareAnswer, type Answered } from './compare.ts';
import { DOORS, type Door, type Outcome } from './doors.ts';
import { serviceOfCase } from './service-of-case.ts';

/** Which events were told to be the first contact of a domain in a scope: one, however often it is sent. */
class FirstContacts {
  readonly #told = new Map<string, string>();

  check({ scope, domain, first_contact }: Answered, event: string): void {
    if (first_contact !== true) return;
    const key = `${String(scope)} ${String(domain)}`;
    expect([key, this.#told.get(key) ?? event]).toEqual([key, event]);
    this.#told.set(key, event);
  }
}

/** What tells an event from all others: its id, or its time, name and client. */
function eventIds({ items, events }: Request): ((answer: Answered) => string)[] {
  if (items !== undefined) return items.map((item) => () => item.id ?? JSON.stringify(item));
  return (events ?? []).map((event) => ({ name }) => {
    const id = eventField(event, 'event.id') as string | undefined;
    const time = eventField(event, '@timestamp') ?? event['ts'];
    return id ?? JSON.stringify([time, name, eventField(event, 'source.ip') ?? event['id.orig_h']]);
  });
}

function compareStep(step: Step, outcomes: readonly Outcome[], first: FirstContacts): void {
  expect(outcomes).toHaveLength(step.expect.length);
  const ids = eventIds(step.request);
  step.expect.forEach((wanted, i) => {
    const outcome = outcomes[i]!;
    if (wanted === null) {
      expect(outcome).toEqual({ kind: 'unchanged' });
    } else if ('problem' in wanted) {
      expect(outcome).toEqual({ kind: 'problem', status: wanted['problem'] });
    } else {
      if (outcome.kind !== 'answer') throw new Error(`no answer but ${JSON.stringify(outcome)}`);
      compareEvent(outcome.answer, wanted, step.absent[i] ?? []);
      first.check(outcome.answer, ids[i]!(outcome.answer));
    }
  });
}

function compareEvent(answer: Answered, wanted: Answered, absent: readonly string[]): void {
  const { domain_stats_all: all, ...main } = answer;
  const { domain_stats_all: wantedAll, ...wantedMain } = wanted;
  compareAnswer(
    main,
    wantedMain,
    absent.filter((key) => key !== 'domain_stats_all'),
  );
  if (absent.includes('domain_stats_all')) expect(all).toBeUndefined();
  if (wantedAll === undefined) return;
  expect(all).toHaveLength((wantedAll as Answered[]).length);
  (wantedAll as Answered[]).forEach((each, i) => compareAnswer((all as Answered[])[i]!, each, []));
}

async function runCase(golden: Case, door: Door): Promise<void> {
  const { service, setClock } = await serviceOfCase(golden.state);
  const asking = await door.open(service);
  const first = new FirstContacts();
  try {
    for (const step of golden.steps) {
      if (step.now !== undefined) setClock(step.now);
      compareStep(step, await asking.ask(step.request), first);
      await service.flush();
    }
  } finally {
    await asking.close();
    await service.close();
  }
}

describeWithConformance('golden cases', () => {
  const cases = goldenCases();
  const rows = cases.flatMap((golden) =>
    DOORS.map((door) => ({ case: golden.title, door: door.title, golden, via: door, why: door.whyNot(golden) })),
  );
  const carried = rows.filter(({ why }) => why === undefined);

  it.concurrent.each(carried)('$case by $door', ({ golden, via }) => runCase(golden, via));

  it('each pass through at least one door', () => {
    const passed = new Set(carried.map(({ case: title }) => title));
    expect(cases.map(({ title }) => title).filter((title) => !passed.has(title))).toEqual([]);
  });

  afterAll(() => {
    process.stdout.write(
      `golden: ${String(cases.length)} cases, ${String(carried.length)} runs over ${String(DOORS.length)} doors\n`,
    );
    for (const [why, titles] of leftOut(rows))
      process.stdout.write(`golden: left out where ${why}: ${titles.join(', ')}\n`);
  });
});

/** Reasons that are the nature of a door and say nothing of a case. */
const BY_NATURE = new Set(['it asks for names, not for events', 'a list takes an array or NDJSON']);

/** Cases that a door cannot carry, by the reason that it gives. */
function leftOut(rows: readonly { readonly case: string; readonly why: string | undefined }[]) {
  const reasons = new Map<string, string[]>();
  for (const { case: title, why } of rows) {
    if (why === undefined || BY_NATURE.has(why) || reasons.get(why)?.includes(title) === true) continue;
    reasons.set(why, [...(reasons.get(why) ?? []), title]);
  }
  return reasons;
}
