import type { FinishedName } from '../core/answer-parts.ts';
import { isEventObject, type EventObject } from '../core/event-field.ts';
import { ecsFormat, type EventFormat } from '../core/event-format.ts';
import type { Answer } from '../schema/answer.ts';
import type { Answering, Reply } from './answer-names.ts';
import { enrichedText, enrichEvents, mainNameOf, type Enrichment, type EnrichOptions } from './enrich-events.ts';
import { neverLess, pendingOf, type FormerAnswer } from './never-less.ts';

/** A stored document. */
export interface StoredDocument {
  readonly id: string;
  readonly source: EventObject;
  /** The source as it is stored. */
  readonly text: string;
}

/** How a document is asked about; those that are asked alike are asked together. */
interface Way {
  readonly options: EnrichOptions;
  readonly places: number[];
}

/** The name that was found before, for documents in which our fields hold none, or another one first. */
const NAME_FOUND = 'domain_stats.name';

/**
 * Completes documents that have something pending: their new texts, undefined where nothing more is known than before.
 * Contacts are decided only where they are pending, over all documents given, by event time.
 */
export function completeDocuments(
  ask: Answering,
  finishedName: (name: string) => FinishedName,
  fields: readonly string[],
): (documents: readonly StoredDocument[]) => Promise<readonly (string | undefined)[]> {
  const enrich = enrichEvents(ask, finishedName);
  const ours = ecsFormat(fields);
  const beforeOurs = ecsFormat([NAME_FOUND, ...fields]);
  const isOurs = (source: EventObject, name: unknown): boolean => {
    const found = mainNameOf(source, ours, finishedName);
    return found !== undefined && (typeof name !== 'string' || finishedName(name).parsed.name === found);
  };
  const formatOf = (source: EventObject, former: Answers) => (isOurs(source, former.main['name']) ? ours : beforeOurs);
  return async (documents) => {
    const texts = new Array<string | undefined>(documents.length).fill(undefined);
    const formers = documents.map(({ source }) => formerAnswers(source));
    for (const { options, places } of waysOf(documents, formers, formatOf)) {
      const events = places.map((place) => asEvent(documents[place], formers[place]));
      const enriched = await enrich(events, options);
      places.forEach((place, i) => {
        const [document, former, enrichment] = [documents[place], formers[place], enriched[i]];
        if (document === undefined || former === undefined || enrichment === undefined) return;
        const completed = completion(former, enrichment);
        if (pendingIn(completed) >= pendingIn(former)) return;
        const all = completed.all === undefined ? {} : { all: completed.all.map(replyOf) };
        texts[place] = enrichedText(
          document.source,
          { main: replyOf(completed.main), ...all, kept: {} },
          document.text,
        );
      });
    }
    return texts;
  };
}

/** What stands in a document, of the name that matters and, where all were asked for, of each of its names. */
interface Answers {
  readonly main: FormerAnswer;
  readonly all?: readonly FormerAnswer[];
}

const pendingIn = ({ main, all = [] }: Answers): number =>
  [main, ...all].reduce((count, answer) => count + pendingOf(answer).length, 0);

/** The new answers with all that the former ones had, also of names that are not asked about any more. */
function completion(former: Answers, { main, all }: Enrichment): Answers {
  const answer = neverLess(former.main, main.object());
  if (all === undefined) return { main: answer };
  const answers = all.map((reply) => reply.object());
  const formerOf = (name: string) => former.all?.find((item) => item['name'] === name) ?? {};
  const others = former.all?.filter((item) => !answers.some(({ name }) => name === item['name'])) ?? [];
  return { main: answer, all: [...answers.map((each) => neverLess(formerOf(each.name), each)), ...others] };
}

const replyOf = (answer: FormerAnswer): Reply => ({
  object: () => answer as unknown as Answer,
  text: () => JSON.stringify(answer),
});

/** The engine's id of a document stands in for the event's own, and the answer stands nested. */
const asEvent = (document: StoredDocument | undefined, former: Answers | undefined): EventObject => ({
  ...document?.source,
  domain_stats: former?.main,
  _id: document?.id,
});

function waysOf(
  documents: readonly StoredDocument[],
  formers: readonly Answers[],
  formatOf: (source: EventObject, former: Answers) => EventFormat,
): Iterable<Way> {
  const ways = new Map<string, Way>();
  documents.forEach(({ source }, place) => {
    const former = formers[place] ?? { main: {} };
    const contact = [former.main, ...(former.all ?? [])].some((answer) => pendingOf(answer).includes('contact'));
    const all = former.all !== undefined;
    const format = formatOf(source, former);
    const key = `${String(contact)} ${String(all)} ${format.fields.join()}`;
    let way = ways.get(key);
    if (way === undefined) ways.set(key, (way = { options: { format, contact, all, waitMs: 0 }, places: [] }));
    way.places.push(place);
  });
  return ways.values();
}

/** The answers that stand in a document, the first nested or under dotted keys. */
function formerAnswers(source: EventObject): Answers {
  const answer: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    if (key === 'domain_stats' && isEventObject(value)) Object.assign(answer, value);
    if (key.startsWith('domain_stats.')) setAt(answer, key.split('.').slice(1), value);
  }
  const all: unknown = source['domain_stats_all'];
  return { main: answer, ...(Array.isArray(all) ? { all: all.filter(isEventObject) } : {}) };
}

function setAt(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = { ...(isEventObject(target[key]) ? target[key] : {}) };
  setAt(inner, rest, value);
  target[key] = inner;
}
