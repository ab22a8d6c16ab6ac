import { Command } from 'commander';
import type { RegistrationRecord } from '../../core/registration.ts';
import { readRegistrationLine } from '../../lookup/registration-file.ts';
import type { Service } from '../../service.ts';
import { mergeRegistrations } from '../../stores/merge-registrations.ts';
import { inputLines, type ReadProgress } from '../line-reader.ts';
import { progressLine } from '../progress.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { withStores } from '../with-service.ts';

/** Rows that are written together: the writer is free for look-ups between them. */
const ROWS_PER_WRITE = 200;
/** Bad lines that are named one by one. */
const NAMED_BAD_LINES = 10;

export function importRegistrationsCommand(): Command {
  const command = new Command('registrations')
    .description(
      'Load registration dates, so that a site without a way to registries has them: NDJSON of `export registrations`, ' +
        "or domain_stats' top1m.import. Of two records for one domain the one retrieved later stays.",
    )
    .argument('[files...]', 'files (also .gz); standard input without one, or for -')
    .addHelpText('after', '\nExample:\n  domain-stats import registrations registrations.ndjson.gz');
  return withSettings(command, ['data']).action((files: string[], flags: Record<string, unknown>) =>
    withStores(settingsOf(flags), (service) => importFiles(service, files)),
  );
}

async function importFiles(service: Service, files: readonly string[]): Promise<void> {
  const progress: ReadProgress = { read: 0, total: undefined };
  const line = progressLine('registrations', progress);
  const now = service.now();
  let read = 0;
  let taken = 0;
  let bad = 0;
  let rows: [string, RegistrationRecord][] = [];
  const write = async () => {
    taken += await mergeRegistrations(service.registrations, rows);
    line.add(rows.length);
    rows = [];
    // A real pause, so that a serving process gets the writer in between.
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  for await (const { text, file, number } of inputLines(files, progress)) {
    const row = readRegistrationLine(text, number, now);
    if (row.kind === 'bad' && ++bad <= NAMED_BAD_LINES)
      process.stderr.write(`${file}, line ${String(number)}: ${row.reason}\n`);
    if (row.kind !== 'record') continue;
    read++;
    rows.push([row.domain, row.record]);
    if (rows.length >= ROWS_PER_WRITE) await write();
  }
  await write();
  line.end();
  process.stderr.write(`registrations: ${String(read)} read, ${String(taken)} taken, ${String(bad)} bad\n`);
  if (bad > 0) process.exitCode = 1;
}
