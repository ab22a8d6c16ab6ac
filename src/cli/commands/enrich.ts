import { once } from 'node:events';
import { Command, Option } from 'commander';
import { isEventObject, type EventObject } from '../../core/event-field.ts';
import { ecsFormat, ZEEK_FORMAT } from '../../core/event-format.ts';
import type { Service } from '../../service.ts';
import { enrichedText, enrichEvents, type EnrichOptions } from '../../service/enrich-events.ts';
import { inputLines, type ReadProgress } from '../line-reader.ts';
import { progressLine } from '../progress.ts';
import { readWait, settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withService } from '../with-service.ts';
import { isZeekTsvHeader, zeekTsvReader, type ZeekTsvReader } from '../zeek-tsv.ts';

/** Lines that are answered together: first contacts among them are decided by event time. */
const LINES_PER_BATCH = 500;

interface EnrichFlags extends Record<string, unknown> {
  zeek?: boolean;
  names?: boolean;
  all?: boolean;
  scope?: string;
  contact?: string;
  wait?: string;
}

/** A line of input on its way to a line of output. */
type Row =
  | { readonly kind: 'event'; readonly event: EventObject; readonly text?: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'bad'; readonly text: string };

export function enrichCommand(): Command {
  const command = new Command('enrich')
    .description('Add domain_stats to every event that holds a name. NDJSON in, NDJSON out, in the same order.')
    .argument('[files...]', 'files (also .gz); standard input without one, or for -')
    .addOption(new Option('--zeek', 'Zeek logs, JSON or tab-separated: query, server_name, host').conflicts('names'))
    .addOption(new Option('--names', 'plain names, one a line; the answers come out'))
    .addOption(new Option('--all', 'answer every name of an event, in domain_stats_all'))
    .addOption(new Option('--scope <SCOPE>', 'whose first contact (default: that of the event, else default)'))
    .addOption(new Option('--contact <YES>', 'whether contacts are left').choices(['true', 'false']).default('true'))
    .addOption(new Option('--wait <TIME>', 'wait this long a batch for unknown registrations, e.g. 2s'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats enrich events.ndjson > enriched.ndjson\n  zcat dns.log.gz | domain-stats enrich --zeek\n' +
        '  domain-stats enrich --names --contact false names.txt',
    );
  return withSettings(command, [
    'data',
    'zones',
    'rankList',
    'fields',
    'clients',
    'babyDays',
    'newDays',
    'durability',
    'lookups',
  ]).action(async (files: string[], flags: EnrichFlags) => {
    const { zeek, names, all, scope, contact, wait, ...given } = flags;
    const settings = settingsOf(given);
    if (scope !== undefined && !/^[a-z0-9._-]{1,64}$/.test(scope)) {
      throw new UsageError(`--scope: ${JSON.stringify(scope)} must match [a-z0-9._-]{1,64}`);
    }
    const waitMs = readWait(wait);
    const options: EnrichOptions = {
      format: zeek === true ? ZEEK_FORMAT : ecsFormat(settings.fields),
      contact: contact !== 'false',
      waitMs,
      all: all === true,
      ...(scope === undefined ? {} : { scope }),
    };
    const form = names === true ? 'names' : zeek === true ? 'zeek' : 'ecs';
    await withService(settings, { runLookups: waitMs > 0 }, (service) => enrichFiles(service, files, options, form));
  });
}

async function enrichFiles(
  service: Service,
  files: readonly string[],
  options: EnrichOptions,
  form: 'names' | 'zeek' | 'ecs',
) {
  const progress: ReadProgress = { read: 0, total: undefined };
  const line = progressLine(form === 'names' ? 'names' : 'events', progress);
  const enrich = enrichEvents(service.ask, service.finishedName);
  let bad = 0;
  let firstBad = '';
  let rows: Row[] = [];
  let tsv: ZeekTsvReader | undefined;
  let tsvFile = '';

  async function writeRows(): Promise<void> {
    if (rows.length === 0) return;
    const taken = rows;
    rows = [];
    const lines = form === 'names' ? await answerLines(taken) : await eventLines(taken);
    if (!process.stdout.write(lines.join('\n') + '\n')) await once(process.stdout, 'drain');
    line.add(taken.length);
  }

  async function answerLines(taken: readonly Row[]): Promise<string[]> {
    const requests = taken.map((row) => ({
      name: row.kind === 'name' ? row.name : '',
      ...(options.scope && { scope: options.scope }),
    }));
    return (await service.ask(requests, options)).map((reply) => reply.text());
  }

  async function eventLines(taken: readonly Row[]): Promise<string[]> {
    const events = taken.flatMap((row) => (row.kind === 'event' ? [row.event] : []));
    const enriched = await enrich(events, options);
    let next = 0;
    return taken.map((row) => {
      if (row.kind === 'event') return enrichedText(row.event, enriched[next++], row.text);
      return JSON.stringify({ message: row.kind === 'bad' ? row.text : row.name, domain_stats: { status: 'invalid' } });
    });
  }

  for await (const { text, file, number } of inputLines(files, progress)) {
    if (text.trim() === '') continue;
    if (file !== tsvFile) {
      tsvFile = file;
      tsv = undefined;
    }
    if (form === 'zeek' && tsv === undefined && isZeekTsvHeader(text)) tsv = zeekTsvReader();
    const row = form === 'names' ? ({ kind: 'name', name: text } as const) : readRow(text, tsv);
    if (row === undefined) continue;
    if (row.kind === 'bad') {
      bad++;
      if (firstBad === '') firstBad = `${file === '-' ? 'standard input' : file}, line ${String(number)}`;
    }
    rows.push(row);
    if (rows.length >= LINES_PER_BATCH) await writeRows();
  }
  await writeRows();
  line.end();
  if (bad > 0) {
    process.stderr.write(
      `${String(bad)} ${bad === 1 ? 'line is' : 'lines are'} no JSON object, the first: ${firstBad}\n`,
    );
  }
}

/** A line as a row; undefined for a header of a tab-separated log. */
function readRow(text: string, tsv: ZeekTsvReader | undefined): Row | undefined {
  if (tsv !== undefined) {
    const event = tsv.read(text);
    return event && { kind: 'event', event };
  }
  try {
    const event: unknown = JSON.parse(text);
    if (isEventObject(event)) return { kind: 'event', event, text };
  } catch {
    // Told on standard error with its line number; the line itself comes out unharmed.
  }
  return { kind: 'bad', text };
}
