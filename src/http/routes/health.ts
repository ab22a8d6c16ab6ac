import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Service } from '../../service.ts';
import { sendJson } from '../send-json.ts';

/** `/healthz`: the loop turns. `/readyz`: names what is not ready; a registry that is down does not make us unready. */
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
  const readiness = Type.Object({ ready: Type.Boolean(), not_ready: Type.Array(Type.String()) });
  app.get(
    '/readyz',
    { ...open, schema: { summary: 'Ready to answer', tags: ['health'], response: { 200: readiness, 503: readiness } } },
    (_request, reply) => {
      const notReady = service.notReady();
      const ready = notReady.length === 0;
      sendJson(reply.code(ready ? 200 : 503), JSON.stringify({ ready, not_ready: notReady }));
    },
  );
}
