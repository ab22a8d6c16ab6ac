import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { run } from '../../processes/program.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { describeWithEngine } from '../engines/describe-with-engine.ts';
import { caFile, securedNode } from '../engines/secured.ts';

const PASSWORD = 'long-And-odd-5730';

/** The roles as docs/engines.md has them. */
const DOCS = readFileSync(new URL('../../../docs/engines.md', import.meta.url), 'utf8');
const documentedRole = (role: string): unknown => {
  const found = new RegExp(`PUT /_plugins/_security/api/roles/${role}\\n([^]*?)\\n\`\`\``).exec(DOCS);
  return JSON.parse(found?.[1] ?? 'null');
};

let home = '';
describeWithEngine(
  'opensearch-security',
  'documented privileges',
  (engine) => {
    beforeAll(async () => {
      const user = async (name: string, role: unknown) => {
        const api = '/_plugins/_security/api';
        if (role !== undefined) expect((await engine().ask('PUT', `${api}/roles/${name}`, role)).status).toBe(201);
        const { status, body } = await engine().ask('PUT', `${api}/internalusers/${name}`, {
          password: PASSWORD,
          ...(role === undefined ? {} : { opendistro_security_roles: [name] }),
        });
        expect([status, body]).toEqual([201, expect.anything()]);
      };
      await user('domain-stats-setup', documentedRole('domain-stats-setup'));
      await user('domain-stats', documentedRole('domain-stats'));
      await user('nobody', undefined);
      await engine().ask('PUT', '/secret/_doc/1', { url: { domain: 'a.com' }, domain_stats: { pending: ['contact'] } });
    }, 60_000);

    const as = (user: string, command: string, ...args: readonly string[]) =>
      run([command, '--elasticsearch-url', engine().url.replace('127.0.0.1', 'localhost'), ...args], {
        environment: {
          DOMAIN_STATS_ELASTICSEARCH_USER: user,
          DOMAIN_STATS_ELASTICSEARCH_PASSWORD: PASSWORD,
          DOMAIN_STATS_ELASTICSEARCH_CA: caFile(home),
        },
      });

    it('suffice to set up, twice and to the same end, and to remove', async () => {
      const first = await as('domain-stats-setup', 'setup');
      expect([first.code, first.stderr]).toEqual([0, '']);
      const second = await as('domain-stats-setup', 'setup');
      expect(second.stdout).toBe(first.stdout.replaceAll('created', 'unchanged'));
      const third = await as('domain-stats-setup', 'setup', '--remove');
      expect([third.code, third.stdout]).toEqual([0, expect.stringContaining('ingest pipeline domain-stats: removed')]);
      expect((await as('domain-stats-setup', 'setup')).stdout).toBe(first.stdout);
    }, 90_000);

    it('suffice to sweep and to bring facts', async () => {
      await engine().ask('PUT', '/_index_template/logs', { index_patterns: ['logs-*'], composed_of: ['domain-stats'] });
      const pending = { url: { domain: 'a.com' }, domain_stats: { status: 'pending', pending: ['contact'] } };
      await engine().ask('PUT', '/logs-a/_doc/1?refresh=true', pending);
      const data = temporaryFolder();
      const swept = await as('domain-stats', 'sweep', '--data', data, '--index', 'logs-*');
      expect([swept.code, swept.stderr, swept.stdout.split(';')[0]]).toEqual([0, '', '1 writes']);
      const input = '{"domain":"a.com","created":"2001-02-03"}\n';
      await run(['import', 'registrations', '-', '--data', data], { input });
      const brought = await as('domain-stats', 'facts', '--data', data);
      expect([brought.code, brought.stderr, brought.stdout]).toEqual([0, '', '1 written, 0 refused\n']);
    }, 60_000);

    it('that are missing are told, with where to find them', async () => {
      const setup = await as('nobody', 'setup');
      expect([setup.code, setup.stderr]).toEqual([
        1,
        expect.stringMatching(/403: no permissions for .*docs\/engines.md/),
      ]);
      const elsewhere = await as('domain-stats', 'sweep', '--data', temporaryFolder(), '--index', 'secret');
      expect([elsewhere.code, elsewhere.stderr]).toEqual([
        1,
        expect.stringMatching(/403: no permissions for .*docs\/engines.md/),
      ]);
      const wrong = await run(['setup', '--elasticsearch-url', engine().url.replace('127.0.0.1', 'localhost')], {
        environment: {
          DOMAIN_STATS_ELASTICSEARCH_USER: 'nobody',
          DOMAIN_STATS_ELASTICSEARCH_PASSWORD: 'wrong',
          DOMAIN_STATS_ELASTICSEARCH_CA: caFile(home),
        },
      });
      expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/401.*elasticsearch_user/)]);
    }, 60_000);
  },
  (folder, where) => securedNode(folder, (home = where)),
);
