import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const rows = readFileSync(`${ROOT}docs/security.md`, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|[ -]+\|/.test(line) && !line.includes('| test  '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('docs/security.md', () => {
  it('has lines', () => expect(rows.length).toBeGreaterThan(25));

  it.each(rows.map((cells) => [cells[1]!, cells[3]!]))('names a test for: %s', (_, tests) => {
    const named = tests.split(/(?=`test\/)/).map((part) => /^`(test\/[^`]+)`: (.*)$/.exec(part));
    expect(named.length).toBeGreaterThan(0);
    for (const match of named) {
      const source = readFileSync(ROOT + match![1]!, 'utf8');
      const titles = [...match![2]!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!);
      expect(titles.length).toBeGreaterThan(0);
      for (const title of titles) expect(source).toContain(title);
    }
  });
});
