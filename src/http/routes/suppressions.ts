import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { SuppressionPageSchema, SuppressionRequestSchema, SuppressionSchema } from '../../schema/suppression.ts';
import type { SuppressionRequest } from '../../schema/suppression.ts';
import type { Service } from '../../service.ts';
import { readBody } from '../body.ts';
import { Refusal } from '../problems.ts';
import { one, readLimit, refuseUnknown, type Query } from '../query.ts';
import { sendJson } from '../send-json.ts';

const DEFAULT_ROWS = 100;
const checker = Compile(SuppressionRequestSchema);
const params = Type.Object({
  domain: Type.String({ description: 'A registered domain, in any spelling; hosts below one are refused.' }),
});
interface Params {
  readonly domain: string;
}

/** `/v1/suppressions`: domains to be silent about; their contacts are kept all the same. */
export function suppressionRoutes(app: FastifyInstance, service: Service): void {
  const { suppressions, settings } = service;
  const tags = ['suppressions'];

  app.get<{ Querystring: Query }>(
    '/v1/suppressions',
    {
      schema: {
        summary: 'All suppressions, expired ones too, in the order of the domains',
        tags,
        querystring: Type.Object({
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: settings.pageMax })),
          cursor: Type.Optional(Type.String({ description: '`next` of the page before.' })),
        }),
        response: { 200: SuppressionPageSchema },
      },
    },
    ({ query }, reply) => {
      refuseUnknown(query, ['limit', 'cursor']);
      const cursor = one(query, 'cursor');
      const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
      const left = suppressions.list().filter(({ domain }) => domain > after);
      const page = left.slice(0, readLimit(query, DEFAULT_ROWS, settings.pageMax));
      const last = page.length < left.length ? page.at(-1)?.domain : undefined;
      const next = last === undefined ? null : Buffer.from(last).toString('base64url');
      sendJson(reply, JSON.stringify({ suppressions: page, next }));
    },
  );

  app.get<{ Params: Params; Querystring: Query }>(
    '/v1/suppressions/:domain',
    { schema: { summary: 'The suppression of a domain', tags, params, response: { 200: SuppressionSchema } } },
    (request, reply) => {
      refuseUnknown(request.query, []);
      const domain = readDomain(request.params);
      sendJson(reply, JSON.stringify(suppressions.get(domain) ?? notSuppressed(domain)));
    },
  );

  app.put<{ Params: Params; Querystring: Query; Body: string | undefined }>(
    '/v1/suppressions/:domain',
    {
      schema: {
        summary: 'Be silent about a domain, from now on in every scope',
        tags,
        params,
        body: SuppressionRequestSchema,
        response: { 200: SuppressionSchema },
      },
    },
    async (request, reply) => {
      refuseUnknown(request.query, []);
      const domain = readDomain(request.params);
      const answer = await suppressions.put(domain, readSuppression(request.body));
      if ('problem' in answer) throw new Refusal('bad-item', `${answer.problem}.`);
      sendJson(reply, JSON.stringify(answer));
    },
  );

  app.delete<{ Params: Params; Querystring: Query }>(
    '/v1/suppressions/:domain',
    { schema: { summary: 'Speak of a domain again', tags, params, response: { 204: Type.Null() } } },
    async (request, reply) => {
      refuseUnknown(request.query, []);
      const domain = readDomain(request.params);
      if (!(await suppressions.remove(domain))) notSuppressed(domain);
      return reply.code(204).send();
    },
  );

  function readDomain({ domain: text }: Params): string {
    const read = suppressions.domainOf(text);
    if ('problem' in read) throw new Refusal('bad-parameter', `domain: ${read.problem}.`);
    return read.domain;
  }
}

function notSuppressed(domain: string): never {
  throw new Refusal(
    'not-suppressed',
    `There is no suppression of ${domain}; GET /v1/suppressions lists those there are.`,
  );
}

function readSuppression(text: string | undefined): SuppressionRequest {
  const body = readBody(text, undefined);
  if (body.form !== 'one') throw new Refusal('bad-body', 'The body must be one JSON object with reason and owner.');
  const { item } = body;
  if (checker.Check(item)) return item;
  if (typeof item !== 'object' || item === null) {
    throw new Refusal('bad-item', 'The body must be a JSON object such as {"reason": "our own", "owner": "soc"}.');
  }
  const unknown = Object.keys(item).find((key) => !Object.hasOwn(SuppressionRequestSchema.properties, key));
  if (unknown !== undefined) {
    throw new Refusal('bad-item', `${unknown.slice(0, 80)}: there is no such field; there are reason, owner, expires.`);
  }
  const [error] = checker.Errors(item);
  const field = error?.instancePath.split('/')[1] ?? (Object.hasOwn(item, 'reason') ? 'owner' : 'reason');
  const must = field === 'expires' ? 'must be an ISO 8601 time' : 'must be text of 1 to 1024 characters';
  throw new Refusal('bad-item', `${field}: ${must}.`);
}
