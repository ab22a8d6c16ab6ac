import type { Server as TlsServer } from 'node:tls';
import fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Service } from '../service.ts';
import type { Settings } from '../settings/table.ts';
import { authenticator, readCredentials } from './credentials.ts';
import { isCrossSite } from './cross-site.ts';
import { answerDirectly } from './direct-answers.ts';
import { documentation } from './documentation.ts';
import { legacyHandler, legacyRoutes, mendedUrl } from './legacy/index.ts';
import { endIfStoreIsLost } from './lost-store.ts';
import { Problem, Refusal } from './problems.ts';
import { communityRoutes } from './routes/community.ts';
import { contactRoutes } from './routes/contacts.ts';
import { domainRoutes } from './routes/domains.ts';
import { eventRoutes } from './routes/events.ts';
import { requestIds } from './request-id.ts';
import { meterRequests } from './request-meter.ts';
import { healthRoutes } from './routes/health.ts';
import { metricRoutes } from './routes/metrics.ts';
import { nameRoutes } from './routes/names.ts';
import { pageRoutes } from './routes/page.ts';
import { tldRoutes } from './routes/tlds.ts';
import { suppressionRoutes } from './routes/suppressions.ts';
import type { Team } from './team.ts';
import { readTlsFiles, reloadTls } from './tls.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without credentials. */
    public?: boolean;
  }
}

/** A name has 253 bytes, each percent-encoded three; longer ones are answered too, as invalid. */
const MAX_PARAMETER_LENGTH = 8192;
const KEEP_ALIVE_MS = 72_000;
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** The HTTP application: every route in one visible list. It is not listening yet. `team`: others that answer beside it. */
export async function buildApp(service: Service, logger?: FastifyBaseLogger, team?: Team): Promise<FastifyInstance> {
  const { settings } = service;
  const requestId = requestIds();
  const app = fastify({
    ...(settings.tlsCert === ''
      ? { http: timeouts(settings) }
      : { https: { ...readTlsFiles(settings), ...timeouts(settings) } }),
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // Request lines hold domain names: people's browsing is not logged.
    logController: new fastify.LogController({ disableRequestLogging: true }),
    // A logger of its own for every request costs more than the answer; whoever logs names the request.
    childLoggerFactory: (parent) => parent,
    bodyLimit: settings.bodyLimit,
    requestTimeout: settings.requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId: requestId,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    ...(settings.legacy === 'off' ? {} : { rewriteUrl: mendedUrl }),
    frameworkErrors: (error, _request, reply) => {
      const problem = problemOfFault(error);
      requests.unrouted(problem.status);
      sendProblem(reply, problem);
    },
  });
  const requests = meterRequests(app);
  // Schemas describe (OpenAPI); requests are read by hand, so that a bad item never refuses its batch.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (body) => JSON.stringify(body));
  // Whatever the content type says, a body is text until the route reads it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    // Fastify refuses a body whose content type is none before it asks a parser.
    const type = request.headers['content-type'];
    if (type !== undefined && !MEDIA_TYPE.test(type)) request.headers['content-type'] = 'application/octet-stream';
    done(isCrossSite(request) ? crossSite() : undefined);
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    endIfStoreIsLost(error, request.log);
    const problem = problemOfFault(error);
    if (problem.status >= 500)
      request.log.error({ err: error, reqId: request.id, route: request.routeOptions.url }, 'request failed');
    if (request.is404) requests.unrouted(problem.status);
    sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    requests.unrouted(404);
    sendProblem(reply, noRoute(request.method));
  });

  if (logger?.level === 'debug') logRequests(app);
  if (settings.authFile !== '') requireCredentials(app, settings.authFile);
  if (settings.tlsCert !== '') {
    const stop = reloadTls(app.server as unknown as TlsServer, settings, logger);
    app.addHook('onClose', (_app, done) => {
      stop();
      done();
    });
  }
  await documentation(app);
  if (service.communityServer === undefined) {
    domainRoutes(app, service);
    eventRoutes(app, service);
    contactRoutes(app, service);
    suppressionRoutes(app, service);
    nameRoutes(app, service);
    tldRoutes(app, service);
  } else {
    communityRoutes(app, service, service.communityServer);
  }
  healthRoutes(app, service);
  metricRoutes(app, service, requests, team);
  if (service.communityServer === undefined) {
    const legacy = legacyHandler(service);
    pageRoutes(app, service, legacy);
    if (legacy !== undefined) legacyRoutes(app, legacy);
  }
  // Credentials and the log of requests are the framework's.
  if (service.communityServer === undefined && settings.authFile === '' && logger?.level !== 'debug') {
    answerDirectly(app, service, requestId, requests.of('GET', '/v1/domains/:name'));
  }
  await app.ready();
  return app;
}

/** Heads and bodies that come a byte at a time are cut off; Node would look for them only twice a minute. */
const timeouts = ({ requestTimeout }: Settings) => ({
  headersTimeout: requestTimeout,
  connectionsCheckingInterval: Math.min(30_000, Math.ceil(requestTimeout / 2)),
});

/** Whole request lines, names and all: only for whoever asks for `debug`. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { id: reqId, method, url } = request;
    request.log.debug({ reqId, method, url, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
    done();
  });
}

function requireCredentials(app: FastifyInstance, file: string): void {
  const isLetIn = authenticator(readCredentials(file));
  const refuse = () =>
    new Refusal(
      'unauthorized',
      'Send "Authorization: Bearer TOKEN" or "Authorization: Basic …" of the credentials file.',
    );
  app.addHook('onRequest', (request, reply, done) => {
    const settle = (letIn: boolean) => {
      if (letIn) {
        done();
        return;
      }
      void reply.header('www-authenticate', 'Bearer realm="domain-stats", Basic realm="domain-stats"');
      done(refuse());
    };
    if (request.routeOptions.config.public === true) {
      done();
      return;
    }
    const letIn = isLetIn(request.headers.authorization);
    if (typeof letIn === 'boolean') settle(letIn);
    else letIn.then(settle, done);
  });
}

const crossSite = () =>
  new Refusal('cross-site', 'A page of another site asked for this. Ask from the page at /, or without a browser.');

function noRoute(method: string): Problem {
  return new Problem(
    'not-found',
    `There is no such route for ${method}; /docs lists those there are. ` +
      'Names go to /v1/domains/{name} or ?name=, percent-encoded.',
  );
}

/** What went wrong, as a problem document; a fault of ours tells nothing of its inside. */
function problemOfFault(error: FastifyError | Refusal): Problem {
  if (error instanceof Refusal) return error.problem;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Problem('body-too-large', 'The body is larger than body_limit; send fewer names in one request.');
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) return new Problem('internal-error', 'The service failed; its log has the cause.');
  return new Problem('bad-request', error.message);
}

function sendProblem(reply: FastifyReply, problem: Problem): void {
  void reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}
