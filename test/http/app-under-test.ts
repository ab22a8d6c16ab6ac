import { afterAll, expect } from '@jest/globals';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { buildApp } from '../../src/http/app.ts';
import { createService, type Service, type ServiceOptions } from '../../src/service.ts';
import type { Settings } from '../../src/settings/table.ts';
import { snapshot } from '../core/embedded-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** The application on a store of its own, asked by injection. */
export interface AppUnderTest {
  readonly app: FastifyInstance;
  readonly service: Service;
  readonly get: (url: string, headers?: Record<string, string>) => Promise<Response>;
  readonly post: (url: string, body: unknown, contentType?: string) => Promise<Response>;
  readonly send: (request: InjectOptions) => Promise<Response>;
}

export interface Response {
  readonly status: number;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Of a JSON body. */
  readonly json: Record<string, unknown>;
  /** Of an array or of NDJSON. */
  readonly list: Record<string, unknown>[];
}

const opened: AppUnderTest[] = [];
afterAll(async () => {
  for (const { app, service } of opened) {
    await app.close();
    await service.close();
  }
});

export const NOW = Date.parse('2026-11-22T12:00:00Z');

/** Opens an application whose clock stands at {@link NOW}; it is closed after the test file. */
export async function openApp(settings: Partial<Settings> = {}, options: ServiceOptions = {}): Promise<AppUnderTest> {
  const service = createService(
    { data: temporaryFolder(), ...settings },
    { clock: () => NOW, snapshot, runLookups: false, ...options },
  );
  const app = await buildApp(service).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  const send = async (request: InjectOptions): Promise<Response> => {
    const { statusCode, headers, body } = await app.inject(request);
    return {
      status: statusCode,
      type: headers['content-type'] as string | undefined,
      headers,
      text: body,
      get json() {
        return JSON.parse(body) as Record<string, unknown>;
      },
      get list() {
        const isLines = headers['content-type'] === 'application/x-ndjson';
        return JSON.parse(isLines ? `[${body.trimEnd().split('\n').join(',')}]` : body) as Record<string, unknown>[];
      },
    };
  };
  const opening: AppUnderTest = {
    app,
    service,
    send,
    get: (url, headers = {}) => send({ url, headers }),
    post: (url, body, contentType = 'application/json') =>
      send({
        method: 'POST',
        url,
        headers: { 'content-type': contentType },
        payload: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
  opened.push(opening);
  return opening;
}

/** What every refusal is: a problem document with its own status, a known type and something to do. */
export function expectProblem(response: Response, status: number, code: string, detail: RegExp): void {
  expect([response.status, response.type]).toEqual([status, 'application/problem+json']);
  expect(response.json).toEqual({
    type: `urn:domain-stats:${code}`,
    title: expect.stringMatching(/./),
    status,
    detail: expect.stringMatching(detail),
  });
}
