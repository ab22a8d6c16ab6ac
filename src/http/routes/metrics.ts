import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Service } from '../../service.ts';
import { COLLECTORS, eventLoopLag } from '../collectors.ts';
import { exposition, EXPOSITION_TYPE } from '../exposition.ts';
import { isCounted, mergedFamilies } from '../merged-families.ts';
import { refuseUnknown, type Query } from '../query.ts';
import type { RequestMeter } from '../request-meter.ts';
import type { Figures, Team } from '../team.ts';

/** `/metrics`: for Prometheus; of all processes of a team together, whichever of them is asked. */
export function metricRoutes(app: FastifyInstance, service: Service, requests: RequestMeter, team?: Team): void {
  const lag = eventLoopLag();
  app.addHook('onClose', (_app, done) => {
    lag.stop();
    done();
  });
  const collected = () => [...requests.families(), ...COLLECTORS.flatMap((collect) => collect(service))];
  const figures: Figures = {
    counted: () => collected().filter(isCounted),
    all: () => [...collected(), ...lag.families()],
  };
  team?.report(figures);
  app.get<{ Querystring: Query }>(
    '/metrics',
    {
      schema: {
        summary: "Figures in Prometheus' text format",
        tags: ['health'],
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (request, reply) => {
      refuseUnknown(request.query, []);
      const families = team === undefined ? figures.all() : mergedFamilies(await team.gather());
      return reply.header('content-type', EXPOSITION_TYPE).send(exposition(families));
    },
  );
}
