import { Command } from 'commander';
import { connectEngine } from '../../elastic/connect.ts';
import type { Engine } from '../../elastic/engine.ts';
import { addFacts, type DomainFacts } from '../../elastic/facts/document.ts';
import { executePolicy, writeAllFacts } from '../../elastic/facts/write.ts';
import { assetNames } from '../../elastic/setup/names.ts';
import type { Service } from '../../service.ts';
import { contactKey, partsOfContactKey } from '../../stores/contact-tables.ts';
import { ENGINE_SETTINGS } from '../engine-settings.ts';
import type { ReadProgress } from '../line-reader.ts';
import { progressLine } from '../progress.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { withStores } from '../with-service.ts';

/** An engine that starts again is waited for. */
const RETRY_MS = 120_000;
const PER_WRITE = 500;

export function factsCommand(): Command {
  const command = new Command('facts')
    .description('Bring all that is known of registered domains into the facts index of the search engine.')
    .addHelpText(
      'after',
      '\nA server with --share-facts keeps the index up to date; this fills it the first time, and after a loss.\n' +
        'Facts that are there already are left alone.\n' +
        '\nExample:\n  domain-stats facts --elasticsearch-url http://127.0.0.1:9200',
    );
  return withSettings(command, [...ENGINE_SETTINGS, 'prefix', 'data', 'zones', 'rankList']).action(
    async (flags: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      const { factsIndex, enrichPolicy } = assetNames(settings.prefix);
      await withStores(settings, async (service) => {
        const engine = await connectEngine(settings, { retryMs: RETRY_MS });
        try {
          const { changed, refused, problem } = await writeAll(service, engine, factsIndex);
          if (changed > 0 && engine.product === 'elasticsearch') await executePolicy(engine, factsIndex, enrichPolicy);
          process.stdout.write(`${String(changed)} written, ${String(refused)} refused\n`);
          if (problem !== undefined) process.stderr.write(`domain-stats: ${problem}\n`);
          if (refused > 0) process.exitCode = 1;
        } finally {
          await engine.close();
        }
      });
    },
  );
}

async function writeAll(service: Service, engine: Engine, index: string) {
  const progress: ReadProgress = { read: 0, total: service.registrations.records.count() };
  const line = progressLine('registrations', progress);
  let [changed, refused, problem] = [0, 0, undefined as string | undefined];
  const batch = new Map<string, DomainFacts>();

  async function write(): Promise<void> {
    const result = await writeAllFacts(engine, index, [...batch.values()]);
    changed += result.changed;
    refused += result.refused;
    problem = result.problem ?? problem;
    batch.clear();
  }

  function onRegistration(): void {
    progress.read++;
    line.add(1);
  }

  for (const domain of domainsOf(service, onRegistration)) {
    for (const facts of service.knownFacts(domain)) addFacts(batch, facts);
    if (batch.size >= PER_WRITE) await write();
  }
  await write();
  line.end();
  return { changed, refused, problem };
}

/** Registered domains by either section: those of registrations, and the tenants among the contacts. */
function* domainsOf(service: Service, onRegistration: () => void): Generator<string> {
  for (const [domain] of service.registrations.records.entries()) {
    onRegistration();
    yield domain;
  }
  const start = contactKey('default', '');
  for (const [key] of service.contacts.contacts.entries({ start })) {
    const { scope, domain } = partsOfContactKey(key);
    if (scope !== 'default') return;
    const { parsed } = service.finishedName(domain);
    if (parsed.kind === 'domain' && parsed.domain !== parsed.registrationDomain) yield domain;
  }
}
