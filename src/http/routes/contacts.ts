import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { readTime } from '../../core/event-time.ts';
import { ContactPageSchema, type ContactAnswer } from '../../schema/contact.ts';
import { SCOPE_PATTERN } from '../../schema/request.ts';
import type { ContactRow, Service } from '../../service.ts';
import { Refusal } from '../problems.ts';
import { one, readLimit, readScope, refuseUnknown, type Query } from '../query.ts';
import { sendJson } from '../send-json.ts';

const PARAMETERS = ['scope', 'domain', 'since', 'until', 'limit', 'cursor'] as const;
const DEFAULT_ROWS = 100;
/** Contacts looked at for one page: some tens of milliseconds of this thread. */
const LOOKED_AT = 20_000;
/** A place in the index: first time, scope, domain. */
const PLACE = /^\d{13}\x1f[a-z0-9._-]{1,64}\x1f[^\x1f]{1,512}$/;

const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

/** `/v1/contacts`: first contacts, newest first, found by index. */
export function contactRoutes(app: FastifyInstance, service: Service): void {
  const { pageMax } = service.settings;
  app.get<{ Querystring: Query }>(
    '/v1/contacts',
    {
      schema: {
        summary: 'First contacts, newest first',
        tags: ['contacts'],
        querystring: Type.Object({
          scope: Type.Optional(Type.String({ pattern: SCOPE_PATTERN, description: 'Only this scope.' })),
          domain: Type.Optional(Type.String({ description: 'Only this registered domain, in any spelling.' })),
          since: time('Only those first seen at or after this time.'),
          until: time('Only those first seen before this time.'),
          limit: Type.Optional(
            Type.Integer({ minimum: 1, maximum: pageMax, default: Math.min(DEFAULT_ROWS, pageMax) }),
          ),
          cursor: Type.Optional(Type.String({ description: '`next` of the page before; the filters stay the same.' })),
        }),
        response: { 200: ContactPageSchema },
      },
    },
    (request, reply) => {
      const { query } = request;
      refuseUnknown(query, PARAMETERS);
      const scope = readScope(query);
      const domain = one(query, 'domain');
      const since = readInstant(query, 'since');
      const until = readInstant(query, 'until');
      const page = service.listContacts(
        {
          ...(scope === undefined ? {} : { scope }),
          ...(domain === undefined ? {} : { domain: service.finishedName(domain).parsed.name }),
          ...(since === undefined ? {} : { since }),
          ...(until === undefined ? {} : { until }),
        },
        { rows: readLimit(query, DEFAULT_ROWS, pageMax), lookedAt: LOOKED_AT },
        readCursor(query),
      );
      const contacts = page.rows.map(contactAnswer);
      const next = page.next === undefined ? null : Buffer.from(page.next).toString('base64url');
      sendJson(reply, JSON.stringify({ contacts, next }));
    },
  );
}

function contactAnswer({ scope, domain, first_seen, last_seen, count, clients = [] }: ContactRow): ContactAnswer {
  const [firstClient] = clients;
  return {
    scope,
    domain,
    first_seen,
    last_seen,
    count,
    ...(firstClient === undefined ? {} : { clients: clients.length, first_client: firstClient }),
  };
}

function readInstant(query: Query, name: 'since' | 'until'): number | undefined {
  const text = one(query, name);
  if (text === undefined) return undefined;
  const instant = readTime(text);
  if (instant !== undefined) return instant;
  throw new Refusal('bad-parameter', `${name}: must be an ISO 8601 time; it is ${JSON.stringify(text.slice(0, 80))}.`);
}

function readCursor(query: Query): string | undefined {
  const cursor = one(query, 'cursor');
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, 'base64url').toString('utf8');
  if (PLACE.test(place)) return place;
  throw new Refusal(
    'bad-parameter',
    'cursor: must be the `next` of the page before, unchanged; begin again without it.',
  );
}
