import type { SettingKey } from '../settings/table.ts';

/** Settings of every command that talks to a search engine. */
export const ENGINE_SETTINGS: readonly SettingKey[] = [
  'elasticsearchUrl',
  'elasticsearchUser',
  'elasticsearchPassword',
  'elasticsearchPasswordFile',
  'elasticsearchApiKey',
  'elasticsearchApiKeyFile',
  'elasticsearchCa',
  'elasticsearchFingerprint',
];
