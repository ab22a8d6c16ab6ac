import type { FastifyInstance, InjectOptions } from 'fastify';
import { expect } from '@jest/globals';
import { withoutField } from '../../src/core/event-field.ts';
import { ecsFormat, ZEEK_FORMAT } from '../../src/core/event-format.ts';
import { buildApp } from '../../src/http/app.ts';
import { isRequest, readItem } from '../../src/http/read-item.ts';
import type { Service } from '../../src/service.ts';
import { enrichedText, enrichEvents } from '../../src/service/enrich-events.ts';
import { readDuration } from '../../src/settings/kinds.ts';
import { isOrdered, type Case, type Event, type Item, type Request } from './cases.ts';
import type { Answered } from './compare.ts';
import { eventsOf, whyNotEvents } from './events-of-items.ts';

/** What came back for one name or event. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answered }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'problem'; readonly status: number };

/** One way into the service. */
export interface Door {
  readonly title: string;
  /** Why the door cannot carry a case; undefined when it can. */
  readonly whyNot: (golden: Case) => string | undefined;
  /** Opens the door of a service; the returned function asks. */
  readonly open: (service: Service) => Promise<Asking>;
}

interface Asking {
  ask(request: Request): Promise<readonly Outcome[]>;
  close(): Promise<void>;
}

const answered = (answer: unknown): Outcome => ({ kind: 'answer', answer: answer as Answered });
const itemsOf = ({ items = [] }: Request): readonly Item[] => items;
const isProblem = (value: unknown): value is { readonly status: number } =>
  typeof value === 'object' && value !== null && 'type' in value && String(value.type).startsWith('urn:domain-stats:');
const outcomeOf = (value: unknown): Outcome =>
  isProblem(value) ? { kind: 'problem', status: value.status } : answered(value);

const holdsEvents = ({ steps }: Case): string | undefined =>
  steps.some(({ request }) => request.events !== undefined) ? 'it asks for names, not for events' : undefined;

/** Doors that take one name a request: a list is asked item by item. */
function whyNotOneByOne(golden: Case, cannotAsk: (name: string) => string | undefined = () => undefined) {
  const { steps, state } = golden;
  if (!steps.every(({ request, now }) => isOrdered(request, now ?? state.now))) return 'the order of a list decides';
  const odd = steps.flatMap(({ request }) => itemsOf(request)).map(({ name }) => cannotAsk(name));
  return holdsEvents(golden) ?? odd.find((why) => why !== undefined);
}

/** `createService` and its `ask`, as a program that embeds the service calls it. */
const inProcess: Door = {
  title: 'service.ask',
  whyNot: holdsEvents,
  open: (service) =>
    Promise.resolve({
      async ask(request) {
        const read = itemsOf(request).map(readItem);
        const options = { contact: request.contact ?? true, waitMs: readDuration(request.wait) ?? 0 };
        const replies = await service.ask(read.filter(isRequest), options);
        let next = 0;
        return read.map((item): Outcome => {
          if (!isRequest(item)) return { kind: 'problem', status: item.status };
          const reply = replies[next++]!;
          const text: unknown = JSON.parse(reply.text(request.full));
          if (request.full !== true) expect(reply.object()).toEqual(text);
          return answered(text);
        });
      },
      close: () => Promise.resolve(),
    }),
};

/** The rest of an event must come back as it was. */
function outcomeOfEvent(given: Event, returned: Answered): Outcome {
  const bare = (event: Event) => withoutField(withoutField(event, 'domain_stats'), 'domain_stats_all');
  expect(bare(returned)).toEqual(bare(given));
  const { domain_stats: answer, domain_stats_all: all } = returned;
  if (answer === undefined || (answer as Answered)['status'] === undefined) return { kind: 'unchanged' };
  return answered({ ...(answer as Answered), ...(all === undefined ? {} : { domain_stats_all: all }) });
}

/** What the `enrich` command and the proxy go through. */
const enrichInProcess: Door = {
  title: 'enrichEvents',
  whyNot: ({ steps }) =>
    steps.some(({ request }) => !request.isList && /[^a-z0-9._-]|.{65}/.test(request.items?.[0]?.scope ?? ''))
      ? 'scopes are checked before'
      : whyNotEvents(steps),
  open(service) {
    const enrich = enrichEvents(service.ask, service.finishedName);
    return Promise.resolve({
      async ask(request) {
        const { events, scope } = eventsOf(request);
        const { fields = service.settings.fields, format, contact = true, wait, all = false } = request;
        const enriched = await enrich(events, {
          format: format === 'zeek' ? ZEEK_FORMAT : ecsFormat(fields),
          contact,
          waitMs: readDuration(wait) ?? 0,
          all,
          ...(scope === undefined ? {} : { scope }),
        });
        return events.map((event, i) =>
          outcomeOfEvent(event, JSON.parse(enrichedText(event, enriched[i])) as Answered),
        );
      },
      close: () => Promise.resolve(),
    });
  },
};

/** A door of the HTTP application. */
function httpDoor(
  title: string,
  whyNot: Door['whyNot'],
  ask: (app: FastifyInstance, request: Request) => Promise<readonly Outcome[]>,
): Door {
  return {
    title,
    whyNot,
    async open(service) {
      const app = await buildApp(service);
      return { ask: (request) => ask(app, request), close: () => app.close() };
    },
  };
}

const parameters = (given: Readonly<Record<string, string | boolean | undefined>>): string => {
  const pairs = Object.entries(given).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)] as [string, string])).toString();
  return text === '' ? '' : `?${text}`;
};

const optionsOf = ({ contact, wait, full }: Request) => ({ contact, wait, full });

/** Sends a request and reads its JSON, or its problem. */
async function send(app: FastifyInstance, request: InjectOptions): Promise<unknown> {
  const { statusCode, headers, body } = await app.inject(request);
  if (statusCode !== 200) {
    expect(headers['content-type']).toBe('application/problem+json');
    const problem = JSON.parse(body) as { status: number };
    expect(problem.status).toBe(statusCode);
    return problem;
  }
  if (headers['content-type'] === 'application/x-ndjson') {
    return body
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  }
  expect(headers['content-type']).toBe('application/json');
  return JSON.parse(body);
}

const oneByOne = async (request: Request, ask: (item: Item) => Promise<unknown>): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const item of itemsOf(request)) outcomes.push(outcomeOf(await ask(item)));
  return outcomes;
};

const inPath = httpDoor(
  'GET /v1/domains/{name}',
  (golden) =>
    whyNotOneByOne(golden, (name) =>
      /^\.{0,2}$/.test(name) ? 'a path cannot hold an empty name or dots alone' : undefined,
    ),
  (app, request) =>
    oneByOne(request, ({ name, ...event }) =>
      send(app, { url: `/v1/domains/${encodeURIComponent(name)}${parameters({ ...event, ...optionsOf(request) })}` }),
    ),
);

const inQuery = httpDoor(
  'GET /v1/domains?name=',
  (golden) => whyNotOneByOne(golden),
  (app, request) =>
    oneByOne(request, (item) => send(app, { url: `/v1/domains${parameters({ ...item, ...optionsOf(request) })}` })),
);

const posted = (request: Request, payload: string, contentType: string): InjectOptions => ({
  method: 'POST',
  url: `/v1/domains${parameters(optionsOf(request))}`,
  headers: { 'content-type': contentType },
  payload,
});

const postOne = httpDoor(
  'POST /v1/domains, one',
  (golden) => whyNotOneByOne(golden),
  (app, request) => oneByOne(request, (item) => send(app, posted(request, JSON.stringify(item), 'application/json'))),
);

const postArray = httpDoor('POST /v1/domains, array', holdsEvents, async (app, request) => {
  const body = await send(app, posted(request, JSON.stringify(itemsOf(request)), 'application/json'));
  return (body as unknown[]).map(outcomeOf);
});

const postLines = httpDoor('POST /v1/domains, NDJSON', holdsEvents, async (app, request) => {
  const lines = itemsOf(request).map((item) => JSON.stringify(item) + '\n');
  const body = await send(app, posted(request, lines.join(''), 'application/x-ndjson'));
  return (body as unknown[]).map(outcomeOf);
});

/** A door of `/v1/events`; `encode` makes the body of a list of events. */
function eventDoor(form: string, encode: (events: readonly Event[]) => string, contentType: string): Door {
  return httpDoor(
    `POST /v1/events, ${form}`,
    ({ steps }) => whyNotEvents(steps),
    async (app, request) => {
      const { events, scope } = eventsOf(request);
      const { contact, wait, all, format, fields } = request;
      const url = `/v1/events${parameters({ scope, contact, wait, all, format, fields: fields?.join(',') })}`;
      const payload = encode(events);
      const body = await send(app, { method: 'POST', url, headers: { 'content-type': contentType }, payload });
      return isProblem(body)
        ? [outcomeOf(body)]
        : [body].flat().map((event, i) => outcomeOfEvent(events[i]!, event as Answered));
    },
  );
}

const eventArray = eventDoor('array', (events) => JSON.stringify(events), 'application/json');
const eventLines = eventDoor(
  'NDJSON',
  (events) => events.map((event) => JSON.stringify(event) + '\n').join(''),
  'application/x-ndjson',
);
const eventAlone = eventDoor('one', ([event]) => JSON.stringify(event), 'application/json');
const oneEvent: Door = {
  ...eventAlone,
  whyNot: ({ steps }) =>
    steps.some(({ request }) => request.isList) ? 'a list takes an array or NDJSON' : whyNotEvents(steps),
};

export const DOORS: readonly Door[] = [
  inProcess,
  inPath,
  inQuery,
  postOne,
  postArray,
  postLines,
  enrichInProcess,
  oneEvent,
  eventArray,
  eventLines,
];
