import { gzip as gzipWithCallback } from 'node:zlib';
import { promisify } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  COMMUNITY_PROTOCOL,
  CommunityAskAnswerSchema,
  CommunityAskRequestSchema,
  CommunityConfigSchema,
  CommunityPrefixAnswerSchema,
  CommunityPrefixRequestSchema,
  CommunityTotalsSchema,
} from '../../schema/community.ts';
import { establishedPage, signingKey, type CommunityServer, type Member } from '../../service/community-server.ts';
import type { Service } from '../../service.ts';
import { readBody } from '../body.ts';
import { Refusal } from '../problems.ts';
import { one, refuseUnknown, type Query } from '../query.ts';
import { sendJson } from '../send-json.ts';

const gzip = promisify(gzipWithCallback);

const askChecker = Compile(CommunityAskRequestSchema);
const prefixChecker = Compile(CommunityPrefixRequestSchema);

/** A member's token is asked for by the routes themselves: it opens nothing else, and no other credential opens these. */
const byToken = { config: { public: true } };
const tags = ['community'];
const security = [{ bearer: [] }];

/** `/v1/community`: what members of a community ask its server. */
export function communityRoutes(app: FastifyInstance, service: Service, server: CommunityServer): void {
  const key = signingKey(service.settings.communitySignKey);

  app.get<{ Querystring: Query }>(
    '/v1/community/config',
    {
      ...byToken,
      schema: {
        summary: 'What a client should know before it asks',
        tags,
        security,
        response: { 200: CommunityConfigSchema },
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, []);
      sendJson(reply, JSON.stringify(server.config(admitted(request, reply))));
    },
  );

  app.post<{ Body: string | undefined; Querystring: Query }>(
    '/v1/community/asks',
    {
      ...byToken,
      schema: {
        summary: 'Ask for domains by name or by hash; whoever asks first is told so, and is counted',
        tags,
        security,
        body: CommunityAskRequestSchema,
        response: { 200: CommunityAskAnswerSchema },
      },
    },
    async (request, reply) => {
      refuseUnknown(request.query, []);
      admitted(request, reply);
      const { client, asks } = readChecked(request.body, askChecker);
      const answers = granted(reply, await server.ask(admitted(request, reply, client), asks));
      sendJson(reply, JSON.stringify({ protocol: COMMUNITY_PROTOCOL, answers }));
    },
  );

  app.post<{ Body: string | undefined; Querystring: Query }>(
    '/v1/community/prefixes',
    {
      ...byToken,
      schema: {
        summary: 'Everything known under hash prefixes; the server does not learn which of them was meant',
        tags,
        security,
        body: CommunityPrefixRequestSchema,
        response: { 200: CommunityPrefixAnswerSchema },
      },
    },
    async (request, reply) => {
      refuseUnknown(request.query, []);
      admitted(request, reply);
      const { client, prefixes } = readChecked(request.body, prefixChecker);
      const buckets = granted(reply, await server.buckets(admitted(request, reply, client), prefixes));
      sendJson(reply, JSON.stringify({ protocol: COMMUNITY_PROTOCOL, buckets }));
    },
  );

  app.get<{ Querystring: Query }>(
    '/v1/community/established',
    {
      ...byToken,
      schema: {
        summary: 'The established list from a change on, page by page: NDJSON, signed as packs are',
        tags,
        security,
        querystring: Type.Object({
          since: Type.Optional(
            Type.Integer({ minimum: 0, description: '`to` of the page before; 0: from the start.' }),
          ),
        }),
        response: { 200: { content: { 'application/x-ndjson': { schema: Type.String() } } } },
      },
    },
    async (request, reply) => {
      refuseUnknown(request.query, ['since']);
      admitted(request, reply);
      const since = one(request.query, 'since') ?? '0';
      if (!/^\d{1,12}$/.test(since)) {
        throw new Refusal(
          'bad-parameter',
          `since: must be a whole number; it is ${JSON.stringify(since.slice(0, 80))}.`,
        );
      }
      if (key === undefined) {
        throw new Refusal('no-established-list', 'This server signs no established list (community_sign_key).');
      }
      const text = establishedPage(server, Number(since), key, service.now());
      void reply.header('content-type', 'application/x-ndjson').header('vary', 'accept-encoding');
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(Buffer.from(text));
      return reply.header('content-encoding', 'gzip').send(await gzip(text));
    },
  );

  app.get<{ Querystring: Query }>(
    '/v1/community/totals',
    {
      schema: {
        summary: 'For the operator: how much there is and who asks how much, never for what',
        tags,
        response: { 200: CommunityTotalsSchema },
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, []);
      sendJson(reply, JSON.stringify(server.totals()));
    },
  );

  /** The member of a request. Throws {@link Refusal}. */
  function admitted({ headers }: FastifyRequest, reply: FastifyReply, version?: string): Member {
    return granted(reply, server.memberOf(headers.authorization, version));
  }
}

type RefusedPart<Result> = Extract<Result, { readonly refused: string; readonly detail: string }>;

/** What the server grants; its refusal becomes a problem document. */
function granted<Result extends object>(reply: FastifyReply, result: Result): Exclude<Result, RefusedPart<Result>> {
  if (!('refused' in result)) return result as Exclude<Result, RefusedPart<Result>>;
  const { refused, detail, waitMs } = result as unknown as {
    refused: 'unauthorized' | 'denied' | 'client-too-old' | 'bucket-too-large' | 'too-many-asks';
    detail: string;
    waitMs?: number;
  };
  if (waitMs !== undefined) void reply.header('retry-after', String(Math.max(1, Math.ceil(waitMs / 1000))));
  if (refused === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="domain-stats community"');
  throw new Refusal(refused, detail);
}

/** A body of the right form. Throws {@link Refusal} saying where it is not. */
function readChecked<Value>(
  body: string | undefined,
  checker: { Check(value: unknown): value is Value; Errors(value: unknown): { readonly instancePath: string }[] },
): Value {
  const read = readBody(body, undefined);
  if (read.form !== 'one') throw new Refusal('bad-body', 'The body must be one JSON object.');
  const { item } = read;
  if (checker.Check(item)) return item;
  const protocol = (item as { protocol?: unknown } | null)?.protocol;
  if (protocol !== COMMUNITY_PROTOCOL) {
    const given = protocol === undefined ? 'none' : JSON.stringify(protocol).slice(0, 80);
    const spoken = String(COMMUNITY_PROTOCOL);
    throw new Refusal('bad-item', `protocol: this server speaks version ${spoken}; the request has ${given}.`);
  }
  const place = checker.Errors(item)[0]?.instancePath ?? '';
  throw new Refusal('bad-item', `The body is not what /openapi.json says, at ${place === '' ? '/' : place}.`);
}
