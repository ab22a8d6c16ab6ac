import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRootZonePage } from '../core/root-zone-page.ts';
import { suffixListText } from '../core/suffix-list-text.ts';
import { readSuffixList } from '../core/suffix-list.ts';

import { tldFile, tldTable, type TldFile, type TldTable } from '../core/tld-facts.ts';
import { DataSetError, sealStaging, type About, type EmbeddedSet, type Staged } from './generations.ts';
import { RDAP_FILE, SUFFIX_FILE, SUFFIX_RULES_FILE, TLD_FILE } from './open-generation.ts';
import type { RdapBootstrap } from './snapshot.ts';

/** Data of one of the small sets as it came, and what is known of its origin. */
export interface SmallSource {
  readonly text: string;
  readonly source: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface SmallBuildOptions {
  readonly folder: string;
  readonly now: number;
  /** The table that is replaced: a root zone page lacks what it knows. */
  readonly presentTlds: () => TldTable;
}

/** Turns what came into the files of a generation; throws when it is not what it should be. */
type Build = (text: string, options: SmallBuildOptions) => Pick<About, 'rows'> & { as_of?: string };

/**
 * Builds a generation of the suffix list, the TLD facts or the RDAP bootstrap. They are small and read whole, so they
 * are files and no LMDB environments. Throws {@link DataSetError} when the data is broken or lacks what it must have.
 */
export function buildSmall(set: EmbeddedSet, input: SmallSource, options: SmallBuildOptions): Staged {
  let built;
  try {
    built = BUILDS[set](input.text, options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataSetError(`${set}: ${input.source}: ${reason}. The live data stays.`, { cause });
  }
  return sealStaging(set, options.folder, {
    format: 1,
    made: new Date(options.now).toISOString(),
    source: input.source,
    sha256: createHash('sha256').update(input.text).digest('hex'),
    ...built,
    ...(input.etag === undefined ? {} : { etag: input.etag }),
    ...(input.lastModified === undefined ? {} : { last_modified: input.lastModified }),
  });
}

const BUILDS: Readonly<Record<EmbeddedSet, Build>> = { psl: buildSuffixes, tlds: buildTlds, rdap: buildRdap };

/** Rules that no Public Suffix List is without. */
const KNOWN_RULES = ['com', 'org', 'net', 'de', 'co.uk', 'com.br', 'ck', 'github.io'];
const KNOWN_TLDS = ['com', 'org', 'net', 'de', 'uk', 'arpa', 'xn--p1ai'];
const KNOWN_RDAP = ['com', 'org', 'net'];

function buildSuffixes(text: string, { folder }: SmallBuildOptions) {
  const list = readSuffixList(text);
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  if (!last.includes('===END PRIVATE DOMAINS===')) throw new Error('its end is missing: it is cut off');
  requireKnown('rules', KNOWN_RULES, (rule) => list.rules.has(rule));
  writeFileSync(join(folder, SUFFIX_FILE), text);
  writeFileSync(join(folder, SUFFIX_RULES_FILE), suffixListText(list));
  return { rows: list.rules.size, as_of: list.version };
}

/** IANA's page, or a table of ours out of a pack. */
function buildTlds(text: string, { folder, now, presentTlds }: SmallBuildOptions) {
  const table = text.trimStart().startsWith('{')
    ? tldTable(JSON.parse(text) as TldFile)
    : readRootZonePage(text, presentTlds(), new Date(now).toISOString().slice(0, 10));
  requireKnown('TLDs', KNOWN_TLDS, (tld) => table.tlds.has(tld));
  writeFileSync(join(folder, TLD_FILE), JSON.stringify(tldFile(table)));
  return { rows: table.tlds.size, as_of: table.asOf };
}

function buildRdap(text: string, { folder }: SmallBuildOptions) {
  const bootstrap = readBootstrap(text);
  const labels = new Set(bootstrap.services.flatMap(([tlds]) => tlds.map((tld) => tld.toLowerCase())));
  requireKnown('TLDs', KNOWN_RDAP, (tld) => labels.has(tld));
  writeFileSync(join(folder, RDAP_FILE), JSON.stringify(bootstrap));
  return { rows: labels.size, as_of: bootstrap.publication };
}

function requireKnown(what: string, known: readonly string[], has: (word: string) => boolean): void {
  const missing = known.filter((word) => !has(word));
  if (missing.length > 0)
    throw new Error(`the ${what} ${missing.join(', ')} are missing: it is not whole, or another file`);
}

/** IANA's bootstrap file (RFC 9224): services that are pairs of label and URL lists; others are left out. */
function readBootstrap(text: string): RdapBootstrap {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new Error(text.trim() === '' ? 'is empty' : 'is not JSON');
  }
  const { services, publication } = (raw ?? {}) as Record<string, unknown>;
  if (!Array.isArray(services)) throw new Error('has no services: it is no RDAP bootstrap file (RFC 9224)');
  return {
    publication: typeof publication === 'string' ? publication : '',
    services: services.flatMap((service: unknown) => (isService(service) ? [[service[0], service[1]] as const] : [])),
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isService = (value: unknown): value is [string[], string[]] =>
  Array.isArray(value) && isTexts(value[0]) && isTexts(value[1]) && value[1].every((url) => URL.canParse(url));
