import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../program.ts';
import { ProblemSchema } from '../schema/problem.ts';

/** Swagger UI sets styles of its own elements; all else comes from here, and nothing from elsewhere. */
const DOCS_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/openapi.json` and `/docs`, made from the routes' own schemas. */
export async function documentation(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'domain-stats',
        version: VERSION,
        description:
          'Facts about domain names for security events. A well-formed request for a name is answered 200 with ' +
          'application/json; refusals are application/problem+json (RFC 9457).',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } },
      },
    },
    transformObject: (document) => withRefusals('openapiObject' in document ? document.openapiObject : {}),
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: DOCS_CSP, logLevel: 'silent' });
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => reply.send(app.swagger()));
}

interface Described {
  readonly paths?: Record<string, Record<string, { responses?: Record<string, unknown> }> | undefined>;
}

/** Every route may refuse, in one form; so it is said once and not by each of them. */
function withRefusals<Document extends object>(document: Document): Document {
  const refusal = {
    description: 'Refused: what is wrong, and what to do.',
    content: { 'application/problem+json': { schema: ProblemSchema } },
  };
  for (const methods of Object.values((document as Described).paths ?? {})) {
    for (const route of Object.values(methods ?? {})) route.responses = { ...route.responses, default: refusal };
  }
  return document;
}
