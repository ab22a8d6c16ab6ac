import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Service } from '../../service.ts';
import { COLLECTORS, eventLoopLag } from '../collectors.ts';
import { exposition, EXPOSITION_TYPE } from '../exposition.ts';
import { refuseUnknown, type Query } from '../query.ts';
import type { RequestMeter } from '../request-meter.ts';

/** `/metrics`: for Prometheus. */
export function metricRoutes(app: FastifyInstance, service: Service, requests: RequestMeter): void {
  const lag = eventLoopLag();
  app.addHook('onClose', (_app, done) => {
    lag.stop();
    done();
  });
  app.get<{ Querystring: Query }>(
    '/metrics',
    {
      schema: {
        summary: "Figures in Prometheus' text format",
        tags: ['health'],
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, []);
      const families = [
        ...requests.families(),
        ...COLLECTORS.flatMap((collect) => collect(service)),
        ...lag.families(),
      ];
      void reply.header('content-type', EXPOSITION_TYPE).send(exposition(families));
    },
  );
}
