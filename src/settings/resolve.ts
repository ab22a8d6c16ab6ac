import { PREFIX_DIGITS } from '../schema/community.ts';
import { BadValue, secret } from './kinds.ts';
import { fileKeyOf, flagOf, settingKeys, settingOf, variableOf } from './keys.ts';
import type { SettingKey, Settings } from './table.ts';

/** Where a value comes from; a later one in this order wins. */
export type Origin = 'default' | 'file' | 'environment' | 'flag';

/** Raw values by origin, under the names that each origin uses. */
export interface RawSettings {
  readonly file?: Readonly<Record<string, unknown>>;
  /** Name of the file, for messages. */
  readonly fileName?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** By setting key, as the command line parser gives them. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** Settings with the origin of each, or every problem at once. */
export interface Resolved {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  readonly problems: readonly string[];
}

const PREFIX = 'DOMAIN_STATS_';
/** Credentials in a URL, which must not get into a log. */
const CREDENTIALS = /\/\/[^/@"]*@/g;

/** Variables with our prefix that are no settings. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([`${PREFIX}CONFIG`]);

/** Merges defaults < file < environment < flags, and lists whatever is unknown or wrong. */
export function resolveSettings(raw: RawSettings): Resolved {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  const { file = {}, fileName = 'the settings file', environment = {}, flags = {} } = raw;

  for (const key of settingKeys()) {
    const { kind, default: fallback } = settingOf(key);
    const given: [Origin, string, unknown][] = [
      ['file', `${fileName}: ${fileKeyOf(key)}`, file[fileKeyOf(key)]],
      ['environment', variableOf(key), environment[variableOf(key)]],
      ['flag', flagOf(key), flags[key]],
    ];
    values[key] = fallback;
    origins[key] = 'default';
    for (const [origin, place, value] of given) {
      if (value === undefined) continue;
      try {
        values[key] = kind.read(value);
        origins[key] = origin;
      } catch (error) {
        if (!(error instanceof BadValue)) throw error;
        const shown = JSON.stringify(value).replace(CREDENTIALS, '//…@');
        problems.push(`${place}: ${error.message}; ${kind === secret ? 'it is not shown' : `it is ${shown}`}`);
      }
    }
  }
  problems.push(...unknownKeys(file, fileName), ...unknownVariables(environment));
  const settings = values as unknown as Settings;
  problems.push(...contradictions(settings));
  return { settings, origins: origins as Record<SettingKey, Origin>, problems };
}

function unknownKeys(file: Readonly<Record<string, unknown>>, fileName: string): string[] {
  const known = new Set(settingKeys().map(fileKeyOf));
  return Object.keys(file)
    .filter((key) => !known.has(key))
    .map((key) => `${fileName}: ${key}: there is no such setting${guess(key, [...known])}`);
}

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(settingKeys().map(variableOf));
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && !OTHER_VARIABLES.has(name))
    .map((name) => `${name}: there is no such setting${guess(name, [...known])}`);
}

/** A known word that begins or ends like the unknown one. */
function guess(unknown: string, known: readonly string[]): string {
  const near = known.find((word) => word.startsWith(unknown.slice(0, -2)) || unknown.startsWith(word.slice(0, -1)));
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

function contradictions(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.newDays < settings.babyDays) problems.push('new_days: must not be less than baby_days');
  if ((settings.tlsCert === '') !== (settings.tlsKey === '')) problems.push('tls_cert and tls_key: give both or none');
  if (settings.elasticsearchUser !== '' && settings.elasticsearchApiKey + settings.elasticsearchApiKeyFile !== '') {
    problems.push('elasticsearch_user and elasticsearch_api_key: give one of them');
  }
  if (settings.elasticsearchUrl.length === 0 && settings.sweepIndex.length > 0) {
    problems.push('sweep_index: needs elasticsearch_url');
  }
  if (settings.ranksUrl !== '' && settings.rankList === '') {
    problems.push('ranks_url: needs rank_list, the name that the downloaded list gets, such as umbrella');
  }
  if (settings.workers > 1 && settings.communityServer) {
    problems.push('workers and community_server: one process counts what a token asks a minute; leave workers at 1');
  }
  problems.push(...communityContradictions(settings));
  return problems;
}

function communityContradictions(settings: Settings): string[] {
  const { communityUrl, communityToken, communityTokenFile, communityPrefix, communityServer } = settings;
  const problems: string[] = [];
  if (communityUrl !== '' && communityToken + communityTokenFile === '') {
    problems.push('community_url: needs community_token or community_token_file, which its operator gives you');
  }
  if (communityToken !== '' && communityTokenFile !== '') {
    problems.push('community_token and community_token_file: give one of them');
  }
  if (communityPrefix > 0 && communityPrefix < PREFIX_DIGITS.min) {
    problems.push(`community_prefix: must be 0 or ${String(PREFIX_DIGITS.min)} to ${String(PREFIX_DIGITS.max)}`);
  }
  if (communityUrl !== '' && communityServer) problems.push('community_url and community_server: give one of them');
  return problems;
}
