import { describe, expect, test } from '@jest/globals';
import { engines, inCi, runRuby } from './ruby.ts';

describe.each(engines())('the filter plugin on $name', (engine) => {
  const run = engine.command !== undefined || inCi() ? test : test.skip;
  const note = engine.command === undefined ? ' (not installed: scripts/install-test-tools.sh)' : '';

  run(
    `passes its Ruby tests${note}`,
    async () => {
      const { code, output } = await runRuby(engine, 'all.rb');
      expect([code, output]).toEqual([
        0,
        expect.stringMatching(/\d{3} runs, \d+ assertions, 0 failures, 0 errors, 0 skips/),
      ]);
    },
    240_000,
  );
});
