import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { AnswerSchema } from '../../schema/answer.ts';
import { FullAnswerSchema } from '../../schema/full-answer.ts';
import { ProblemSchema } from '../../schema/problem.ts';
import { DomainRequestSchema } from '../../schema/request.ts';
import type { Service } from '../../service.ts';
import type { Reply } from '../../service/answer-names.ts';
import { readBody, type Body } from '../body.ts';
import { Problem, Refusal } from '../problems.ts';
import { DURATION_PATTERN } from '../../settings/kinds.ts';
import { one, OPTION_NAMES, readOptions, refuseUnknown, type AnswerOptions, type Query } from '../query.ts';
import { isRequest, readItem } from '../read-item.ts';
import { sendJson, sendLines } from '../send-json.ts';

const EVENT_NAMES = ['at', 'id', 'scope', 'client'] as const;
const PATH_QUERY = [...EVENT_NAMES, ...OPTION_NAMES];
const NAME_QUERY = ['name', ...PATH_QUERY];

const optionParameters = {
  contact: Type.Optional(Type.Boolean({ description: 'false: leave no contact.', default: true })),
  wait: Type.Optional(
    Type.String({
      pattern: DURATION_PATTERN,
      description: 'Wait up to this long for an unknown registration, e.g. `250ms`.',
    }),
  ),
  full: Type.Optional(Type.Boolean({ description: 'true: every key is there, absent ones null.', default: false })),
};
const { name: nameParameter, ...eventParameters } = DomainRequestSchema.properties;

const answer = Type.Union([AnswerSchema, FullAnswerSchema]);
const answers = { 200: answer };

/** `/v1/domains`: the facts of one name or many, in every form that a shipper can send. */
export function domainRoutes(app: FastifyInstance, service: Service): void {
  const { maxWait, batchMax } = service.settings;

  app.get<{ Params: { name: string }; Querystring: Query }>(
    '/v1/domains/:name',
    {
      schema: {
        summary: 'Facts of one name',
        tags: ['domains'],
        params: Type.Object({ name: nameParameter }),
        querystring: Type.Object({ ...eventParameters, ...optionParameters }),
        response: answers,
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, PATH_QUERY);
      return answerOne(reply, fromQuery(request.query, request.params.name), readOptions(request.query, maxWait));
    },
  );

  app.get<{ Querystring: Query }>(
    '/v1/domains',
    {
      schema: {
        summary: 'Facts of one name, given as a parameter',
        tags: ['domains'],
        querystring: Type.Object({ name: nameParameter, ...eventParameters, ...optionParameters }),
        response: answers,
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, NAME_QUERY);
      const name = one(request.query, 'name');
      if (name === undefined) throw new Refusal('bad-parameter', 'name: missing; ask for ?name=example.com.');
      return answerOne(reply, fromQuery(request.query, name), readOptions(request.query, maxWait));
    },
  );

  app.post<{ Body: string | undefined; Querystring: Query }>(
    '/v1/domains',
    {
      schema: {
        summary: 'Facts of one name or many: a JSON object, an array or NDJSON, answered in the same form and order',
        tags: ['domains'],
        body: Type.Union([DomainRequestSchema, Type.Array(DomainRequestSchema)]),
        querystring: Type.Object(optionParameters),
        response: { 200: Type.Union([answer, Type.Array(Type.Union([answer, ProblemSchema]))]) },
      },
    },
    (request, reply) => {
      refuseUnknown(request.query, OPTION_NAMES);
      const options = readOptions(request.query, maxWait);
      const body = readBody(request.body, request.headers['content-type']);
      return body.form === 'one' ? answerOne(reply, body.item, options) : answerMany(reply, body, options);
    },
  );

  /** One name: known at once it is answered without leaving this turn of the event loop. */
  function answerOne(reply: FastifyReply, item: unknown, options: AnswerOptions): Promise<void> | undefined {
    const read = readItem(item);
    if (read instanceof Problem) throw new Refusal('bad-item', read.detail);
    const send = ([answer]: readonly Reply[]) => sendJson(reply, answer?.text(options.full) ?? 'null');
    const replies = service.ask([read], options);
    if (replies instanceof Promise) return replies.then(send);
    send(replies);
    return undefined;
  }

  async function answerMany(reply: FastifyReply, body: Exclude<Body, { form: 'one' }>, options: AnswerOptions) {
    if (body.items.length > batchMax) {
      const count = String(body.items.length);
      throw new Refusal('batch-too-large', `${count} names; at most ${String(batchMax)} in one request (batch_max).`);
    }
    const read = body.items.map(readItem);
    const replies = await service.ask(read.filter(isRequest), options);
    let answered = 0;
    const texts = read.map((item) =>
      item instanceof Problem ? JSON.stringify(item) : (replies[answered++]?.text(options.full) ?? 'null'),
    );
    if (body.form === 'array') sendJson(reply, `[${texts.join(',')}]`);
    else sendLines(reply, texts);
  }
}

function fromQuery(query: Query, name: string) {
  const item: Record<string, unknown> = { name };
  for (const key of EVENT_NAMES) {
    const value = one(query, key);
    if (value !== undefined) item[key] = value;
  }
  return item;
}
