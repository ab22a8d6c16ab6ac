import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An Elasticsearch with its enrich API, which a bare one does not have: a stub that records requests and answers as the
 * documentation of the API says. What a policy makes of the facts is not in it.
 */
export async function startFactsEngine() {
  const requests: string[] = [];
  const documents = new Map<string, unknown>();
  /** What `setup` has made: paths with what a GET of them says. */
  const made = new Map<string, object>();
  const behaviour = {
    /** Whether the policy may not be executed. */
    refuses: false,
    /** How many bulk requests are answered that the engine is too busy. */
    busy: 0,
  };

  function replyTo(what: string, text: string): [number, object] {
    if (what === 'GET /') return [200, { version: { number: '9.5.3' } }];
    if (what.endsWith('/_mget')) {
      const { ids } = JSON.parse(text) as { ids: string[] };
      const docs = ids.map((_id) => ({ _id, found: documents.has(_id), _source: documents.get(_id) }));
      return [200, { docs }];
    }
    if (what.endsWith('/_bulk')) {
      const lines = text.trim().split('\n');
      const isBusy = behaviour.busy > 0;
      if (isBusy) behaviour.busy--;
      const items = lines.flatMap((line, i): object[] => {
        if (i % 2 === 1) return [];
        if (isBusy) return [{ create: { status: 429, error: { type: 'rejected', reason: 'queue is full' } } }];
        const { _id } = (JSON.parse(line) as { create: { _id: string } }).create;
        documents.set(_id, JSON.parse(lines[i + 1] ?? ''));
        return [{ create: { _id, status: 201 } }];
      });
      return [200, { items }];
    }
    if (what.includes('_execute')) {
      return behaviour.refuses
        ? [403, { error: { type: 'security_exception', reason: 'is unauthorized' } }]
        : [200, {}];
    }
    const path = what.split(' ')[1] ?? '';
    if (what.startsWith('GET')) return made.has(path) ? [200, made.get(path) ?? {}] : [404, {}];
    if (what.startsWith('PUT /_enrich/policy/')) {
      made.set(path, { policies: [{ config: JSON.parse(text) as object }] });
    }
    return [200, {}];
  }

  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const what = `${String(request.method)} ${request.url ?? ''}`;
      requests.push(what);
      const [status, body] = replyTo(what, text);
      response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    documents,
    made,
    behaviour,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
