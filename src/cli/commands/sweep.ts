import { once } from 'node:events';
import { Command, Option } from 'commander';
import { connectEngine } from '../../elastic/connect.ts';
import { followSweep } from '../../elastic/sweep/follow.ts';
import { sweepUntilDone } from '../../elastic/sweep/sweep.ts';
import { completeDocuments } from '../../service/complete-documents.ts';
import { ENGINE_SETTINGS } from '../engine-settings.ts';
import type { ReadProgress } from '../line-reader.ts';
import { progressLine } from '../progress.ts';
import { readWait, settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withService } from '../with-service.ts';

/** An engine that starts again is waited for. */
const RETRY_MS = 120_000;

interface SweepFlags extends Record<string, unknown> {
  index?: string[];
  follow?: boolean;
  wait?: string;
}

export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('Complete the documents of a search engine that have something pending.')
    .addOption(new Option('--index <PATTERNS...>', 'indices, aliases or data streams, wildcards allowed'))
    .addOption(new Option('--follow', 'go on for ever, with the pause of sweep_every').conflicts('wait'))
    .addOption(new Option('--wait <TIME>', 'come back for so long to documents that wait for look-ups, e.g. 10m'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats sweep --elasticsearch-url http://127.0.0.1:9200 --index "logs-*" --wait 10m\n' +
        '  domain-stats sweep --index "logs-*" --follow',
    );
  const sharing = ['shareFacts', 'prefix', 'factsPolicyEvery', 'contacts', 'contactsWait'] as const;
  const keys = ['sweepEvery', 'data', 'zones', 'rankList', 'fields', 'lookups', ...sharing] as const;
  return withSettings(command, [...ENGINE_SETTINGS, ...keys]).action(
    async ({ index, follow, wait, ...flags }: SweepFlags) => {
      const settings = settingsOf(flags);
      const patterns = index ?? settings.sweepIndex;
      if (patterns.length === 0) throw new UsageError('--index: name what to sweep, such as --index "logs-*"');
      const waitMs = readWait(wait);
      const runLookups = follow === true || waitMs > 0;
      await withService(settings, { runLookups }, async (service) => {
        const complete = completeDocuments(service.ask, service.finishedName, settings.fields);
        if (follow === true) {
          const following = followSweep({
            patterns,
            complete,
            everyMs: settings.sweepEvery,
            connect: (signal) => connectEngine(settings, { retryMs: RETRY_MS, signal }),
            onProblem: tellProblem,
          });
          await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
          await following.stop();
          return;
        }
        const progress: ReadProgress = { read: 0, total: undefined };
        const line = progressLine('documents', progress);
        const engine = await connectEngine(settings, { retryMs: RETRY_MS });
        try {
          const onPage = (seen: number, total: number) => {
            line.add(seen > progress.read ? seen - progress.read : seen);
            [progress.read, progress.total] = [seen, total];
          };
          const pass = await sweepUntilDone(engine, { patterns, complete, onPage }, waitMs);
          line.end();
          for (const problem of pass.problems) process.stderr.write(`domain-stats: ${problem}\n`);
          const left = `${String(pass.waiting)} wait for look-ups, ${String(pass.failed)} could not be written`;
          process.stdout.write(`${String(pass.completed)} writes; ${left}\n`);
          if (pass.failed > 0) process.exitCode = 1;
        } finally {
          await engine.close();
        }
      });
      // A request that a hanging engine has not answered would keep the process.
      if (follow === true) process.exit();
    },
  );
}

/** One line a change: an engine that is away is no news every few seconds. */
function tellProblem(problem: string | undefined): void {
  process.stderr.write(`domain-stats: sweep: ${problem ?? 'all is well again'}\n`);
}
