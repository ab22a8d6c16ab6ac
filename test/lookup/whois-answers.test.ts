import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parseWhoisAnswer } from '../../src/lookup/whois-answer.ts';
import { statusName } from '../../src/lookup/registration-facts.ts';
import { conformanceRows, describeWithConformance } from '../conformance/files.ts';

interface Row {
  readonly id: string;
  readonly domain: string;
  readonly tld: string;
  readonly raw: string;
  readonly expected: {
    readonly creation: string | null;
    readonly expiry: string | null;
    readonly updated: string | null;
    readonly registrar: string | null;
    readonly nameservers: readonly string[];
    readonly status: readonly string[];
  };
}

interface Figures {
  right: number;
  wrong: number;
  none: number;
}

const HOURS_36_MS = 36 * 3_600_000;
/** Outcomes of the answers without an expected creation date, by reading their texts. */
const OUTCOMES = JSON.parse(readFileSync(new URL('whois-outcomes.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

const instant = (text: string) =>
  Date.parse(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
const isNear = (got: string, expected: string) => Math.abs(Date.parse(got) - instant(expected)) <= HOURS_36_MS;
const packed = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
const asSet = (values: readonly string[]) =>
  [...new Set(values.map((value) => packed(value.replace(/\.$/, ''))))].sort().join();

describeWithConformance('real WHOIS answers', () => {
  const rows = conformanceRows<Row>('registration/whois-answers.jsonl');
  const now = Date.UTC(2026, 10, 20);
  const answers = rows.map(({ raw, tld, domain }) => parseWhoisAnswer(raw, { tld, domain, now }));

  /** Counts over the rows that expect something: undefined = nothing was found. */
  function count(judge: (row: Row, index: number) => boolean | undefined | 'skip'): Figures {
    const figures = { right: 0, wrong: 0, none: 0 };
    rows.forEach((row, index) => {
      const verdict = judge(row, index);
      if (verdict !== 'skip') figures[verdict === undefined ? 'none' : verdict ? 'right' : 'wrong']++;
    });
    return figures;
  }

  const dates = (field: 'creation' | 'expiry' | 'updated', fact: 'created' | 'expires' | 'updated') =>
    count(({ expected }, index) => {
      const wanted = expected[field];
      const got = answers[index]?.[fact];
      return wanted === null ? 'skip' : got === undefined ? undefined : isNear(got, wanted);
    });

  it('gives the figures', () => {
    const figures = {
      created: dates('creation', 'created'),
      expires: dates('expiry', 'expires'),
      updated: dates('updated', 'updated'),
      registrar: count(({ expected }, index) => {
        const got = answers[index]?.registrar;
        if (expected.registrar === null) return 'skip';
        return got === undefined ? undefined : packed(got) === packed(expected.registrar);
      }),
      name_servers: count(({ expected }, index) => {
        const got = answers[index]?.name_servers;
        if (expected.nameservers.length === 0) return 'skip';
        return got === undefined ? undefined : asSet(got) === asSet(expected.nameservers);
      }),
      // One source expects its own words (`registered`) that stand in no answer.
      statuses: count(({ id, expected }, index) => {
        const got = answers[index]?.statuses;
        if (expected.status.length === 0 || id.startsWith('ruby-whois:')) return 'skip';
        const wanted = expected.status.map((status) => statusName(status) ?? '');
        return got === undefined ? undefined : asSet(got) === asSet(wanted);
      }),
    };
    console.log(
      Object.entries(figures)
        .map(([fact, { right, wrong, none }]) => {
          const all = right + wrong + none;
          return `${fact.padEnd(13)}${right}/${all} right (${((100 * right) / all).toFixed(1)} %), ${wrong} wrong, ${none} none`;
        })
        .join('\n'),
    );
    const { created, expires, name_servers } = figures;
    expect(created.right).toBeGreaterThanOrEqual(0.95 * 413);
    expect(created.wrong).toBeLessThanOrEqual(0.01 * 413);
    expect(expires.right).toBeGreaterThanOrEqual(0.95 * 379);
    expect(name_servers.right).toBeGreaterThanOrEqual(0.95 * 426);
  });

  it('gives the confusion table', () => {
    const table: Record<string, Record<string, number>> = {};
    let astray = 0;
    rows.forEach(({ id, expected }, index) => {
      const label = expected.creation === null ? OUTCOMES[id]! : 'found';
      const { outcome } = answers[index]!;
      const row = (table[label] ??= {});
      row[outcome] = (row[outcome] ?? 0) + 1;
      if (label !== outcome) astray++;
    });
    console.log(
      Object.entries(table)
        .map(
          ([label, row]) =>
            `${label.padEnd(12)}→ ${Object.entries(row)
              .map(([outcome, n]) => `${outcome} ${n}`)
              .join(', ')}`,
        )
        .join('\n'),
    );
    expect(astray).toBeLessThanOrEqual(0.01 * rows.length);
  });

  it('never takes a date from an answer that says the name is free', () => {
    const dated = rows.filter(({ id }, index) => OUTCOMES[id] === 'not_found' && answers[index]?.created !== undefined);
    expect(dated.map(({ id }) => id)).toEqual([]);
  });
});
