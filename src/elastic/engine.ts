/** The two search engines, told apart by asking. */
export type Product = 'elasticsearch' | 'opensearch';

/** One request of an engine's REST API. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Encoded path, with its query. */
  readonly path: string;
  /** JSON text, or lines of it for bulk requests. */
  readonly body?: string;
  readonly isBulk?: boolean;
}

/** What came back: any status is an answer, and the text is as the engine wrote it. */
export interface EngineReply {
  readonly status: number;
  readonly text: string;
}

/** A search engine behind its official client. */
export interface Engine {
  readonly product: Product;
  /** `[major, minor]`. */
  readonly version: readonly [number, number];
  /** Sends a request, again and again with growing pauses while the engine is away or busy. Throws {@link EngineError}. */
  send(request: EngineRequest): Promise<EngineReply>;
  close(): Promise<void>;
}

/** What keeps a request from being done: what was tried, why it failed, what to do. */
export class EngineError extends Error {
  override name = 'EngineError';
  /** Status of the answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(message: string, details: { status?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.status = details.status;
  }
}

/** Sends a request whose answer must be a success, but for the statuses that the caller knows what to do with. */
export async function ask(
  engine: Pick<Engine, 'send'>,
  request: EngineRequest,
  also: readonly number[] = [],
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const reply = await engine.send(request);
  if (reply.status >= 300 && !also.includes(reply.status)) throw refusal(request, reply);
  return { status: reply.status, body: readJson(reply.text) };
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** JSON text as an object; an empty or foreign text (a proxy's page) is an empty one. */
export function readJson(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member of an object that is an object; empty when it is none. */
export function objectAt(value: unknown, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The error of an answer that is none of the expected ones. */
export function refusal({ method, path }: EngineRequest, { status, text }: EngineReply): EngineError {
  const error = readJson(text)['error'];
  const { type, reason } = causeOf(error);
  const said = reason ?? (typeof error === 'string' ? error : text.slice(0, 200).trim());
  const what = `${method} ${path.split('?')[0] ?? path}`;
  return new EngineError(`${what} was answered ${String(status)}: ${said}. ${remedyOf(status, type)}`, { status });
}

/** Type and reason of an error object; the root cause's, which names the index. */
export function causeOf(error: unknown): { readonly type?: string; readonly reason?: string } {
  if (!isObject(error)) return {};
  const root: unknown = Array.isArray(error['root_cause']) ? error['root_cause'][0] : undefined;
  const { type, reason } = isObject(root) ? root : error;
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof reason === 'string' ? { reason: withoutDocument(reason) } : {}),
  };
}

/** A reason without where in a document it arose, and what stands there: reasons go to logs, names and ids do not. */
const withoutDocument = (reason: string): string =>
  reason
    .replace(/^\[\d+:\d+\] /, '')
    .replace(/(?: in document with id | The prefix of the first immense term |,? request: )[^]*$/, '');

/** What a person can do about an error. */
export function remedyOf(status: number, type = ''): string {
  if (status === 401) return 'Give elasticsearch_user and its password, or elasticsearch_api_key.';
  if (type === 'cluster_block_exception') {
    return 'The index is read-only: free disk space, or remove its index.blocks settings.';
  }
  if (type === 'index_closed_exception') return 'The index is closed: open it, or leave it out of the pattern.';
  if (status === 403) return 'The user lacks a privilege; docs/engines.md lists those that are needed.';
  if (type === 'index_not_found_exception') return 'Name an index, alias or data stream that exists.';
  if (status === 404) return 'Check elasticsearch_url, and that `domain-stats setup` has run.';
  if (status === 429) return 'The engine is overloaded: send less at once, or give it more room.';
  if (/mapper|mapping|document_parsing/.test(type)) {
    return 'The index has another mapping for domain_stats: run `domain-stats setup` and use its component template.';
  }
  if (status >= 500) return "Look into the engine's log.";
  return 'Compare the versions of the engine and of domain-stats.';
}
