import type { FastifyReply } from 'fastify';

/** Sends exactly `application/json`: Logstash throws an answer of any other content type away. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  // A Buffer goes out as it is; to a string Fastify would add a charset.
  return reply.header('content-type', 'application/json').send(Buffer.from(text));
}

/** Sends JSON texts one a line. */
export function sendLines(reply: FastifyReply, texts: readonly string[]): FastifyReply {
  const body = texts.length === 0 ? '' : texts.join('\n') + '\n';
  return reply.header('content-type', 'application/x-ndjson').send(Buffer.from(body));
}
