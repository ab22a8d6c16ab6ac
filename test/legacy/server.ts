import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { buildApp } from '../../src/http/app.ts';
import type { RegistrationRecord } from '../../src/core/registration.ts';
import { createService, type Service, type ServiceOptions } from '../../src/service.ts';
import type { Settings } from '../../src/settings/table.ts';
import { importContacts } from '../../src/stores/contact-transfer.ts';
import { isoTime } from '../../src/core/event-time.ts';
import { snapshot } from '../core/embedded-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export interface PeerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that speaks like a predecessor, over a real socket, with a clock of its own. Nothing is looked up. */
export interface PeerServer {
  readonly service: Service;
  clock: number;
  send(path: string, method?: string): Promise<PeerAnswer>;
  learn(records: Iterable<readonly [string, RegistrationRecord]>): Promise<void>;
  meet(contacts: Iterable<readonly [domain: string, first: number]>): Promise<void>;
  close(): Promise<void>;
}

export async function startPeerServer(settings: Partial<Settings>, options: ServiceOptions = {}): Promise<PeerServer> {
  const server = { clock: Date.parse('2026-11-22T04:00:00Z') };
  const service = createService(
    { data: temporaryFolder(), logLevel: 'silent', ...settings },
    { clock: () => server.clock, snapshot, runLookups: false, ...options },
  );
  const app = await buildApp(service);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  return Object.assign(server, {
    service,
    send: (path: string, method = 'GET') => send(port, path, method),
    learn: (records: Iterable<readonly [string, RegistrationRecord]>) =>
      service.registrations.environment.write(() => {
        for (const [domain, record] of records) service.registrations.records.put(domain, record);
      }),
    async meet(contacts: Iterable<readonly [string, number]>) {
      const rows = [...contacts].map(([domain, first]) => {
        const time = isoTime(first);
        return { scope: 'default', domain, first_seen: time, last_seen: time, count: 1, list: 0 };
      });
      await importContacts(service.contacts, rows);
    },
    async close() {
      await app.close();
      await service.close();
    },
  });
}

const send = (port: number, path: string, method: string): Promise<PeerAnswer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on('error', reject).end();
  });
