import { Argument, Command, Option } from 'commander';
import { openSnapshot } from '../../datasets/snapshot.ts';
import { update, UPDATE_TARGETS, type Updated, type UpdateTarget } from '../../datasets/update.ts';
import { VERSION } from '../../program.ts';
import type { SettingKey, Settings } from '../../settings/table.ts';
import { openMeta } from '../../stores/meta.ts';
import { lowerPriority } from '../lower-priority.ts';
import { settingsOf, withSettings } from '../settings-options.ts';

/** Settings that an update needs. */
export const UPDATE_SETTINGS = [
  'data',
  'pslUrl',
  'tldsUrl',
  'rdapUrl',
  'ranksUrl',
  'rankList',
  'lookalikeTargets',
  'downloadLimit',
  'downloadTimeout',
] as const satisfies readonly SettingKey[];

export function updateCommand(): Command {
  const command = new Command('update')
    .description(
      'Download newer data: the Public Suffix List, TLD facts, RDAP servers, and a rank list when ranks_url is set. ' +
        'What cannot be downloaded or looks wrong changes nothing (exit code 1); a running server takes the rest into use within seconds.',
    )
    .addArgument(new Argument('[sets...]', 'what to update (default: all)').choices([...UPDATE_TARGETS, 'all']))
    .addOption(new Option('--force', 'take data although it is less than half of what is live, or was rolled back'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats update\n  domain-stats update psl tlds\n' +
        '  domain-stats update ranks --rank-list tranco --ranks-url https://tranco-list.eu/top-1m.csv.zip',
    );
  return withSettings(command, UPDATE_SETTINGS).action(
    async (sets: string[], { force, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      openMeta(settings.data, Date.now());
      lowerPriority();
      let hasFailed = false;
      for (const target of targetsOf(sets, settings)) {
        const updated = await update(settings.data, target, updateOptions(settings, force === true));
        hasFailed ||= updated.kind === 'failed';
        process.stderr.write(told(updated) + '\n');
      }
      if (hasFailed) process.exitCode = 1;
    },
  );
}

/** All that have an address; those that are named in any case. */
function targetsOf(sets: readonly string[], { ranksUrl }: Settings): readonly UpdateTarget[] {
  if (sets.length > 0 && !sets.includes('all')) return UPDATE_TARGETS.filter((target) => sets.includes(target));
  return UPDATE_TARGETS.filter((target) => target !== 'ranks' || ranksUrl !== '');
}

function updateOptions(settings: Settings, force: boolean) {
  const { pslUrl, tldsUrl, rdapUrl, ranksUrl, rankList, lookalikeTargets, downloadLimit, downloadTimeout } = settings;
  return {
    snapshot: openSnapshot(),
    now: Date.now(),
    urls: { psl: pslUrl, tlds: tldsUrl, rdap: rdapUrl, ranks: ranksUrl },
    rankList,
    lookalikeTargets,
    maxBytes: downloadLimit,
    timeoutMs: downloadTimeout,
    userAgent: `domain-stats/${VERSION}`,
    force,
  };
}

function told(updated: Updated): string {
  const { kind, name } = updated;
  if (kind === 'failed') return updated.reason.startsWith(`${name}: `) ? updated.reason : `${name}: ${updated.reason}`;
  if (kind === 'unchanged') return `${name}: unchanged, ${updated.why}`;
  const { rows, as_of: asOf, bad_rows: bad = 0 } = updated.about;
  return `${name}: ${String(rows)} rows${asOf === undefined ? '' : ` of ${asOf}`} are live${bad > 0 ? `, ${String(bad)} bad lines were left out` : ''}`;
}
