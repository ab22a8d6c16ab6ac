import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { nameToAscii } from '../../core/idna.ts';
import { isTldType, type TldFacts } from '../../core/tld-facts.ts';
import { TLD_TYPES } from '../../schema/answer.ts';
import type { Service } from '../../service.ts';
import { Refusal } from '../problems.ts';
import { one, readFlag, refuseUnknown, type Query } from '../query.ts';
import { sendJson } from '../send-json.ts';

const tldSchema = Type.Object({
  tld: Type.String({ description: 'A-label.' }),
  unicode: Type.Optional(Type.String({ description: 'The TLD in its own script, when it is internationalised.' })),
  type: Type.Enum([...TLD_TYPES], { description: "IANA's type." }),
  registry: Type.Optional(Type.String({ description: "IANA's TLD manager." })),
  registry_stale: Type.Optional(Type.Boolean({ description: 'The manager comes from an older list.' })),
  created: Type.Optional(Type.String({ description: 'Day of delegation.' })),
  delegated: Type.Boolean({ description: 'Whether the TLD is in the root zone.' }),
});

const FILTERS = ['type', 'registry', 'delegated'];

/** `/v1/tlds`: IANA's facts of the top-level domains, from the live data. */
export function tldRoutes(app: FastifyInstance, service: Service): void {
  app.get<{ Querystring: Query }>(
    '/v1/tlds',
    {
      schema: {
        summary: 'Top-level domains, all or those that a filter takes',
        tags: ['names'],
        querystring: Type.Object({
          type: Type.Optional(Type.Enum([...TLD_TYPES])),
          registry: Type.Optional(Type.String({ description: 'Manager, without regard to case.' })),
          delegated: Type.Optional(Type.Boolean()),
        }),
        response: {
          200: Type.Object({ as_of: Type.String(), count: Type.Integer(), tlds: Type.Array(tldSchema) }),
        },
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, FILTERS);
      const type = one(request.query, 'type');
      if (type !== undefined && !isTldType(type)) {
        throw new Refusal(
          'bad-parameter',
          `type: must be one of ${TLD_TYPES.join(', ')}; it is ${JSON.stringify(type)}.`,
        );
      }
      const registry = one(request.query, 'registry')?.toLowerCase();
      const delegated = readFlag('delegated', request.query['delegated']);
      const { asOf, tlds } = service.tlds();
      const rows = [...tlds.values()].filter(
        (facts) =>
          (type ?? facts.type) === facts.type &&
          (registry === undefined || facts.registry?.toLowerCase() === registry) &&
          (delegated ?? facts.delegated) === facts.delegated,
      );
      sendJson(reply, JSON.stringify({ as_of: asOf, count: rows.length, tlds: rows.map(row) }));
    },
  );

  app.get<{ Params: { tld: string }; Querystring: Query }>(
    '/v1/tlds/:tld',
    {
      schema: {
        summary: 'One top-level domain, in any spelling',
        tags: ['names'],
        params: Type.Object({ tld: Type.String() }),
        response: { 200: tldSchema },
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, []);
      const tld = nameToAscii(request.params.tld.trim().replace(/^\.|\.$/g, ''));
      const facts = service.tlds().tlds.get(tld);
      if (facts === undefined) {
        throw new Refusal(
          'unknown-tld',
          `${JSON.stringify(tld)} is not among the TLDs of ${service.tlds().asOf}; /v1/tlds lists them.`,
        );
      }
      sendJson(reply, JSON.stringify(row(facts)));
    },
  );
}

function row({ tld, unicode, type, registry, registryStale, created, delegated }: TldFacts) {
  return { tld, unicode, type, registry, registry_stale: registryStale, created, delegated };
}
