import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import type { JsonObject } from './config/event.ts';
import { ConfigSyntaxError, parseConfig, pluginsOf, type Section } from './config/language.ts';
import { COMMON_FILTER_OPTIONS, OPTIONS, PIPELINE_KEYS } from './config/options.ts';
import { runFilters } from './config/run.ts';
import { startServer } from './server.ts';

const FOLDER = fileURLToPath(new URL('../../logstash/', import.meta.url));
const PAIRS = fileURLToPath(new URL('./pairs/', import.meta.url));

const configsIn = (folder: string): string[] =>
  readdirSync(FOLDER + folder)
    .filter((name) => name.endsWith('.conf'))
    .map((name) => `${folder}/${name}`)
    .sort();
const read = (name: string): Section[] => parseConfig(readFileSync(FOLDER + name, 'utf8'));
const readPair = (name: string): JsonObject[] =>
  JSON.parse(readFileSync(`${PAIRS}${name}.json`, 'utf8')) as JsonObject[];

const CONFIGS = [...configsIn('conf.d'), ...configsIn('examples')];

/** Options of our own plugin, from its source. */
const PLUGIN_OPTIONS = [
  ...readFileSync(`${FOLDER}plugins/logstash/filters/domain_stats.rb`, 'utf8').matchAll(/^ {2}config :(\w+)/gm),
].map((found) => found[1]!);

describe('the language', () => {
  test.each([
    ['filter { mutate { add_tag => ["a" "b"] } }', '"]"'],
    ['filter { mutate { add_tag => "a", remove_field => "b" } }', 'no comma'],
    ['filter { mutate { add_tag => "a" add_tag => "b" } }', '"add_tag" once'],
    ['filter { if [a] == { mutate {} } }', '}'],
    ['filter { if [a] and [b] or [c] { mutate {} } }', 'parentheses'],
    ['filter { if "a" { mutate {} } }', 'a comparison'],
    ['filter { mutate { add_tag => "a" }', 'a plugin'],
    ['filters { }', 'input, filter or output'],
  ])('refuses %s', (text, expected) => {
    expect(() => parseConfig(text)).toThrow(ConfigSyntaxError);
    expect(() => parseConfig(text)).toThrow(expected);
  });

  test('reads conditions, comments, hashes and lists', () => {
    const text = `# a comment
      filter {
        if !([a][b] in ["x", 'y']) and [c] !~ /a\\/b/ { date { match => [ "ts", "UNIX" ] } } # another
        else if "t" not in [tags] { mutate { add_field => { "a" => "b" 'c' => 1.5 } } }
        else { drop { } }
      }`;
    expect(pluginsOf(parseConfig(text)).map(({ type, plugin }) => [type, plugin.name, plugin.options])).toEqual([
      ['filter', 'date', { match: ['ts', 'UNIX'] }],
      ['filter', 'mutate', { add_field: { a: 'b', c: 1.5 } }],
      ['filter', 'drop', {}],
    ]);
  });
});

describe('every configuration', () => {
  test('is known here', () => expect(CONFIGS.length).toBeGreaterThanOrEqual(12));

  test.each(CONFIGS)('%s has only plugins and options that exist', (name) => {
    for (const { type, plugin } of pluginsOf(read(name))) {
      const known =
        plugin.name === 'domain_stats'
          ? [...COMMON_FILTER_OPTIONS, ...PLUGIN_OPTIONS]
          : OPTIONS[`${type}/${plugin.name}`];
      expect([plugin.name, known]).not.toEqual([plugin.name, undefined]);
      const unknown = Object.keys(plugin.options).filter((option) => known?.includes(option) !== true);
      expect([plugin.name, unknown]).toEqual([plugin.name, []]);
    }
  });

  test('gives each plugin an id of its own, in all files together', () => {
    const ids = CONFIGS.flatMap((name) => pluginsOf(read(name)).map(({ plugin }) => plugin.options['id']));
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('the http filter cannot hang a pipeline, hide a name in a path or miss its target', () => {
    const filters = CONFIGS.flatMap((name) => pluginsOf(read(name))).filter(({ plugin }) => plugin.name === 'http');
    expect(filters.length).toBeGreaterThan(0);
    for (const { plugin } of filters) {
      const { options } = plugin;
      expect(options['url']).not.toContain('%{');
      expect(options).toMatchObject({ automatic_retries: 0, follow_redirects: 'false', cookies: 'false' });
      expect(Object.keys(options)).toEqual(
        expect.arrayContaining(['target_body', 'target_headers', 'tag_on_request_failure', 'tag_on_json_failure']),
      );
      for (const timeout of ['connect_timeout', 'socket_timeout', 'request_timeout']) {
        expect(Number(options[timeout])).toBeLessThanOrEqual(1);
      }
      expect(Object.keys(options['query'] as object)).toEqual(['name', 'at', 'id', 'scope']);
    }
  });

  test('pipelines.yml has only known keys, and no ordered pipeline', () => {
    const text = readFileSync(`${FOLDER}pipelines.yml`, 'utf8');
    const commented = text.replace(/^# (?=- pipeline\.id| {2}\w)/gm, '');
    const pipelines = [parseYaml(text), parseYaml(commented)].flat() as Record<string, unknown>[];
    expect(pipelines).toHaveLength(3);
    for (const pipeline of pipelines) {
      expect(Object.keys(pipeline).filter((key) => !PIPELINE_KEYS.includes(key))).toEqual([]);
      expect(pipeline['pipeline.ordered']).toBe(false);
    }
  });

  test('pipelines.yml names files that exist', () => {
    const text = readFileSync(`${FOLDER}pipelines.yml`, 'utf8');
    for (const [, list] of text.matchAll(/path\.config: '[^{]*\{([^}]+)\}\.conf'/g)) {
      for (const name of list!.split(',')) {
        if (!name.endsWith('*')) expect(CONFIGS).toContain(`${name}.conf`);
      }
    }
  });
});

describe('sample events through conf.d', () => {
  const sections = configsIn('conf.d').flatMap(read);
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    server = await startServer();
  }, 30_000);
  afterAll(() => server.stop());

  const pairs = readdirSync(PAIRS)
    .map((name) => name.replace(/\.json$/, ''))
    .filter((name) => !name.endsWith('-expected'));

  test.each(pairs)('%s', async (name) => {
    const expected = readPair(`${name}-expected`);
    const outcome: JsonObject[] = [];
    for (const event of readPair(name))
      outcome.push(await runFilters(sections, event, { DOMAIN_STATS_URL: server.url }));
    expect(outcome).toHaveLength(expected.length);
    outcome.forEach(({ domain_stats: answer, ...rest }, i) => {
      const { domain_stats: wanted, ...wantedRest } = expected[i]!;
      expect(rest).toEqual({ '@version': '1', ...wantedRest });
      if (wanted === undefined) expect(answer).toBeUndefined();
      else expect(answer).toMatchObject(wanted as JsonObject);
    });
  });
});

describe('without an answer', () => {
  const sections = configsIn('conf.d').flatMap(read);
  const event = { '@timestamp': '2026-11-22T10:00:00.000Z', event: { id: 'e1' }, url: { domain: 'Down-Parts.com' } };
  const pending = {
    name: 'Down-Parts.com',
    status: 'pending',
    pending: ['registration', 'contact'],
    scope: 'default',
    source_field: 'url.domain',
  };

  test.each([
    ['nobody listens', undefined],
    ['an error', [500, 'application/problem+json', '{"title":"no"}']],
    ['a redirect', [302, 'text/html', '']],
    ['a page', [200, 'text/html', '<html>']],
    ['problem JSON', [200, 'application/problem+json', '{"name":"x"}']],
    ['broken JSON', [200, 'application/json', '{']],
    ['null', [200, 'application/json', 'null']],
    ['no content', [204, 'application/json', '']],
    ['another object', [200, 'application/json', '{"status":400,"title":"no"}']],
    ['silence', 'silence'],
  ] as const)('the event goes on, tagged and pending: %s', async (_, answer) => {
    const server = createServer((_request, response) => {
      if (answer === undefined || answer === 'silence') return;
      response.writeHead(answer[0], { 'content-type': answer[1], location: '/elsewhere' }).end(answer[2]);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    if (answer === undefined) server.close();
    const outcome = await runFilters(sections, event, { DOMAIN_STATS_URL: `http://127.0.0.1:${String(port)}` });
    server.closeAllConnections();
    server.close();
    expect(outcome['domain_stats']).toEqual(pending);
    expect(outcome['tags']).toEqual(['_domain_stats_failure']);
  });
});
