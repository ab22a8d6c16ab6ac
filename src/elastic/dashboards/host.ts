import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import type { Host } from '../../dashboards/files.ts';
import type { Connection } from '../connection.ts';
import { EngineError, objectAt, readJson } from '../engine.ts';

/** A server of dashboards, and whose dashboards in it. */
export interface Target {
  /** With its base path, without a slash at the end. */
  readonly url: string;
  /** Kibana's space; the default one when empty. */
  readonly space: string;
  /** OpenSearch Dashboards' tenant: `global`, `__user__` or a name; the user's own choice when empty. */
  readonly tenant: string;
}

/** What was found under an address. */
export interface DashboardHost {
  readonly product: Host | 'old-kibana';
  readonly version: string;
  post(path: string, body: Buffer, contentType: string): Promise<HostReply>;
  close(): Promise<void>;
}

export interface HostReply {
  readonly status: number;
  readonly text: string;
}

const TIMEOUT_MS = 60_000;
const PAUSE_MS = 500;
/** Lens as we write it is read from this Kibana on; older ones take the classic file. */
const FIRST_LENS = [8, 9] as const;
/** The first Kibana that reads the classic file. */
const FIRST_CLASSIC = [7, 10] as const;

/**
 * Asks a server which one it is; waits for one that is just starting, at most `retryMs`. Throws {@link EngineError} when
 * it cannot be reached or is neither.
 */
export async function connectHost(target: Target, connection: Connection, retryMs: number): Promise<DashboardHost> {
  const agent = new Agent({ connect: connection.ca === undefined ? {} : { ca: connection.ca } });
  const common = {
    ...(connection.authorization === undefined ? {} : { authorization: connection.authorization }),
    // Each reads its own and passes over the others.
    'kbn-xsrf': 'true',
    'osd-xsrf': 'true',
    ...(target.tenant === '' ? {} : { securitytenant: target.tenant }),
  };
  try {
    const { product, version } = await identify(target, agent, common, retryMs);
    refuseWrongTarget(product, target);
    const base = target.url + (target.space === '' ? '' : `/s/${encodeURIComponent(target.space)}`);
    return {
      product,
      version,
      post: async (path, body, contentType) => {
        const headers = { ...common, 'content-type': contentType };
        const answer = await ask(base + path, agent, { method: 'POST', body, headers });
        return { status: answer.statusCode, text: await answer.body.text() };
      },
      close: () => agent.close(),
    };
  } catch (error) {
    await agent.close();
    throw error;
  }
}

async function identify(target: Target, agent: Agent, headers: Record<string, string>, retryMs: number) {
  const url = `${target.url}/api/status`;
  const end = Date.now() + retryMs;
  for (;;) {
    const outcome = await ask(url, agent, { method: 'GET', headers }).catch((error: unknown) => error as EngineError);
    // A Kibana that starts says 503, and tells its version only when it is up.
    const isLater = outcome instanceof Error || outcome.statusCode === 503;
    if (isLater && Date.now() + PAUSE_MS < end) {
      if (!(outcome instanceof Error)) await outcome.body.dump();
      await pause(PAUSE_MS);
      continue;
    }
    if (outcome instanceof Error) throw outcome;
    const text = await outcome.body.text();
    if (outcome.statusCode !== 200) throw hostRefusal(`GET ${url}`, { status: outcome.statusCode, text });
    const number = objectAt(readJson(text), 'version')['number'];
    if (typeof number === 'string' && /^\d+\.\d+/.test(number)) {
      return { product: productOf(number, outcome.headers, url), version: number };
    }
    throw new EngineError(
      `GET ${url} tells no version: this is neither Kibana nor OpenSearch Dashboards, or the user may not see it. ` +
        'Check the address, with its base path, and the user.',
    );
  }
}

function productOf(
  version: string,
  headers: Dispatcher.ResponseData['headers'],
  url: string,
): DashboardHost['product'] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (headers['osd-name'] !== undefined || major < 5) return 'opensearch-dashboards';
  const isFrom = ([first, second]: readonly [number, number]) => major > first || (major === first && minor >= second);
  if (isFrom(FIRST_LENS)) return 'kibana';
  if (isFrom(FIRST_CLASSIC)) return 'old-kibana';
  throw new EngineError(`${url} is Kibana ${version}; the dashboards need 7.10 or newer.`);
}

function refuseWrongTarget(product: DashboardHost['product'], { space, tenant, url }: Target): void {
  if (product === 'opensearch-dashboards' && space !== '') {
    throw new EngineError(`${url} is OpenSearch Dashboards, which has no spaces: give --tenant instead of --space.`);
  }
  if (product !== 'opensearch-dashboards' && tenant !== '') {
    throw new EngineError(`${url} is Kibana, which has no tenants: give --space instead of --tenant.`);
  }
}

type AskOptions = Pick<Dispatcher.RequestOptions, 'method' | 'body'> & { readonly headers: Record<string, string> };

async function ask(url: string, dispatcher: Agent, options: AskOptions): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, { dispatcher, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, ...options });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      `${new URL(url).origin} cannot be reached: ${reason}. Check the address, and elasticsearch_ca if it speaks TLS.`,
      { cause },
    );
  }
}

/** The error of an answer that is no success. */
export function hostRefusal(what: string, { status, text }: HostReply): EngineError {
  const { message } = readJson(text);
  const said = typeof message === 'string' ? message : text.slice(0, 200).trim();
  return new EngineError(`${what} was answered ${String(status)}: ${said}. ${remedyOf(status, said)}`, { status });
}

function remedyOf(status: number, said: string): string {
  if (said.includes('more recent version'))
    return 'The file is for another host: let setup choose it, and use the latest release of domain-stats.';
  if (status === 401) return 'Give elasticsearch_user and its password, or elasticsearch_api_key (Kibana only).';
  if (status === 403) return 'The user needs the right to manage saved objects in this space or tenant.';
  if (status === 404) return 'Check the address, with its base path, and that the space is there.';
  if (status === 409) return 'Somebody else changes the same objects: try again.';
  if (status === 413) return 'Raise savedObjects.maxImportPayloadBytes of the host.';
  if (status === 302 || status === 303)
    return 'The host wants a log-in by page: give a user of its own, without single sign-on.';
  return "Look into the host's log.";
}
