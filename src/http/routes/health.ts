import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Service } from '../../service.ts';
import { sendJson } from '../send-json.ts';

/**
 * `/healthz`: the loop turns. `/readyz`: names what is not ready, and what answers with less than it should; a registry that
 * is down is neither.
 */
export function healthRoutes(app: FastifyInstance, service: Service): void {
  const open = { config: { public: true } };
  app.get(
    '/healthz',
    {
      ...open,
      schema: { summary: 'Alive', tags: ['health'], response: { 200: Type.Object({ status: Type.String() }) } },
    },
    (_request, reply) => sendJson(reply, '{"status":"ok"}'),
  );
  const readiness = Type.Object({
    ready: Type.Boolean(),
    not_ready: Type.Array(Type.String(), { description: 'What keeps the service from answering in full.' }),
    degraded: Type.Array(Type.String(), {
      description: 'What answers with less than it should: a data set that cannot be used, so that another stands in.',
    }),
  });
  app.get(
    '/readyz',
    { ...open, schema: { summary: 'Ready to answer', tags: ['health'], response: { 200: readiness, 503: readiness } } },
    (_request, reply) => {
      const notReady = service.notReady();
      const ready = notReady.length === 0;
      sendJson(
        reply.code(ready ? 200 : 503),
        JSON.stringify({ ready, not_ready: notReady, degraded: service.degraded() }),
      );
    },
  );
}
