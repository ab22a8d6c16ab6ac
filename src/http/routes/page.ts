import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VERSION } from '../../program.ts';
import type { Service } from '../../service.ts';
import type { LegacyHandler } from '../legacy/index.ts';
import { answerSection } from '../page/answer-section.ts';
import { PAGE_HEADERS, pageDocument } from '../page/document.ts';
import type { Html } from '../page/html.ts';
import { panels } from '../page/panels.ts';
import { one, type Query } from '../query.ts';

/** How long the page is held for a registration that nobody knows yet. */
const WAIT_MS = 1500;
/** Longer texts are no names. */
const MAX_NAME = 512;

/**
 * `/`: a page for people, whole without a script. Where a predecessor has its routes, `/` is the page for whoever takes
 * HTML, as browsers say they do, and the predecessor's else.
 */
export function pageRoutes(app: FastifyInstance, service: Service, legacy: LegacyHandler | undefined): void {
  app.get<{ Querystring: Query }>('/', { schema: { hide: true } }, (request, reply) =>
    legacy === undefined || isForPeople(request) ? sendPage(request, reply) : legacy(request, reply),
  );

  async function sendPage({ query }: FastifyRequest<{ Querystring: Query }>, reply: FastifyReply): Promise<void> {
    const name = (one(query, 'name') ?? '').trim().slice(0, MAX_NAME);
    const text = pageDocument({
      version: VERSION,
      batchMax: service.settings.batchMax,
      name,
      answer: name === '' ? undefined : await answerFor(name),
      panels: panels(service),
    });
    await reply.headers(PAGE_HEADERS).send(text);
  }

  /** Looking leaves no contact: a link in somebody's mail must not make a first contact. */
  async function answerFor(name: string): Promise<Html | undefined> {
    const waitMs = Math.min(WAIT_MS, service.settings.maxWait);
    const [reply] = await service.ask([{ name }], { contact: false, waitMs });
    const ranked = service.dataDates().some((data) => data.name === 'ranks');
    return reply === undefined ? undefined : answerSection(reply.object(), { now: service.now(), ranked });
  }
}

/** `cmd` and `tgt` are domain_stats 1's alone. */
function isForPeople({ headers, query }: FastifyRequest<{ Querystring: Query }>): boolean {
  return (headers.accept ?? '').includes('text/html') && query['cmd'] === undefined && query['tgt'] === undefined;
}
