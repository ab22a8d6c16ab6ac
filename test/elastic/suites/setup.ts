import { expect, it } from '@jest/globals';
import { run } from '../../processes/program.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';
import type { EngineNode } from '../engines/node.ts';

const setup = async (engine: EngineNode, ...args: readonly string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await run(['setup', '--elasticsearch-url', engine.url, ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim().split('\n');
};

/** All that setup could have made, as the engine gives it back. */
async function assets(engine: EngineNode, prefix = 'domain-stats') {
  const paths = [`/_component_template/${prefix}`, `/_ingest/pipeline/${prefix}`, `/${prefix}-facts`];
  return Promise.all(paths.map(async (path) => engine.ask('GET', path)));
}

for (const name of ['opensearch', 'elasticsearch'] as const) {
  const isElasticsearch = name === 'elasticsearch';
  const [policy, pipeline] = ['enrich policy domain-stats', 'ingest pipeline domain-stats'];
  /** A bare Elasticsearch has no enrich; the rest is made all the same. */
  const lines = (word: string) =>
    isElasticsearch
      ? [`component template domain-stats: ${word}`, `index domain-stats-facts: ${word}`].concat(
          [policy, pipeline].map((asset) => `${asset}: not offered by this engine`),
        )
      : [`component template domain-stats: ${word}`, `index domain-stats-facts: ${word}`, `${pipeline}: ${word}`];

  describeWithEngine(name, 'setup', (engine) => {
    it('makes nothing in a dry run, everything in a run, nothing more in a second one', async () => {
      expect(await setup(engine(), '--dry-run')).toEqual(lines('would create'));
      expect((await assets(engine())).map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(await setup(engine())).toEqual(lines('created'));
      const before = await assets(engine());
      expect(await setup(engine())).toEqual(lines('unchanged'));
      expect(await assets(engine())).toEqual(before);
    }, 60_000);

    it('makes a second set under another prefix, changes what is old, and removes only its own', async () => {
      await setup(engine(), '--prefix', 'lab');
      if (!isElasticsearch) {
        const changed = await setup(engine(), '--prefix', 'lab', '--fields', 'host.name', '--dry-run');
        expect(changed).toContain('ingest pipeline lab: would change');
      }
      expect(await setup(engine(), '--prefix', 'lab', '--remove')).toContain('index lab-facts: removed');
      expect((await assets(engine(), 'lab')).map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(await setup(engine())).toEqual(lines('unchanged'));
      expect(await setup(engine(), '--prefix', 'lab', '--remove')).toContain('index lab-facts: not there');
    }, 60_000);

    it('takes values of the wrong form without losing the document', async () => {
      await engine().ask('PUT', '/_index_template/lenient', {
        index_patterns: ['lenient*'],
        composed_of: ['domain-stats'],
      });
      const source = { domain_stats: { first_seen: 'ERROR', randomness: 'n/a', registration: { age_days: 617.0 } } };
      expect((await engine().ask('PUT', '/lenient/_doc/1', source)).status).toBe(201);
      const { body } = await engine().ask('GET', '/lenient/_mapping');
      expect(body).toHaveProperty('lenient.mappings.properties.domain_stats.properties.first_seen.type', 'date');
    });
  });
}

describeWithEngine('elasticsearch', 'setup', (engine) => {
  it('makes the facts a lookup index when told to', async () => {
    await setup(engine(), '--prefix', 'joined', '--lookup-index');
    const { body } = await engine().ask('GET', '/joined-facts/_settings');
    expect(body).toHaveProperty('joined-facts.settings.index.mode', 'lookup');
    expect(await setup(engine(), '--prefix', 'joined', '--lookup-index')).toContain('index joined-facts: unchanged');
    const other = await run(['setup', '--elasticsearch-url', engine().url, '--prefix', 'joined']);
    expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/joined-facts was made with other settings/)]);
  }, 60_000);
});
