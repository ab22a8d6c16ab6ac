import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder.ts';
import { DOCUMENTS, ROOT } from './documents.ts';

const PAGE = DOCUMENTS.find(({ path }) => path === 'docs/adding-a-fact.md')!.text;

/** Does on a copy what the page says; gives how often it did something. */
function follow(copy: string): number {
  const steps = [...PAGE.matchAll(/<!-- (?:write (\S+)|insert into (\S+) before: (.+?)) -->\n\n```ts\n([^]*?)```\n/g)];
  for (const [, written, changed = '', before = '', text = ''] of steps) {
    if (written !== undefined) {
      writeFileSync(join(copy, written), text);
      continue;
    }
    const file = readFileSync(join(copy, changed), 'utf8');
    // The last one of the file: the list stands below the imports, the schema of the answer below its groups.
    const place = file.lastIndexOf(before);
    expect([changed, before, place >= 0]).toEqual([changed, before, true]);
    writeFileSync(join(copy, changed), file.slice(0, place) + text + file.slice(place));
  }
  return steps.length;
}

it('the page on adding a fact: what it says compiles, answers, and is in mapping and docs', () => {
  const copy = temporaryFolder();
  for (const path of ['src', 'bin', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts']) {
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  }
  for (const path of ['node_modules', 'data', 'page']) symlinkSync(join(ROOT, path), join(copy, path));
  expect(follow(copy)).toBe(4);
  const compiled = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: copy,
      encoding: 'utf8',
    },
  );
  expect([compiled.status, compiled.stdout]).toEqual([0, '']);
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  const names = ['a.b.example.com', 'example.com', 'co.uk'];
  const facts = names.map((name) => {
    const answer = node('bin/domain-stats.js', 'lookup', '--no-lookups', '--data', join(copy, 'contacts'), name);
    return (JSON.parse(answer) as { depth?: number }).depth;
  });
  expect(facts).toEqual([2, 0, undefined]);
  node('scripts/generate.js');
  expect(readFileSync(join(copy, 'docs/answer.md'), 'utf8')).toContain('| `depth` | long | How many labels');
  const mapping = JSON.parse(readFileSync(join(copy, 'ingest/mapping.json'), 'utf8')) as {
    properties: { domain_stats: { properties: Record<string, unknown> } };
  };
  expect(mapping.properties.domain_stats.properties['depth']).toEqual({ type: 'long' });
}, 120_000);
