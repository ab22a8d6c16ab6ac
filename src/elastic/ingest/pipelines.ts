import type { Product } from '../engine.ts';
import { ASSEMBLE, FIND_NAME, MARK_PENDING } from './scripts.ts';

/** One processor: its kind and its options. */
export type Processor = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An ingest pipeline as the engines take it. */
export interface Pipeline {
  readonly description: string;
  readonly processors: readonly Processor[];
  readonly on_failure: readonly Processor[];
}

/** What differs from one installation to the other. */
export interface PipelineOptions {
  /** Event fields that may hold a name. */
  readonly fields: readonly string[];
  readonly babyDays: number;
  readonly newDays: number;
  /** Name of the enrich policy over the facts. */
  readonly policy: string;
}

/** The pipeline of an engine: built-in processors only, each with a tag; whatever fails leaves the document pending. */
export function pipelineFor(product: Product, options: PipelineOptions): Pipeline {
  return product === 'opensearch' ? openSearchPipeline(options) : elasticsearchPipeline(options);
}

const WHAT = 'domain_stats of the name in a document';

const openSearchPipeline = ({ fields }: PipelineOptions): Pipeline => ({
  description: `${WHAT}: marks it pending, for domain-stats to complete`,
  processors: [script('ds_pending', MARK_PENDING, { fields })],
  on_failure: onFailure,
});

const elasticsearchPipeline = ({ fields, babyDays, newDays, policy }: PipelineOptions): Pipeline => ({
  description: `${WHAT}: from the facts that are known, pending else, for domain-stats to complete`,
  processors: [
    script('ds_name', FIND_NAME, { fields }),
    {
      registered_domain: {
        tag: 'ds_split',
        if: 'ctx._ds != null',
        field: '_ds.name',
        target_field: '_ds.split',
        ignore_missing: true,
        ignore_failure: true,
      },
    },
    {
      // A full queue of look-ups must not cost a document: it stays pending then.
      enrich: {
        tag: 'ds_facts',
        if: 'ctx._ds?.split?.registered_domain != null',
        policy_name: policy,
        field: '_ds.split.registered_domain',
        target_field: '_ds.match',
        max_matches: 1,
        ignore_missing: true,
        ignore_failure: true,
      },
    },
    script('ds_assemble', ASSEMBLE, { baby_days: babyDays, new_days: newDays }, 'ctx._ds != null'),
    remove,
  ],
  on_failure: [...onFailure, remove],
});

const script = (tag: string, source: string, params: object, condition?: string): Processor => ({
  script: { tag, ...(condition === undefined ? {} : { if: condition }), lang: 'painless', params, source },
});

const remove: Processor = { remove: { tag: 'ds_clean', field: '_ds', ignore_missing: true } };

/** The document is indexed all the same, and says what went wrong. */
const onFailure: readonly Processor[] = [
  {
    set: {
      tag: 'ds_failed_pending',
      field: 'domain_stats',
      value: { status: 'pending', pending: ['registration', 'contact'] },
      override: false,
      ignore_failure: true,
    },
  },
  { append: { tag: 'ds_failed_tag', field: 'tags', value: ['_domain_stats_failure'], ignore_failure: true } },
  {
    set: {
      tag: 'ds_failed_reason',
      field: 'error.message',
      value: '{{_ingest.on_failure_processor_tag}}: {{_ingest.on_failure_message}}',
      ignore_failure: true,
    },
  },
];
