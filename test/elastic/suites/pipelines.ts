import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { estypes } from '@elastic/elasticsearch';
import { pipelineFor, type PipelineOptions, type Processor } from '../../../src/elastic/ingest/pipelines.ts';
import { ASSEMBLE, FIND_NAME } from '../../../src/elastic/ingest/scripts.ts';
import { eventMapping } from '../../../src/elastic/setup/mappings.ts';
import { defaultSettings } from '../../../src/settings/keys.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';
import type { EngineNode } from '../engines/node.ts';

type Document = Readonly<Record<string, unknown>>;
interface Pair {
  readonly input: Document;
  /** What `domain_stats` gets; null: nothing, "unchanged": the document comes out as it went in. */
  readonly expected: Document | null | 'unchanged';
}

const PAIRS = JSON.parse(readFileSync(new URL('../pairs/opensearch.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Pair>
>;

const OPTIONS: PipelineOptions = {
  fields: defaultSettings().fields,
  babyDays: 30,
  newDays: 730,
  policy: 'domain-stats',
};
const PENDING = { status: 'pending', pending: ['registration', 'contact'] };

const expectedOf = ({ input, expected }: Pair): Document =>
  expected === null || expected === 'unchanged' ? input : { ...input, domain_stats: { ...PENDING, ...expected } };

/** Documents as a pipeline leaves them, by the engine's own `_simulate`. */
async function simulate(engine: EngineNode, pipeline: object, inputs: readonly Document[]): Promise<Document[]> {
  const docs = inputs.map((_source) => ({ _source }));
  const { status, body } = await engine.ask('POST', '/_ingest/pipeline/_simulate', { pipeline, docs });
  expect([status, status === 200 ? '' : body]).toEqual([200, '']);
  return (body['docs'] as { doc: { _source: Document } }[]).map(({ doc }) => doc._source);
}

describeWithEngine('opensearch', 'the ingest pipeline', (engine) => {
  it.each(Object.entries(PAIRS))('simulated: %s', async (_, pair) => {
    const [left] = await simulate(engine(), pipelineFor('opensearch', OPTIONS), [pair.input]);
    expect(left).toEqual(expectedOf(pair));
  });

  it('keeps a scope under a dotted key, once', async () => {
    const input = { url: { domain: 'a.example.com' }, 'domain_stats.scope': 'site-1' };
    expect(await simulate(engine(), pipelineFor('opensearch', OPTIONS), [input])).toEqual([
      {
        url: input.url,
        domain_stats: { ...PENDING, name: 'a.example.com', source_field: 'url.domain', scope: 'site-1' },
      },
    ]);
  });

  it('does the same to documents that are indexed', async () => {
    await engine().ask('PUT', '/_ingest/pipeline/pairs', pipelineFor('opensearch', OPTIONS));
    await engine().ask('PUT', '/pairs', {
      settings: { index: { default_pipeline: 'pairs' } },
      mappings: eventMapping(),
    });
    const pairs = Object.values(PAIRS);
    const lines = pairs.flatMap(({ input }, i) => [{ index: { _id: String(i) } }, input]);
    const bulk = await engine().ask(
      'POST',
      '/pairs/_bulk',
      lines.map((line) => JSON.stringify(line)).join('\n') + '\n',
    );
    expect(bulk.body).toMatchObject({ errors: false });
    for (const [i, pair] of pairs.entries()) {
      const { body } = await engine().ask('GET', `/pairs/_doc/${i}`);
      expect(body['_source']).toEqual(expectedOf(pair));
    }
  });

  it('keeps a document that it fails on, pending and with the reason', async () => {
    const pipeline = pipelineFor('opensearch', OPTIONS);
    const broken: Processor = { fail: { tag: 'ds_broken', message: 'broken' } };
    const input = { url: { domain: 'a.example.com' }, tags: ['mine'] };
    const [left] = await simulate(engine(), { ...pipeline, processors: [broken] }, [input]);
    expect(left).toEqual({
      ...input,
      domain_stats: PENDING,
      tags: ['mine', '_domain_stats_failure'],
      error: { message: 'ds_broken: broken' },
    });
  });
});

const FACTS = {
  domain: 'example.com',
  public_suffix: 'com',
  first_seen: '2026-11-01T00:00:00.000Z',
  registration: { domain: 'example.com', status: 'found', created: '2026-10-31T12:00:00.000Z', source: 'rdap' },
  rank: { value: 17, band: '1k' },
};

/** Elasticsearch's pipeline with a stand-in for the two processors that OpenSearch does not have. */
function withFacts(facts: object | undefined) {
  const { processors, ...rest } = pipelineFor('elasticsearch', OPTIONS);
  const standIn: Processor[] =
    facts === undefined
      ? []
      : [{ script: { source: 'if (ctx._ds != null) { ctx._ds.match = params.match }', params: { match: { facts } } } }];
  const kept = processors.filter((processor) => !('registered_domain' in processor) && !('enrich' in processor));
  return { ...rest, processors: [kept[0], ...standIn, ...kept.slice(1)] };
}

const dns = (name: string, at?: unknown) => ({
  ...(at === undefined ? {} : { '@timestamp': at }),
  dns: { question: { name } },
});

describeWithEngine('opensearch', "the scripts of Elasticsearch's pipeline", (engine) => {
  const answerOf = async (facts: object | undefined, event: Document) => {
    const [left] = await simulate(engine(), withFacts(facts), [event]);
    expect(left).not.toHaveProperty('_ds');
    expect(left).not.toHaveProperty('error');
    return left?.['domain_stats'];
  };

  it('leave all pending without facts', async () => {
    expect(await answerOf(undefined, dns('WWW.Example.com.', '2026-11-20T10:00:00Z'))).toEqual({
      name: 'www.example.com',
      source_field: 'dns.question.name',
      ...PENDING,
    });
  });

  it('give the registration at event time, and no first contact to a domain seen before', async () => {
    expect(await answerOf(FACTS, dns('www.example.com', '2026-11-20T10:00:00Z'))).toEqual({
      name: 'www.example.com',
      domain: 'example.com',
      subdomain: 'www',
      public_suffix: 'com',
      source_field: 'dns.question.name',
      status: 'pending',
      pending: ['registration'],
      category: 'baby',
      category_source: 'registration',
      first_contact: false,
      first_seen: FACTS.first_seen,
      days_since_first_seen: 19,
      scope: 'default',
      registration: { ...FACTS.registration, age_days: 19, age_band: '7-30d' },
      rank: FACTS.rank,
    });
  });

  it('leave to the sweep what raises alerts, which they cannot make, and nothing else', async () => {
    const { registration } = FACTS;
    const old = { ...FACTS, registration: { ...registration, created: '1999-01-01T00:00:00.000Z' } };
    const answerAt = (facts: object) => answerOf(facts, dns('example.com', '2026-11-20T10:00:00Z'));
    const well = { ...old, registration: { ...old.registration, expires: '2026-11-20T10:00:00.000Z' } };
    expect(await answerAt(well)).toMatchObject({ status: 'ok', category: 'established', first_contact: false });
    const telling = [
      FACTS,
      { ...old, has_alerts: true },
      { ...old, registration: { ...old.registration, expires: '2026-11-20T09:59:59.000Z' } },
      { ...old, registration: { ...old.registration, previous_created: '1998-01-01T00:00:00.000Z' } },
    ];
    for (const facts of telling) {
      const answer = await answerAt(facts);
      expect(answer).toMatchObject({
        status: 'pending',
        pending: ['registration'],
        registration: { status: 'found' },
        first_contact: false,
      });
      expect(answer).not.toHaveProperty('has_alerts');
    }
  });

  it('leave the contact pending for an event that is no later than the first one seen', async () => {
    expect(await answerOf(FACTS, dns('example.com', '2026-11-01T00:00:00Z'))).toMatchObject({
      status: 'pending',
      pending: ['registration', 'contact'],
      registration: { age_days: 0, age_band: '0-1d' },
    });
    const before = await answerOf(FACTS, dns('example.com', '2026-10-30T00:00:00+01:00'));
    expect(before).toMatchObject({
      pending: ['contact'],
      category: 'unknown',
      registration: { age_band: 'before_registration' },
    });
    expect(before).not.toHaveProperty('registration.age_days');
    expect(before).not.toHaveProperty('first_contact');
  });

  it('leave the contact pending for a document of another scope', async () => {
    const event = dns('example.com', '2026-11-20T10:00:00Z');
    for (const scope of [{ domain_stats: { scope: 'site-1' } }, { 'domain_stats.scope': 'site-1' }]) {
      const answer = await answerOf(FACTS, { ...event, ...scope });
      // A baby domain's alert is the sweep's to give.
      expect(answer).toMatchObject({ scope: 'site-1', pending: ['registration', 'contact'], category: 'baby' });
      expect(answer).not.toHaveProperty('first_contact');
      expect(await answerOf(undefined, { ...event, ...scope })).toMatchObject({ scope: 'site-1', ...PENDING });
    }
  });

  it('read times in milliseconds, and leave all pending without one, or with one of a wrong clock', async () => {
    const at = Date.parse('2026-11-20T10:00:00Z');
    expect(await answerOf(FACTS, dns('example.com', at))).toMatchObject({ first_contact: false });
    for (const wrong of [undefined, 'yesterday', '2099-01-01T00:00:00Z']) {
      expect(await answerOf(FACTS, dns('example.com', wrong))).toMatchObject(PENDING);
    }
  });

  it('leave names to the service that only it can read', async () => {
    for (const name of ['bücher.example.com', '_ldap.example.com', '*.example.com', 'a b.example.com']) {
      expect(await answerOf(FACTS, dns(name, '2026-11-20T10:00:00Z'))).toMatchObject(PENDING);
    }
  });

  it('keep the bands of ages', async () => {
    const bands = { '2026-11-12': '7-30d', '2026-10-01': '30-90d', '2025-01-01': '90d-2y', '2001-01-01': '2y+' };
    for (const [created, band] of Object.entries(bands)) {
      const facts = { ...FACTS, registration: { ...FACTS.registration, created: `${created}T00:00:00.000Z` } };
      const answer = await answerOf(facts, dns('example.com', '2026-11-20T10:00:00Z'));
      expect(answer).toMatchObject({ registration: { age_band: band } });
    }
  });
});

describe("Elasticsearch's pipeline", () => {
  const pipeline = pipelineFor('elasticsearch', OPTIONS);
  const optionsOf = (kind: string) =>
    pipeline.processors.flatMap((processor) => (processor[kind] === undefined ? [] : [processor[kind]]));

  it('uses only options that its processors document', () => {
    // The keys of the client's own types: a misspelt one does not compile.
    const base: (keyof estypes.IngestProcessorBase)[] = ['tag', 'if', 'ignore_failure', 'description', 'on_failure'];
    const known = {
      registered_domain: [
        'field',
        'target_field',
        'ignore_missing',
      ] satisfies (keyof estypes.IngestRegisteredDomainProcessor)[],
      enrich: [
        'field',
        'target_field',
        'policy_name',
        'max_matches',
        'ignore_missing',
        'override',
        'shape_relation',
      ] satisfies (keyof estypes.IngestEnrichProcessor)[],
      script: ['source', 'lang', 'params', 'id'] satisfies (keyof estypes.IngestScriptProcessor)[],
      remove: ['field', 'keep', 'ignore_missing'] satisfies (keyof estypes.IngestRemoveProcessor)[],
      set: [
        'field',
        'value',
        'override',
        'copy_from',
        'media_type',
        'ignore_empty_value',
      ] satisfies (keyof estypes.IngestSetProcessor)[],
      append: ['field', 'value', 'allow_duplicates', 'media_type'] satisfies (keyof estypes.IngestAppendProcessor)[],
    } as const;
    for (const processor of [...pipeline.processors, ...pipeline.on_failure]) {
      const [[kind, options]] = Object.entries(processor) as [[keyof typeof known, object]];
      expect(known).toHaveProperty(kind);
      const unknown = Object.keys(options).filter((key) => ![...base, ...known[kind]].includes(key as 'tag'));
      expect([kind, unknown]).toEqual([kind, []]);
    }
  });

  it('asks for one match of the registered domain, and lets no failure of a look-up cost a document', () => {
    expect(optionsOf('registered_domain')).toMatchObject([{ field: '_ds.name', target_field: '_ds.split' }]);
    expect(optionsOf('enrich')).toMatchObject([
      { field: '_ds.split.registered_domain', policy_name: 'domain-stats', max_matches: 1, ignore_failure: true },
    ]);
    expect(optionsOf('script').map(({ source }) => source)).toEqual([FIND_NAME, ASSEMBLE]);
  });

  it.each(['elasticsearch', 'opensearch'] as const)('tags every processor, each its own way (%s)', (product) => {
    const { processors, on_failure } = pipelineFor(product, OPTIONS);
    const tags = [...processors, ...on_failure].map((processor) => Object.values(processor)[0]?.['tag']);
    expect(tags.every((tag) => typeof tag === 'string')).toBe(true);
    const own = processors.map((processor) => Object.values(processor)[0]?.['tag']);
    expect(new Set(own).size).toBe(own.length);
  });
});
