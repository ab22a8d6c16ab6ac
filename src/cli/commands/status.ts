import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { countInWords, sizeInWords, spanInWords } from '../../core/in-words.ts';
import { isModelSet } from '../../datasets/generations.ts';
import { VERSION } from '../../program.ts';
import type { Service } from '../../service.ts';
import { listContacts } from '../../stores/contact-list.ts';
import { readMeta, type Meta } from '../../stores/meta.ts';
import { runningProcesses, type RunningProcess } from '../../stores/processes.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { withService } from '../with-service.ts';

export function statusCommand(): Command {
  const command = new Command('status')
    .description('What the data directory holds and what it lacks, at a glance. Works beside a running server.')
    .addOption(new Option('--json', 'as one JSON object'))
    .addHelpText('after', '\nExample:\n  domain-stats status');
  return withSettings(command, ['data']).action(async ({ json, ...flags }: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    if (!existsSync(join(settings.data, 'meta.json'))) {
      throw new Error(
        `There is no data directory in ${settings.data} yet; \`domain-stats serve\` makes it, or name another with --data.`,
      );
    }
    const processes = runningProcesses(settings.data);
    await withService({ ...settings, contacts: '', lookups: false }, { runLookups: false }, (service) => {
      const status = statusOf(service, readMeta(settings.data), processes);
      process.stdout.write(json === true ? JSON.stringify(status) + '\n' : inWords(status));
    });
  });
}

type Status = ReturnType<typeof statusOf>;
type FactsStatus = NonNullable<ReturnType<typeof factsOf>['facts']>;

/** The figures of `--json`; ages in seconds, sizes in bytes. */
function statusOf(service: Service, meta: Meta, processes: readonly RunningProcess[]) {
  const now = service.now();
  const [newest] = listContacts(service.contacts);
  const suppressions = service.suppressions.list();
  const sets = service.dataSets();
  return {
    version: VERSION,
    data: service.settings.data,
    schema: meta.schema,
    created: meta.created,
    now: new Date(now).toISOString(),
    processes,
    stores: service.storeSizes(),
    newest_first_contact: newest && { domain: newest.domain, scope: newest.scope, first_seen: newest.first_seen },
    suppressions_in_force: suppressions.filter(({ in_force: inForce }) => inForce).length,
    data_sets: service.dataDates().map(({ name, version, date }) => ({
      name,
      version,
      origin: originOf(name, sets),
      ...(date === undefined ? {} : { age_seconds: Math.round((now - date) / 1000) }),
    })),
    trained: sets.flatMap(({ name, generation, about }) =>
      isModelSet(name) && about !== undefined ? [{ name, generation, source: about.source, names: about.rows }] : [],
    ),
    not_in_use: sets.filter(({ inUse }) => !inUse).map(({ name }) => name),
    ...factsOf(service),
    problems: sets.flatMap(({ name, problem }) => (problem === undefined ? [] : [{ data: name, problem }])),
    missing: service.dataDates().some(({ name }) => name === 'ranks') ? [] : MISSING_RANKS,
  };
}

/** What is shared through a search engine, if anything ever was. */
function factsOf(service: Service) {
  const lag = service.factsLag();
  if (lag === undefined) return {};
  const { waiting, dropped, staleMs, written, executed, problem } = lag;
  const time = (ms: number) => new Date(ms).toISOString();
  return {
    facts: {
      waiting,
      dropped,
      stale_seconds: Math.round(staleMs / 1000),
      ...(written === undefined ? {} : { written: time(written) }),
      ...(executed === undefined ? {} : { policy_executed: time(executed) }),
      ...(problem === undefined ? {} : { problem }),
    },
  };
}

function factsInWords({ waiting, dropped, stale_seconds: stale, written, problem }: FactsStatus): string {
  const parts = [
    waiting === 0 ? 'all written' : `${countInWords(waiting)} wait`,
    ...(stale === 0 ? [] : [`pipelines are ${spanInWords(stale * 1000)} behind`]),
    ...(dropped === 0 ? [] : [`${countInWords(dropped)} dropped; \`domain-stats facts\` brings them`]),
    ...(problem === undefined ? (written === undefined ? ['nothing yet'] : []) : [problem]),
  ];
  return parts.join(', ');
}

/** The generation of a data set: `embedded` for what came with the program. */
function originOf(name: string, sets: ReturnType<Service['dataSets']>): string {
  const inUse = sets.find((set) => set.inUse && (set.name === name || set.name.startsWith(`${name}-`)));
  return inUse?.generation ?? 'embedded';
}

/** What an installation without ranks cannot tell, and what brings them. */
const MISSING_RANKS = [
  { what: 'ranks', so: 'no rank and no look-alike is told', command: 'domain-stats import ranks FILE --list NAME' },
];

/** Data sets that `update` fetches; older than so many seconds, they are worth a word. */
const UPDATED = new Set(['suffixes', 'tlds', 'rdap', 'ranks']);
const OLD_SECONDS = 60 * 86_400;

function inWords(status: Status): string {
  const now = Date.parse(status.now);
  const ago = (time: string) => `${spanInWords(now - Date.parse(time))} ago`;
  const store = (name: string) => status.stores.find((size) => size.store === name);
  const sized = (name: string, more: string) => {
    const { entries = 0, bytes = 0 } = store(name) ?? {};
    return `${countInWords(entries).padStart(12)}  ${sizeInWords(bytes).padEnd(9)} ${more}`.trimEnd();
  };
  const { newest_first_contact: newest } = status;
  const contact = newest && `newest ${newest.domain} (${newest.scope}), ${ago(newest.first_seen)}`;
  const waiting = store('wishes')?.entries ?? 0;
  const expired = (store('suppressions')?.entries ?? 0) - status.suppressions_in_force;
  const servers = status.processes.filter(({ command }) => command === 'serve');
  const rows: [string, string][] = [
    [
      'Server',
      servers.length === 0
        ? 'not running'
        : servers.map(({ pid, since }) => `process ${String(pid)}, started ${ago(since)}`).join('; '),
    ],
    ['Contacts', sized('contacts', contact ?? 'none yet')],
    ['Registrations', sized('registrations', waiting === 0 ? '' : `${countInWords(waiting)} wait for their look-up`)],
    ['Suppressions', sized('suppressions', expired === 0 ? '' : `${countInWords(expired)} of them expired`)],
    ...(status.facts === undefined ? [] : [['Facts index', factsInWords(status.facts)] as [string, string]]),
    ...status.data_sets.map(({ name, version, origin, age_seconds: age }): [string, string] => [
      `Data: ${name}`,
      age === undefined
        ? `${version} (${origin})`
        : `${version} (${origin}), ${spanInWords(age * 1000)} old${age > OLD_SECONDS && UPDATED.has(name) ? '; `domain-stats update` fetches newer' : ''}`,
    ]),
    ...status.trained.map(({ name, generation, source, names }): [string, string] => [
      `Data: ${name}`,
      `trained on ${countInWords(names)} names of ${source} (${generation})`,
    ]),
    ...status.problems.map(({ data, problem }): [string, string] => [`Data: ${data}`, problem]),
    ...status.missing.map(({ what, so, command }): [string, string] => [
      `Data: ${what}`,
      `none: ${so}; \`${command}\` brings them`,
    ]),
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  const head = `domain-stats ${status.version}, data in ${status.data}, made ${ago(status.created)}\n\n`;
  return head + rows.map(([title, text]) => `${title.padEnd(width)}  ${text}\n`).join('');
}
