import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { isEventObject, type EventObject } from '../../core/event-field.ts';
import { ecsFormat, ZEEK_FORMAT } from '../../core/event-format.ts';
import { AnswerSchema } from '../../schema/answer.ts';
import { SCOPE_PATTERN } from '../../schema/request.ts';
import type { Service } from '../../service.ts';
import { enrichedText, enrichEvents, type EnrichOptions } from '../../service/enrich-events.ts';
import { BadLine, itemTexts, readBody } from '../body.ts';
import { Problem, Refusal } from '../problems.ts';
import { one, readFlag, readOptions, readScope, refuseUnknown, type Query } from '../query.ts';
import { sendJson, sendLines } from '../send-json.ts';

const PARAMETERS = ['fields', 'format', 'all', 'scope', 'contact', 'wait'] as const;
/** Far more than any event has; each costs a walk through every event. */
const MAX_FIELDS = 64;

const parameters = Type.Object({
  fields: Type.Optional(
    Type.String({ description: 'Fields that may hold a name, comma-separated, in place of those of the setting.' }),
  ),
  format: Type.Optional(Type.Enum(['ecs', 'zeek'], { description: 'What the events look like.', default: 'ecs' })),
  all: Type.Optional(Type.Boolean({ description: 'true: answer every name, in `domain_stats_all`.', default: false })),
  scope: Type.Optional(Type.String({ pattern: SCOPE_PATTERN, description: 'Whose first contact, for all events.' })),
  contact: Type.Optional(Type.Boolean({ description: 'false: leave no contact.', default: true })),
  wait: Type.Optional(Type.String({ description: 'Wait up to this long for unknown registrations, e.g. `250ms`.' })),
});
const event = Type.Object({}, { additionalProperties: true });
const enriched = Type.Object(
  { domain_stats: Type.Optional(AnswerSchema), domain_stats_all: Type.Optional(Type.Array(AnswerSchema)) },
  { additionalProperties: true },
);

/** `/v1/events`: whole events come back with `domain_stats` in them, everything else as it was sent. */
export function eventRoutes(app: FastifyInstance, service: Service): void {
  const { batchMax } = service.settings;
  const enrich = enrichEvents(service.ask, service.finishedName);

  app.post<{ Body: string | undefined; Querystring: Query }>(
    '/v1/events',
    {
      schema: {
        summary: 'Events with their facts: a JSON object, an array or NDJSON, answered in the same form and order',
        tags: ['events'],
        body: Type.Union([event, Type.Array(event)]),
        querystring: parameters,
        response: { 200: Type.Union([enriched, Type.Array(enriched)]) },
      },
    },
    async (request, reply) => {
      refuseUnknown(request.query, PARAMETERS);
      const options = readEnrichOptions(request.query, service);
      const body = readBody(request.body, request.headers['content-type']);
      const items = body.form === 'one' ? [body.item] : body.items;
      if (items.length > batchMax) {
        const count = String(items.length);
        throw new Refusal(
          'batch-too-large',
          `${count} events; at most ${String(batchMax)} in one request (batch_max).`,
        );
      }
      if (body.form === 'one' && !isEventObject(body.item)) throw new Refusal('bad-item', problemOf(body.item).detail);
      const texts = await enrichedTexts(items, itemTexts(request.body ?? '', body.form), options);
      if (body.form === 'lines') sendLines(reply, texts);
      else sendJson(reply, body.form === 'one' ? (texts[0] ?? '') : `[${texts.join(',')}]`);
    },
  );

  /** Each item's own text with its facts; a problem in the place of an item that is no event. */
  async function enrichedTexts(items: readonly unknown[], texts: readonly string[], options: EnrichOptions) {
    const events: EventObject[] = items.filter(isEvent);
    const found = await enrich(events, options);
    let next = 0;
    return items.map((item, index) =>
      isEvent(item) ? enrichedText(item, found[next++], texts[index]) : JSON.stringify(problemOf(item)),
    );
  }
}

const isEvent = (item: unknown): item is EventObject => isEventObject(item) && !(item instanceof BadLine);

const problemOf = (item: unknown): Problem =>
  new Problem(
    'bad-item',
    item instanceof BadLine
      ? item.reason
      : 'An event must be a JSON object such as {"dns": {"question": {"name": "example.com"}}}.',
  );

function readEnrichOptions(query: Query, { settings }: Service): EnrichOptions {
  const { contact, waitMs } = readOptions(query, settings.maxWait);
  const scope = readScope(query);
  const format = one(query, 'format') ?? 'ecs';
  if (format !== 'ecs' && format !== 'zeek') {
    throw new Refusal('bad-parameter', `format: must be ecs or zeek; it is ${JSON.stringify(format.slice(0, 80))}.`);
  }
  const fields = readFields(one(query, 'fields'));
  const base = format === 'zeek' ? ZEEK_FORMAT : ecsFormat(settings.fields);
  return {
    format: fields === undefined ? base : { ...base, fields },
    contact,
    waitMs,
    all: readFlag('all', query['all']) ?? false,
    ...(scope === undefined ? {} : { scope }),
  };
}

function readFields(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const fields = text.split(',').map((field) => field.trim());
  if (fields.includes('') || fields.length > MAX_FIELDS) {
    throw new Refusal(
      'bad-parameter',
      `fields: must be 1 to ${String(MAX_FIELDS)} field names with commas between, such as dns.question.name,url.domain.`,
    );
  }
  return fields;
}
