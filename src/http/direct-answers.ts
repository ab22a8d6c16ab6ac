import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Service } from '../service.ts';
import type { Reply } from '../service/answer-names.ts';
import type { RouteCount } from './request-meter.ts';

/** A name that needs no decoding, with nothing asked besides: all that shippers send for a plain host name. */
const PLAIN = /^\/v1\/domains\/([\w.-]{1,253})$/;

const ASKED_PLAINLY = { contact: true, waitMs: 0 } as const;

/**
 * Answers `GET /v1/domains/{name}` in front of the framework, whose hooks, routing and reply cost more than the answer.
 * Head, body, id and meter are those of the route, which still answers every other form: parameters, names to decode,
 * bodies, requests of browsers, a server that is closing, and whatever fails here.
 */
export function answerDirectly(
  app: FastifyInstance,
  service: Service,
  requestId: (request: IncomingMessage) => string,
  count: RouteCount,
): void {
  const [route] = app.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  if (route === undefined) throw new Error('the framework listens to no requests');
  let isClosing = false;
  app.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });

  app.server.removeAllListeners('request');
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const name = isClosing ? undefined : plainName(request);
    if (name === undefined) {
      route(request, response);
      return;
    }
    const began = performance.now();
    const send = ([answer]: readonly Reply[]) => {
      const text = answer?.text() ?? 'null';
      response.writeHead(200, [
        'x-request-id',
        requestId(request),
        'content-type',
        'application/json',
        'content-length',
        Buffer.byteLength(text),
      ]);
      response.end(text);
      count(200, (performance.now() - began) / 1000);
    };
    const fail = () => route(request, response);
    try {
      const replies = service.ask([{ name }], ASKED_PLAINLY);
      if (replies instanceof Promise) replies.then(send, fail);
      else send(replies);
    } catch {
      fail();
    }
  });
}

function plainName({ method, url = '', headers }: IncomingMessage): string | undefined {
  if (method !== 'GET') return undefined;
  const name = PLAIN.exec(url)?.[1];
  if (name === undefined || headers['sec-fetch-site'] !== undefined) return undefined;
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined ? name : undefined;
}
