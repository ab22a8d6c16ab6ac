import { buildApp } from '../../src/http/app.ts';
import type { State } from '../golden/cases.ts';
import { serviceOfCase, type ServiceOfCase } from '../golden/service-of-case.ts';

export interface ListeningService extends ServiceOfCase {
  readonly url: string;
  close(): Promise<void>;
}

/** A service in a given state that listens on loopback, for clients in another process. */
export async function listeningService(state: State): Promise<ListeningService> {
  const { service, setClock } = await serviceOfCase(state);
  const app = await buildApp(service);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    service,
    setClock,
    url: app.listeningOrigin,
    async close() {
      await app.close();
      await service.close();
    },
  };
}
