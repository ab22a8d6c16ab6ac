import { describe, expect, it, jest } from '@jest/globals';
import { run } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const OURS =
  '{"domain":"calm-shop.com","status":"found","created":"2001-02-03T04:05:06.000Z","retrieved":"2026-11-01T00:00:00.000Z","source":"rdap"}';
/** A line of domain_stats' top1m.import: `seen_by_web` is the creation date. */
const THEIRS =
  '{"domain":"old-shop.com","seen_by_web":"1999-01-02 03:04:05","expires":"2030-01-02 03:04:05","freq_score":[5.1,6.2],"seen_by_isc":"top1m"}';

// Several real processes one after the other, on a machine that others use too.
jest.setTimeout(120_000);

describe('import and export of registrations', () => {
  it('loads dates that answers then have, names bad lines, and gives back what it was given', async () => {
    const data = temporaryFolder();
    const input = [OURS, 'no json', THEIRS, '{"domain":"a b.com"}', ''].join('\n');
    const imported = await run(['import', 'registrations', '--data', data], { input });
    expect(imported.stderr).toContain('-, line 2: no JSON object');
    expect(imported.stderr).toMatch(/-, line 4: the domain is no name/);
    expect(imported.stderr).toContain('registrations: 2 read, 2 taken, 2 bad');
    expect(imported.code).toBe(1);

    const looked = await run(['lookup', 'www.old-shop.com', '--data', data]);
    expect(JSON.parse(looked.stdout)).toMatchObject({
      category: 'established',
      registration: { status: 'found', created: '1999-01-02T03:04:05.000Z', source: 'import' },
    });

    const { stdout: exported } = await run(['export', 'registrations', '--data', data]);
    expect(JSON.parse(exported.split('\n')[0] ?? '')).toMatchObject(JSON.parse(OURS) as object);
    const again = await run(['import', 'registrations', '--data', temporaryFolder()], { input: exported });
    expect([again.code, again.stderr]).toEqual([0, 'registrations: 2 read, 2 taken, 0 bad\n']);
  });
});
