import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { NameFactsSchema } from '../../schema/name-facts.ts';
import type { Service } from '../../service.ts';
import { refuseUnknown, type Query } from '../query.ts';
import { sendJson } from '../send-json.ts';

/** `/v1/names`: parse only; nothing is written and nothing is looked up. */
export function nameRoutes(app: FastifyInstance, service: Service): void {
  app.get<{ Params: { name: string }; Querystring: Query }>(
    '/v1/names/:name',
    {
      schema: {
        summary: 'What a name alone tells',
        tags: ['names'],
        params: Type.Object({ name: Type.String({ description: 'The domain name, in any spelling.' }) }),
        response: { 200: NameFactsSchema },
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, []);
      sendJson(reply, JSON.stringify(service.nameFacts(request.params.name)));
    },
  );
}
