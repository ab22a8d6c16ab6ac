import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ecsFormat } from '../core/event-format.ts';
import type { EventObject } from '../core/event-field.ts';
import { lookalikeIndex } from '../core/lookalike.ts';
import { trainTrigramModel } from '../core/trigram-training.ts';
import { openSnapshot } from '../datasets/snapshot.ts';
import { ordinaryLabels, type Site } from '../demo/sites.ts';
import type { DemoWeek } from '../demo/week.ts';
import { createService, type Service } from '../service.ts';
import { enrichedText, enrichEvents, type EnrichOptions } from '../service/enrich-events.ts';
import { defaultSettings } from '../settings/keys.ts';
import type { NameData } from '../sources/name-source.ts';
import { mergeRegistrations } from '../stores/merge-registrations.ts';

const EVENTS_PER_BATCH = 500;

/**
 * The events of a demo week as the service answers them: with the demo's rank list and registrations, in a data
 * directory of its own that is gone afterwards, and without asking any registry.
 */
export async function* answeredWeek(week: DemoWeek, end: number): AsyncGenerator<string> {
  const data = await mkdtemp(join(tmpdir(), 'domain-stats-demo-'));
  // Look-ups are on, so that unknown registrations are pending; none is made here.
  const settings = { ...defaultSettings(), data, lookups: true };
  const options = { clock: () => end, nameData: nameDataOf(week.sites, end), runLookups: false, command: 'demo' };
  const service = createService(settings, options);
  const enrich = enrichEvents(service.ask, service.finishedName);
  const how: EnrichOptions = { format: ecsFormat(settings.fields), contact: true, waitMs: 0, all: false };
  try {
    await knowSites(service, week.sites);
    for (const batch of batchesOf(week.before)) await enrich(batch, how);
    for (const batch of batchesOf(week.events)) {
      const enrichments = await enrich(batch, how);
      for (const [i, event] of batch.entries()) yield enrichedText(event, enrichments[i]);
    }
  } finally {
    await service.close();
    await rm(data, { recursive: true, force: true });
  }
}

function* batchesOf(events: readonly EventObject[]): Generator<readonly EventObject[]> {
  for (let from = 0; from < events.length; from += EVENTS_PER_BATCH) yield events.slice(from, from + EVENTS_PER_BATCH);
}

async function knowSites({ registrations }: Service, sites: readonly Site[]): Promise<void> {
  const rows = sites.flatMap(({ domain, record }) => (record === undefined ? [] : [[domain, record] as const]));
  await mergeRegistrations(registrations, rows);
}

/** The demo's rank list, with the guarded brands and the model of ordinary labels that an imported list would give. */
function nameDataOf(sites: readonly Site[], end: number): Partial<NameData> {
  const ranked = sites.flatMap(({ domain, rank }) => (rank === undefined ? [] : [{ domain, rank }]));
  const ranks = new Map(ranked.map(({ domain, rank }) => [domain, rank]));
  const best = ranked.filter(({ rank }) => rank <= 1000).sort((a, b) => a.rank - b.rank);
  const randomness = trainTrigramModel(ordinaryLabels());
  return {
    ranks: {
      name: 'demo',
      date: `${new Date(end).toISOString().slice(0, 10)}T00:00:00.000Z`,
      rankOf: (domain) => ranks.get(domain),
    },
    lookalikes: lookalikeIndex(best, openSnapshot().suffixes()),
    ...(randomness === undefined ? {} : { randomness }),
  };
}
