import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Service } from '../../service.ts';
import type { Settings } from '../../settings/table.ts';
import { splitUrl, type Peer, type PeerReply } from './paths.ts';
import { peer101 } from './peer-1-0-1.ts';
import { peer1 } from './peer-1.ts';
import { peer2, peer2Readme } from './peer-2.ts';

export { mendedUrl } from './paths.ts';

/** The predecessors that the setting `legacy` names; one speaks at a time. */
const PEERS: Readonly<Record<Exclude<Settings['legacy'], 'off'>, (service: Service) => Peer>> = {
  '1.0.1': peer101,
  '2': peer2,
  '2-readme': peer2Readme,
  '1': peer1,
};

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Below these nothing belongs to a predecessor: a wrong address there is a problem document. */
const OWN = /^\/(?:v\d+|docs|healthz|readyz|metrics|openapi\.json)(?:\/|$)/;

/** Answers a request as a predecessor would. */
export type LegacyHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<void> | undefined;

/** The predecessor of the settings; undefined when none is to speak. */
export function legacyHandler(service: Service): LegacyHandler | undefined {
  const { legacy } = service.settings;
  if (legacy === 'off') return undefined;
  const peer = PEERS[legacy](service);
  return (request, reply) => {
    const url = request.originalUrl;
    const { path, query } = splitUrl(url);
    if (OWN.test(path)) {
      reply.callNotFound();
      return undefined;
    }
    const { method } = request;
    const answer = peer({ method, url, path, query, origin: originOf(request), address: addressOf(request) });
    const send = (made: PeerReply | undefined) => sendPeerReply(reply, made);
    if (answer instanceof Promise) return answer.then(send);
    send(answer);
    return undefined;
  };
}

/** The routes of a predecessor: one wildcard behind all of ours, so that a route of ours always wins. */
export function legacyRoutes(app: FastifyInstance, handler: LegacyHandler): void {
  app.route({ method: METHODS, url: '/*', schema: { hide: true }, handler });
}

const originOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}`;

const addressOf = ({ socket }: FastifyRequest): string =>
  `${socket.localAddress ?? ''}:${String(socket.localPort ?? '')}`;

const asItIs = (text: unknown): string => text as string;

/** The content type goes out as it is: Fastify would add a charset. */
function sendPeerReply(reply: FastifyReply, made: PeerReply | undefined): void {
  if (made === undefined) {
    reply.callNotFound();
    return;
  }
  if (made.allow !== undefined) void reply.header('allow', made.allow);
  void reply.code(made.status).header('content-type', made.type).serializer(asItIs).send(made.body);
}
