import { expect, it } from '@jest/globals';
import { lookalikeIndex } from '../../src/core/lookalike.ts';
import { readName } from '../../src/core/name.ts';
import { frequencyAlert } from '../../src/core/pair-frequency.ts';
import { withPrivateRules } from '../../src/core/suffix-list.ts';
import { nameSources, namePartsOf, type NameParts } from '../../src/sources/index.ts';
import type { NameData } from '../../src/sources/name-source.ts';
import { conformanceRows, describeWithConformance } from '../conformance/files.ts';
import { embeddedData, snapshot } from '../core/embedded-data.ts';

interface State {
  readonly ranks?: Record<string, number>;
  readonly settings?: {
    readonly zones?: string[];
    readonly freq_avg_alert?: number;
    readonly freq_word_alert?: number;
  };
  readonly psl_extra?: string[];
}

interface Request {
  readonly kind: string;
  readonly name?: string;
  readonly full?: boolean;
  readonly items?: readonly { readonly name: string }[];
}

type Expectation = Record<string, unknown>;

interface Step {
  readonly request: Request;
  readonly expect: Expectation | readonly Expectation[];
  readonly absent?: readonly string[] | readonly string[][];
}

type Case = { readonly case: string; readonly state: State } & (Step | { readonly steps: readonly Step[] });

/** One name of a case with what is expected of it. */
interface Expected {
  readonly name: string;
  readonly expect: Expectation;
  readonly absent: readonly string[];
}

const GROUPS = Object.keys(nameSources);
const isOurs = (key: string) => GROUPS.includes(key.split('.')[0]!);

function expectedOf(step: Step): Expected[] {
  const { request, expect: wanted, absent = [] } = step;
  if (request.kind === 'one') {
    return [{ name: request.name ?? '', expect: wanted as Expectation, absent: absent as string[] }];
  }
  if (request.kind !== 'batch') return [];
  return (request.items ?? []).map(({ name }, i) => ({
    name,
    expect: (wanted as Expectation[])[i] ?? {},
    absent: (absent as string[][])[i] ?? [],
  }));
}

function dataOf({ ranks }: State): NameData {
  const listed = new Map(Object.entries(ranks ?? {}));
  if (listed.size === 0) return embeddedData();
  return {
    ...embeddedData(),
    ranks: { name: 'golden', rankOf: (domain) => listed.get(domain) },
    lookalikes: lookalikeIndex(
      [...listed].map(([domain, rank]) => ({ domain, rank })),
      snapshot.suffixes(),
    ),
  };
}

function partsOf(name: string, state: State): NameParts {
  const suffixes =
    state.psl_extra === undefined ? snapshot.suffixes() : withPrivateRules(snapshot.suffixes(), state.psl_extra);
  const parsed = readName(name, suffixes, new Set(state.settings?.zones));
  return parsed.kind === 'domain' || parsed.kind === 'suffix' ? namePartsOf(parsed, dataOf(state)) : {};
}

const at = (parts: NameParts, key: string): unknown =>
  key.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], parts);

function frequencyAlerts(parts: NameParts, { settings = {} }: State): string[] {
  const { average, word } = parts.freq ?? {};
  if (average === undefined || word === undefined) return [];
  const limits = { average: settings.freq_avg_alert ?? 5, word: settings.freq_word_alert ?? 4 };
  return [frequencyAlert({ average, word }, limits) ?? []].flat();
}

describeWithConformance('golden cases, as far as facts of a name go', () => {
  const all = conformanceRows<Case>('golden/answers.jsonl').flatMap((row) =>
    ('steps' in row ? row.steps : [row]).flatMap((step) =>
      expectedOf(step).map((expected) => ({ ...expected, case: row.case, state: row.state })),
    ),
  );
  const ours = all.filter(({ expect: wanted, absent }) => [...Object.keys(wanted), ...absent].some(isOurs));

  it('are at least 50 names', () => expect(ours.length).toBeGreaterThan(50));

  it.each(ours)('$case: $name', ({ name, expect: wanted, absent, state }) => {
    const parts = partsOf(name, state);
    for (const [key, value] of Object.entries(wanted).filter(([key]) => isOurs(key))) {
      if (value === null) expect([key, at(parts, key)]).toEqual([key, undefined]);
      else if (key.startsWith('entropy.')) expect(at(parts, key)).toBeCloseTo(value as number, 12);
      else expect([key, at(parts, key)]).toEqual([key, value]);
    }
    for (const key of absent.filter(isOurs)) expect([key, at(parts, key)]).toEqual([key, undefined]);
  });

  it.each(all.filter(({ case: title }) => title.startsWith('freq-alert')))(
    '$case: $name raises the alerts of its frequencies',
    ({ name, expect: wanted, state }) => {
      const { contains = [], lacks = [] } = wanted['alerts'] as { contains?: string[]; lacks?: string[] };
      const alerts = frequencyAlerts(partsOf(name, state), state);
      expect(alerts).toEqual(contains);
      for (const alert of lacks) expect(alerts).not.toContain(alert);
    },
  );
});
