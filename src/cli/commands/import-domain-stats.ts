import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Service } from '../../service.ts';
import { oldServerRows } from '../migration/old-server.ts';
import { translateSettings } from '../migration/old-settings.ts';
import type { PassedOver, PeerRow } from '../migration/peer-row.ts';
import { fileRows, findOldFiles } from '../migration/sources.ts';
import { writeRows } from '../migration/write-rows.ts';
import { progressLine } from '../progress.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withStores } from '../with-service.ts';

/** Passed-over rows that are named one by one. */
const NAMED = 10;

interface ImportFlags extends Record<string, unknown> {
  from?: string;
}

export function importDomainStatsCommand(): Command {
  const command = new Command('domain-stats')
    .description(
      'Take over from domain_stats 1, 2 or 1.0.1: first contacts, dates of registration, and its settings, which are ' +
        'printed as ours. Give its data folder or a file, or --from for a running 1.0.1.',
    )
    .argument(
      '[paths...]',
      'folders or files: its cache, its SQLite file, domain_cache.dst, top1m.import, domain_stats.yaml',
    )
    .addOption(new Option('--from <URL>', 'read all that a running 1.0.1 knows, page by page'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats import domain-stats /var/lib/domain_stats > domain-stats.yaml\n' +
        '  domain-stats import domain-stats --from http://127.0.0.1:5730',
    );
  return withSettings(command, ['data']).action(async (paths: string[], { from, ...flags }: ImportFlags) => {
    if (paths.length === 0 && from === undefined) throw new UsageError('give a folder or a file, or --from URL');
    const found = paths.map(findOldFiles);
    for (const file of found.flatMap(({ settings }) => settings)) {
      process.stdout.write(`# from ${file}\n${translateSettings(file, readFileSync(file, 'utf8'))}`);
    }
    const now = Date.now();
    await withStores(settingsOf(flags), async (service) => {
      for (const file of found.flatMap(({ data }) => data)) await take(service, file, fileRows(file, now), now);
      if (from !== undefined) await take(service, from, oldServerRows(from), now);
    });
  });
}

async function take(
  service: Service,
  place: string,
  rows: AsyncIterable<PeerRow | PassedOver>,
  now: number,
): Promise<void> {
  let named = 0;
  const onPassedOver = ({ place: what, reason }: PassedOver) => {
    if (++named <= NAMED) process.stderr.write(`${what}: ${reason}\n`);
  };
  // How many there are is not known before the end.
  const line = progressLine('domains', { read: 0, total: undefined });
  const onRows = (count: number) => line.add(count);
  const written = await writeRows(service, rows, { now, onPassedOver, onRows }).finally(() => line.end());
  const { read, contacts, registrations, passedOver } = written;
  process.stderr.write(
    `${place}: ${String(read)} domains read, ${String(contacts)} new contacts, ${String(registrations)} new dates, ` +
      `${String(passedOver)} passed over\n`,
  );
}
