import type { FastifyReply } from 'fastify';

const asItIs = (text: unknown): string => text as string;

/**
 * Sends finished JSON text as exactly `application/json`: Logstash throws an answer of any other content type away. A
 * serializer of the reply's own keeps Fastify from adding a charset, and a text goes out in one write with its head,
 * which a Buffer does not. Returns nothing: for a handler that returns its reply Fastify watches the whole response.
 */
export function sendJson(reply: FastifyReply, text: string): void {
  void reply.serializer(asItIs).header('content-type', 'application/json').send(text);
}

/** Sends JSON texts one a line. */
export function sendLines(reply: FastifyReply, texts: readonly string[]): void {
  const body = texts.length === 0 ? '' : texts.join('\n') + '\n';
  void reply.serializer(asItIs).header('content-type', 'application/x-ndjson').send(body);
}
