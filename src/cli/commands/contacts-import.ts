import { Command, Option } from 'commander';
import { ecsFormat, ZEEK_FORMAT } from '../../core/event-format.ts';
import { isEventObject } from '../../core/event-field.ts';
import type { Service } from '../../service.ts';
import { contactsOfNames, usedNameOf } from '../../service/learn-contacts.ts';
import type { ContactRow } from '../../stores/contact-list.ts';
import { readContactRow } from '../../stores/contact-transfer.ts';
import { ENGINE_SETTINGS } from '../engine-settings.ts';
import { learnFromIndex } from '../learn-from-index.ts';
import { inputLines, type ReadProgress } from '../line-reader.ts';
import { progressLine } from '../progress.ts';
import { withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withContacts } from '../with-service.ts';
import { ROWS_PER_WRITE, writeContacts } from '../write-contacts.ts';
import { isZeekTsvHeader, zeekTsvReader, type ZeekTsvReader } from '../zeek-tsv.ts';

/** Bad lines that are named one by one. */
const NAMED_BAD_LINES = 10;

interface ImportFlags extends Record<string, unknown> {
  from?: string;
  index?: string;
  field?: string[];
  timeField: string;
  zeek?: boolean;
  events?: boolean;
  scope: string;
}

/** A line as the contact it makes; undefined for a line that makes none. */
type ReadLine = (text: string, file: string) => ContactRow | { readonly error: string } | undefined;

export function importContactsCommand(): Command {
  const command = new Command('import')
    .description(
      'Merge contacts from exports, logs or an index; the earlier first time wins. Bad lines are passed over.',
    )
    .argument('[files...]', 'files (also .gz); standard input without one, or for -')
    .addOption(new Option('--zeek', 'the files are Zeek logs, JSON or tab-separated').conflicts(['events', 'from']))
    .addOption(new Option('--events', 'the files are events (ECS), one a line').conflicts('from'))
    .addOption(
      new Option('--from <URL>', 'learn from what this search engine has; goes on where it was when run again'),
    )
    .addOption(new Option('--index <PATTERN>', 'with --from: indices, aliases or data streams'))
    .addOption(new Option('--field <FIELDS...>', 'with --from: keyword fields that hold names'))
    .addOption(new Option('--time-field <FIELD>', 'with --from: when the name was in use').default('@timestamp'))
    .addOption(new Option('--scope <SCOPE>', 'whose contacts those of logs and indices are').default('default'))
    .addHelpText(
      'after',
      '\nExamples:\n  domain-stats contacts import contacts.ndjson\n  domain-stats contacts import --zeek dns.*.log.gz\n' +
        '  domain-stats contacts import --from http://127.0.0.1:9200 --index "logs-*" --field dns.question.name',
    );
  return withSettings(command, ['data', 'fields', ...ENGINE_SETTINGS]).action((files: string[], flags: ImportFlags) => {
    const { from, index, field, timeField, zeek, events, scope, ...given } = flags;
    if (!/^[a-z0-9._-]{1,64}$/.test(scope)) throw new UsageError('--scope: must match [a-z0-9._-]{1,64}');
    if (from !== undefined) {
      if (index === undefined || field === undefined) throw new UsageError('--from: give --index and --field too');
      if (!/^https?:\/\/[^\s/@]+/.test(from)) throw new UsageError('--from: must be a URL such as http://es:9200');
      const query = { index, fields: field.flatMap((each) => each.split(',')), timeField };
      return withContacts(given, async (service) => {
        const { names, added, contacts, withoutTime } = await learnFromIndex(service, from, query, scope);
        report(
          `${String(names)} names, ${String(added)} new, ${String(contacts - added)} merged, ${String(withoutTime)} without a time`,
        );
      });
    }
    return withContacts(given, (service) => {
      if (zeek !== true && events !== true) return importFiles(service, files, readContactRow);
      return importFiles(service, files, eventReader(service, zeek === true, scope));
    });
  });
}

const report = (counts: string) => process.stderr.write(`contacts: ${counts}\n`);

/** Reads lines of logs; a log may change its columns from file to file. */
function eventReader(service: Service, isZeek: boolean, scope: string): ReadLine {
  const format = isZeek ? ZEEK_FORMAT : ecsFormat(service.settings.fields);
  const learning = { scope, list: service.suffixListId(), now: Date.now() };
  let tsv: ZeekTsvReader | undefined;
  let tsvFile = '';
  return (text, file) => {
    if (file !== tsvFile) [tsv, tsvFile] = [undefined, file];
    if (isZeek && tsv === undefined && isZeekTsvHeader(text)) tsv = zeekTsvReader();
    const event = tsv === undefined ? parsed(text) : tsv.read(text);
    if (event === undefined) return undefined;
    if (!isEventObject(event)) return { error: 'not a JSON object' };
    const used = usedNameOf(event, format, service.finishedName);
    return used && contactsOfNames([used], learning, service.finishedName)[0];
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function importFiles(service: Service, files: readonly string[], readLine: ReadLine): Promise<void> {
  const progress: ReadProgress = { read: 0, total: undefined };
  const line = progressLine('contacts', progress);
  let added = 0;
  let read = 0;
  let bad = 0;
  let rows: ContactRow[] = [];
  const write = async () => {
    added += await writeContacts(service, rows);
    line.add(rows.length);
    rows = [];
  };
  for await (const { text, file, number } of inputLines(files, progress)) {
    if (text.trim() === '') continue;
    const row = readLine(text, file);
    if (row === undefined) continue;
    if ('error' in row) {
      if (++bad <= NAMED_BAD_LINES) process.stderr.write(`${file}, line ${String(number)}: ${row.error}\n`);
      continue;
    }
    read++;
    rows.push(row);
    if (rows.length >= ROWS_PER_WRITE) await write();
  }
  await write();
  line.end();
  const counts = `${String(read)} read, ${String(added)} new, ${String(read - added)} merged, ${String(bad)} bad`;
  process.stderr.write(`contacts: ${counts}\n`);
  if (bad > 0) process.exitCode = 1;
}
