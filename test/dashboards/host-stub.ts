import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;

/** How a stand-in of Kibana or OpenSearch Dashboards behaves. */
export interface StubOptions {
  readonly product: 'kibana' | 'opensearch-dashboards';
  readonly version: string;
  /** Value of the authorization header that it wants. */
  readonly authorization?: string;
  readonly space?: string;
  readonly tenant?: string;
  /** Answers so many status requests with 503 first. */
  readonly startsAfter?: number;
  /** Answers the import with this status and message instead of doing it. */
  readonly refuses?: readonly [status: number, message: string];
  /** Objects by id that it refuses, with their error. */
  readonly errors?: Readonly<Record<string, Json>>;
}

export interface Stub {
  readonly url: string;
  /** What it holds, by type and id. */
  readonly objects: Map<string, Json>;
  close(): void;
}

/** Highest version of each type that the host knows; one above refuses the whole file. */
const CEILINGS: Readonly<Record<StubOptions['product'], Readonly<Record<string, string>>>> = {
  kibana: {
    'index-pattern': '8.0.0',
    lens: '8.9.0',
    dashboard: '8.9.0',
    visualization: '8.5.0',
    search: '8.0.0',
    tag: '8.0.0',
  },
  'opensearch-dashboards': { 'index-pattern': '7.6.0', visualization: '7.10.0', search: '7.9.3', dashboard: '7.9.3' },
};

/** A stand-in of the import API, as its description in the servers' sources has it. */
export async function startStub(options: StubOptions): Promise<Stub> {
  const objects = new Map<string, Json>();
  let starting = options.startsAfter ?? 0;
  const isKibana = options.product === 'kibana';
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [status, body] = answer(request.url ?? '', request.headers, Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': 'application/json', [isKibana ? 'kbn-name' : 'osd-name']: 'stub' });
      response.end(JSON.stringify(body));
    });
  });

  function answer(url: string, headers: IncomingHttpHeaders, body: string): [number, Json] {
    const fail = (status: number, message: string): [number, Json] => [
      status,
      { statusCode: status, error: 'Error', message },
    ];
    if (options.authorization !== undefined && headers.authorization !== options.authorization)
      return fail(401, 'Unauthorized');
    if (url === '/api/status') {
      if (starting-- > 0) return fail(503, 'Kibana server is not ready yet');
      return [200, { name: 'stub', version: { number: options.version }, status: { overall: { level: 'available' } } }];
    }
    const route = /^(?:\/s\/([^/]+))?\/api\/saved_objects\/_import(?:\?(.*))?$/.exec(url);
    if (route === null || (route[1] ?? '') !== (options.space ?? '')) return fail(404, 'Not Found');
    const xsrf = isKibana ? 'kbn-xsrf' : 'osd-xsrf';
    if (headers[xsrf] === undefined) return fail(400, `Request must contain a ${xsrf} header.`);
    if (!isKibana && (options.tenant ?? headers['securitytenant']) !== headers['securitytenant'])
      return fail(403, 'Forbidden');
    if (options.refuses !== undefined) return fail(...options.refuses);
    return imported(body, new URLSearchParams(route[2]).get('overwrite') === 'true', fail);
  }

  function imported(
    body: string,
    overwrite: boolean,
    fail: (status: number, message: string) => [number, Json],
  ): [number, Json] {
    if (!/filename="[^"]+\.ndjson"/.test(body)) return fail(400, 'Invalid file extension');
    const text = body.slice(body.indexOf('\r\n\r\n') + 4, body.lastIndexOf('\r\n--'));
    const given = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    for (const object of given) {
      const type = String(object['type']);
      const version = (object['typeMigrationVersion'] ??
        (object['migrationVersion'] as Json | undefined)?.[type]) as string;
      const known = CEILINGS[options.product][type];
      if (known !== undefined && version.localeCompare(known, 'en', { numeric: true }) > 0) {
        return fail(
          422,
          `Document "${String(object['id'])}" has property "${type}" which belongs to a more recent version [${version}]. The last known version is [${known}]`,
        );
      }
    }
    const errors: Json[] = [];
    for (const { type, id, attributes } of given) {
      const key = `${String(type)}:${String(id)}`;
      const error =
        CEILINGS[options.product][String(type)] === undefined
          ? { type: 'unsupported_type' }
          : (options.errors?.[String(id)] ?? (objects.has(key) && !overwrite ? { type: 'conflict' } : undefined));
      if (error === undefined) objects.set(key, attributes as Json);
      else errors.push({ id, type, error });
    }
    const successCount = given.length - errors.length;
    return [200, { success: errors.length === 0, successCount, ...(errors.length === 0 ? {} : { errors }) }];
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    objects,
    close: () => void server.close(),
  };
}
