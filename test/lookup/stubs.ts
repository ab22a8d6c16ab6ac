import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server as HttpServer,
} from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { lookupSettings, type LookupSettings } from '../../src/lookup/settings.ts';

/** Servers on loopback that behave as badly as a test wants; all are closed by `closeStubs`. */
const open = new Set<HttpServer | TcpServer>();
const sockets = new Set<Socket>();

export interface Stub {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Base URL of an HTTP stub. */
  readonly base: string;
  /** Paths or lines that were asked, in order. */
  readonly asked: string[];
}

async function listen(server: HttpServer | TcpServer, asked: string[]): Promise<Stub> {
  open.add(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, base: `http://${host}/`, asked };
}

/** An HTTP server; requests are kept. */
export async function httpStub(answer: RequestListener): Promise<Stub & { readonly requests: IncomingMessage[] }> {
  const asked: string[] = [];
  const requests: IncomingMessage[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(request.url ?? '');
    requests.push(request);
    answer(request, response);
  });
  return { ...(await listen(server, asked)), requests };
}

/** A WHOIS server; `answer` gets the line and the socket. */
export async function whoisStub(answer: (line: string, socket: Socket) => void): Promise<Stub> {
  const asked: string[] = [];
  const server = createTcpServer((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.endsWith('\r\n')) return;
      asked.push(text);
      answer(text.trimEnd(), socket);
    });
  });
  return listen(server, asked);
}

/** A host and port where nothing listens. */
export async function deadHost(): Promise<string> {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, 'close');
  return host;
}

export async function closeStubs(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await Promise.all(
    [...open].map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  open.clear();
}

/** Settings of tests: loopback allowed, short times. */
export const testSettings = (given: Partial<LookupSettings> = {}): LookupSettings =>
  lookupSettings({
    userAgent: 'domain-stats-test (ops@example.com)',
    allowPrivateAddresses: true,
    deadlineMs: 400,
    idleMs: 120,
    ianaWhois: '',
    ...given,
  });

/** An RDAP document of a domain. */
export const rdapBody = (domain: string, members: Record<string, unknown> = {}): string =>
  JSON.stringify({
    objectClassName: 'domain',
    ldhName: domain.toUpperCase(),
    events: [{ eventAction: 'registration', eventDate: '2001-02-03T04:05:06Z' }],
    ...members,
  });
