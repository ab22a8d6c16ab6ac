/** Options of the plugins that our configurations use, by Logstash 9.3: a name that is not here would stop Logstash. */

const COMMON = ['id', 'enable_metric'];
const COMMON_FILTER = [...COMMON, 'add_field', 'add_tag', 'remove_field', 'remove_tag', 'periodic_flush'];

/** The http filter 2.0 and its client: names that are obsolete there (`cacert`, `keystore`) are missing on purpose. */
const HTTP_FILTER = [
  'url',
  'verb',
  'headers',
  'query',
  'body',
  'body_format',
  'target_body',
  'target_headers',
  'tag_on_request_failure',
  'tag_on_json_failure',
  'connect_timeout',
  'socket_timeout',
  'request_timeout',
  'pool_max',
  'pool_max_per_route',
  'keepalive',
  'cookies',
  'follow_redirects',
  'automatic_retries',
  'retry_non_idempotent',
  'validate_after_inactivity',
  'user',
  'password',
  'proxy',
  'ssl_enabled',
  'ssl_verification_mode',
  'ssl_certificate_authorities',
  'ssl_certificate',
  'ssl_key',
  'ssl_keystore_path',
  'ssl_keystore_password',
  'ssl_keystore_type',
  'ssl_truststore_path',
  'ssl_truststore_password',
  'ssl_truststore_type',
  'ssl_cipher_suites',
  'ssl_supported_protocols',
  'ecs_compatibility',
];

const MUTATE = [
  'convert',
  'copy',
  'gsub',
  'join',
  'lowercase',
  'merge',
  'coerce',
  'rename',
  'replace',
  'split',
  'strip',
  'update',
  'uppercase',
  'capitalize',
  'tag_on_failure',
];

const ELASTICSEARCH_OUTPUT = [
  'hosts',
  'api_key',
  'user',
  'password',
  'cloud_id',
  'cloud_auth',
  'ssl_enabled',
  'ssl_certificate_authorities',
  'ssl_verification_mode',
];

/** With `data_stream => "true"` the output takes the connection's options and these, and no `index` or `document_id`. */
const DATA_STREAM = [
  'data_stream',
  'data_stream_type',
  'data_stream_dataset',
  'data_stream_namespace',
  'data_stream_auto_routing',
  'data_stream_sync_fields',
  'pipeline',
];

const OPENSEARCH_OUTPUT = [
  'hosts',
  'user',
  'password',
  'auth_type',
  'action',
  'index',
  'manage_template',
  'pipeline',
  'ssl',
  'cacert',
  'ssl_certificate_verification',
];

export const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'filter/http': [...COMMON_FILTER, ...HTTP_FILTER],
  'filter/mutate': [...COMMON_FILTER, ...MUTATE],
  'filter/date': [...COMMON_FILTER, 'match', 'target', 'timezone', 'locale', 'tag_on_failure', 'precision'],
  'input/beats': [
    ...COMMON,
    'port',
    'host',
    'add_field',
    'tags',
    'type',
    'codec',
    'ssl_enabled',
    'ssl_certificate',
    'ssl_key',
    'ssl_certificate_authorities',
    'ssl_client_authentication',
  ],
  'output/elasticsearch': [...COMMON, ...ELASTICSEARCH_OUTPUT, ...DATA_STREAM],
  'output/opensearch': [...COMMON, ...OPENSEARCH_OUTPUT],
};

export const COMMON_FILTER_OPTIONS: readonly string[] = COMMON_FILTER;

/** Keys of an entry in pipelines.yml. */
export const PIPELINE_KEYS = [
  'pipeline.id',
  'path.config',
  'config.string',
  'pipeline.workers',
  'pipeline.batch.size',
  'pipeline.batch.delay',
  'pipeline.ordered',
  'pipeline.ecs_compatibility',
  'queue.type',
  'queue.max_bytes',
];
