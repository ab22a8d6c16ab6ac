import { readFileSync } from 'node:fs';
import { connectionOf } from '../elastic/connection.ts';
import { startBulkProxy, type BulkProxyOptions } from '../elastic/proxy/bulk-proxy.ts';
import type { Service } from '../service.ts';
import { enrichDocuments } from '../service/enrich-documents.ts';

/** The service with the bulk proxy before the engine that its settings ask for; it stops before the stores close. `tell`: where. */
export async function withBulkProxy(
  service: Service,
  onFault: (error: unknown) => void,
  tell: (line: string) => void,
): Promise<Service> {
  const { settings } = service;
  if (settings.bulkProxy === '') return service;
  const { urls, ca } = await connectionOf({ ...settings, elasticsearchUrl: [settings.bulkProxy] });
  const options: BulkProxyOptions = {
    url: urls[0] ?? settings.bulkProxy,
    ...(ca === undefined ? {} : { ca }),
    host: settings.host,
    port: settings.bulkPort,
    ...(settings.tlsCert === ''
      ? {}
      : { tls: { cert: readFileSync(settings.tlsCert), key: readFileSync(settings.tlsKey) } }),
    limit: settings.bulkLimit,
    ids: settings.bulkIds,
    headTimeoutMs: settings.requestTimeout,
    deadlineMs: settings.bulkDeadline,
    enrich: enrichDocuments(service.ask, service.finishedName, settings.fields),
    fields: settings.fields,
    counts: service.counters.documents,
    onFault,
  };
  const proxy = await startBulkProxy(options).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The bulk proxy cannot listen: ${reason}. Choose another port with --bulk-port.`, { cause });
  });
  tell(`bulk proxy on ${proxy.origin}`);
  return {
    ...service,
    async close() {
      await proxy.close();
      await service.close();
    },
  };
}
