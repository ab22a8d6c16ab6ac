import type { EventObject } from '../core/event-field.ts';
import { caughtNames, generatedNames, phishingWave, tunnel } from './attacks.ts';
import { contentDelivery, ended, hostedPages, justSeen, ownNetwork, ownSpellings, startups } from './bystanders.ts';
import { drawFrom } from './draw.ts';
import { habits } from './habits.ts';
import { clientsOfBothSites, DAY_MS, eventOf, type Stage, type Visit } from './scene.ts';
import type { Site } from './sites.ts';

/** A week of events and what has to be known to answer them. */
export interface DemoWeek {
  /** In the order of time, without answers. */
  readonly events: readonly EventObject[];
  /** What was seen before the week: contacts that are none of its first ones. */
  readonly before: readonly EventObject[];
  readonly sites: readonly Site[];
}

/** A week that ends at `end` (milliseconds since the epoch); the same seed gives the same week. */
export function demoWeek(seed: number, end: number): DemoWeek {
  const stage: Stage = { draw: drawFrom(seed), start: end - 7 * DAY_MS, end, clients: clientsOfBothSites() };
  const daily = habits(stage);
  const scenes = [
    daily,
    ...[phishingWave, generatedNames, tunnel, caughtNames, contentDelivery, hostedPages].map((scene) => scene(stage)),
    ...[startups, ownSpellings, ended, justSeen, ownNetwork].map((scene) => scene(stage)),
  ];
  const sites = new Map(scenes.flatMap((scene) => scene.sites.map((site) => [site.domain, site])));
  const visits = scenes.flatMap((scene) => scene.visits).filter(({ at }) => at < end);
  return { events: inOrder(visits), before: inOrder(daily.known, 1_000_000), sites: [...sites.values()] };
}

const inOrder = (visits: readonly Visit[], from = 1): EventObject[] =>
  [...visits].sort((a, b) => a.at - b.at).map((visit, i) => eventOf(visit, from + i));
