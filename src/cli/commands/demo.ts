import { once } from 'node:events';
import { Command, Option } from 'commander';
import { readTime } from '../../core/event-time.ts';
import { demoWeek } from '../../demo/week.ts';
import { connectEngine } from '../../elastic/connect.ts';
import { demoIndices, fillDemo, removeDemo } from '../../elastic/demo-index.ts';
import { answeredWeek } from '../demo-answers.ts';
import { ENGINE_SETTINGS } from '../engine-settings.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';

const RETRY_MS = 30_000;

interface DemoFlags extends Record<string, unknown> {
  elasticsearch?: string;
  seed: string;
  end?: string;
  remove?: boolean;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description(
      'Make a week of believable events, answered by domain-stats itself: habits, a phishing wave, generated names, a CDN. ' +
        'NDJSON to standard output, or into an index of its own, for the dashboards to show.',
    )
    .addOption(new Option('--elasticsearch <URL>', 'put them into this engine; short for --elasticsearch-url'))
    .addOption(new Option('--seed <N>', 'the same number gives the same week').default('1'))
    .addOption(new Option('--end <TIME>', 'end of the week, e.g. 2026-11-24T12:00:00Z (default: now)'))
    .addOption(new Option('--remove', 'remove the indices of the demo again'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats demo > events.ndjson\n  domain-stats demo --elasticsearch http://127.0.0.1:9200\n' +
        '  domain-stats demo --elasticsearch http://127.0.0.1:9200 --remove',
    );
  return withSettings(command, [...ENGINE_SETTINGS, 'prefix']).action(
    async ({ elasticsearch, seed, end, remove, ...flags }: DemoFlags) => {
      const settings = settingsOf(elasticsearch === undefined ? flags : { ...flags, elasticsearchUrl: elasticsearch });
      if (!/^\d{1,9}$/.test(seed)) throw new UsageError(`--seed: ${JSON.stringify(seed)} must be a number such as 1`);
      const until = endOf(end);
      const events = () => answeredWeek(demoWeek(Number(seed), until), until);
      if (settings.elasticsearchUrl.length === 0) {
        if (remove === true) throw new UsageError('--remove: give --elasticsearch, where the indices are');
        return printAll(events());
      }
      const engine = await connectEngine(settings, { retryMs: RETRY_MS });
      try {
        const indices = demoIndices(settings.prefix);
        if (remove === true) {
          await removeDemo(engine, indices);
          process.stderr.write(`removed: ${indices.events}, ${indices.facts}\n`);
        } else {
          const { events: count, facts } = await fillDemo(engine, indices, events());
          process.stderr.write(
            `${String(count)} events in ${indices.events}, ${String(facts)} domains in ${indices.facts}\n`,
          );
        }
      } finally {
        await engine.close();
      }
    },
  );
}

function endOf(given: string | undefined): number {
  const time = given === undefined ? Date.now() : readTime(given);
  if (time === undefined) {
    throw new UsageError(`--end: ${JSON.stringify(given)} must be a time such as 2026-11-24T12:00:00Z`);
  }
  return time;
}

async function printAll(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (!process.stdout.write(line + '\n')) await once(process.stdout, 'drain');
}
