import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { AnswerSchema } from '../../src/schema/answer.ts';
import { openApp, type AppUnderTest, type Response } from './app-under-test.ts';

const answer = Compile(AnswerSchema);
const RUNS = { numRuns: 300 };

/** Texts like names, and texts like nothing. */
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.domain(),
  fc
    .array(
      fc.constantFrom('a', 'xn--', '.', '。', '-', '%', '*', 'ß', 'com', 'github.io', '1', ':', '[', ']', '\0', '🦊'),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
const item = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record(
      { name, at: fc.anything(), id: fc.anything(), scope: fc.anything(), client: fc.anything() },
      { requiredKeys: ['name'] },
    ),
  },
  { weight: 1, arbitrary: fc.anything() },
);

let app: AppUnderTest;
beforeAll(async () => {
  app = await openApp({ nameCache: 100 });
});

/** Either an answer of the schema with status 200, or a refusal below 500 with a detail. */
function expectAnswerOrProblem({ status, type, json }: Response): void {
  if (status === 200) {
    expect(type).toBe('application/json');
    expect([...answer.Errors(json)]).toEqual([]);
  } else {
    expectRefusal(status, json);
    expect(type).toBe('application/problem+json');
  }
}

function expectRefusal(status: number, problem: Record<string, unknown>): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^urn:domain-stats:/),
    status,
    detail: expect.stringMatching(/./),
  });
}

const isPath = (text: string) => text !== '' && !/^\.{1,2}$/.test(text) && text.isWellFormed();

describe('whatever comes', () => {
  it('as a name in the path or as a parameter is answered', () =>
    fc.assert(
      fc.asyncProperty(name.filter(isPath), async (text) => {
        const encoded = encodeURIComponent(text);
        expectAnswerOrProblem(await app.get(`/v1/domains?name=${encoded}`));
        expectAnswerOrProblem(await app.get(`/v1/domains/${encoded}?contact=false`));
        expect((await app.get(`/v1/names/${encoded}`)).status).toBe(200);
      }),
      RUNS,
    ));

  it('as a path is answered', () =>
    fc.assert(
      fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), async (path, query) => {
        const response = await app.get(`/v1/domains${path}?${query}`);
        expect(response.status).toBeLessThan(500);
      }),
      RUNS,
    ));

  it('as an item is answered or refused in its place', () =>
    fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 8 }), async (items) => {
        const body = JSON.stringify(items);
        const { status, list } = await app.post('/v1/domains', body);
        expect([status, list.length]).toEqual([200, items.length]);
        for (const each of list) {
          if (typeof each['status'] === 'number') expectRefusal(each['status'], each);
          else expect([...answer.Errors(each)]).toEqual([]);
        }
      }),
      RUNS,
    ));

  it('as a body is answered or refused', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.array(fc.json()).map((lines) => lines.join('\n')),
        ),
        fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', 'x'),
        async (body, contentType) => {
          const { status, text } = await app.post('/v1/domains', body, contentType);
          expect(status).toBeLessThan(500);
          if (status !== 200) expectRefusal(status, JSON.parse(text) as Record<string, unknown>);
        },
      ),
      RUNS,
    ));
});
