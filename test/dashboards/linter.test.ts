import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { factsMapping } from '../../src/elastic/setup/mappings.ts';
import { FACTS } from '../../src/dashboards/fields.ts';
import { BROKEN, copyOf, textOf } from './linter/broken.ts';
import { lint, type File } from './linter/lint.ts';

const FILES: Readonly<Record<File, string>> = {
  kibana: 'domain-stats.kibana.ndjson',
  legacy: 'domain-stats.opensearch-dashboards.ndjson',
};
const read = (file: File) => readFileSync(new URL(`../../kibana/${FILES[file]}`, import.meta.url), 'utf8');

describe.each(['kibana', 'legacy'] as const)('the import file for %s', (file) => {
  it('has no fault that the linter knows', () => expect(lint(read(file), file)).toEqual([]));

  it('has the same dashboards and data views under the same ids as the other', () => {
    const ids = copyOf(read(file))
      .objects.filter(({ type }: { type: string }) => type === 'dashboard' || type === 'index-pattern')
      .map(({ id }: { id: string }) => id);
    expect(ids).toEqual([
      ...['domain-stats', 'domain-stats-facts'],
      ...['domain-stats-baby-domains', 'domain-stats-hunting', 'domain-stats-service', 'domain-stats-domain'],
    ]);
  });

  it("opens on the last week, and where a click leads to on the reader's time range", () => {
    const dashboards = copyOf(read(file)).objects.filter(({ type }: { type: string }) => type === 'dashboard') as {
      id: string;
      attributes: Readonly<Record<string, unknown>>;
    }[];
    for (const { id, attributes } of dashboards) {
      const wanted = id === 'domain-stats-domain' ? [false, undefined] : [true, 'now-7d'];
      expect([id, attributes['timeRestore'], attributes['timeFrom']]).toEqual([id, ...wanted]);
    }
  });
});

describe('the linter', () => {
  it.each(BROKEN)('finds $fault ($file)', ({ file, says, break: change }) => {
    const copy = copyOf(read(file));
    change(copy);
    const problems = lint(textOf(copy), file);
    expect(problems.join('\n')).toContain(says);
  });

  it('was given at least thirty broken copies', () => expect(BROKEN.length).toBeGreaterThanOrEqual(30));
});

it('the facts index has the fields that panels read', () => {
  const { properties } = factsMapping as { properties: Readonly<Record<string, { type: string }>> };
  for (const { name, type } of Object.values(FACTS)) expect([name, properties[name]?.type]).toEqual([name, type]);
});
