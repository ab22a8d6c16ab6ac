import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { FileOptions } from '../../src/dashboards/saved-object.ts';
import type { Connection } from '../../src/elastic/connection.ts';
import { connectHost, type DashboardHost, type Target } from '../../src/elastic/dashboards/host.ts';
import { fileFor, importDashboards } from '../../src/elastic/dashboards/import.ts';
import { defaultSettings } from '../../src/settings/keys.ts';
import { run } from '../processes/program.ts';
import { startStub, type Stub, type StubOptions } from './host-stub.ts';
import { lint } from './linter/lint.ts';

jest.setTimeout(60_000);

const stubs: Stub[] = [];
afterEach(() => stubs.splice(0).forEach((stub) => stub.close()));

async function stub(options: Partial<StubOptions> = {}): Promise<Stub> {
  const started = await startStub({ product: 'kibana', version: '9.2.0', ...options });
  stubs.push(started);
  return started;
}

const setup = (...args: readonly string[]) => run(['setup', ...args]);
const shipped = (file: string) => readFileSync(new URL(`../../kibana/${file}`, import.meta.url), 'utf8');
const KIBANA = shipped('domain-stats.kibana.ndjson');
const CLASSIC = shipped('domain-stats.opensearch-dashboards.ndjson');
const linesOf = (text: string) => text.trimEnd().split('\n').length;
const OPTIONS: FileOptions = {
  indexPattern: defaultSettings().eventIndices.join(','),
  factsPattern: 'domain-stats-*facts',
};

/** Work with a host inside this process, as the command does it. */
async function withHost<Result>(
  url: string,
  work: (host: DashboardHost) => Result | Promise<Result>,
  { authorization, retryMs = 0, ...target }: Partial<Target & Connection> & { retryMs?: number } = {},
): Promise<Result> {
  const connection = { urls: [url], ...(authorization === undefined ? {} : { authorization }) };
  const host = await connectHost({ url, space: '', tenant: '', ...target }, connection, retryMs);
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

const imports = (url: string, overwrite = true, how: Parameters<typeof withHost>[2] = {}) =>
  withHost(url, (host) => importDashboards(host, OPTIONS, overwrite), how);

describe('setup --kibana and --dashboards', () => {
  it.each([
    ['kibana', '9.2.0', KIBANA],
    ['kibana', '8.9.0', KIBANA],
    ['kibana', '8.8.2', CLASSIC],
    ['kibana', '7.10.0', CLASSIC],
    ['opensearch-dashboards', '1.3.0', CLASSIC],
    ['opensearch-dashboards', '3.6.0', CLASSIC],
  ] as const)('recognises %s %s and chooses its file', async (product, version, file) => {
    const { url } = await stub({ product, version });
    expect(await withHost(url, (host) => fileFor(host.product, OPTIONS) === file)).toBe(true);
  });

  it('imports everything, and the same again', async () => {
    const { url, objects } = await stub();
    const done = `dashboards: ${linesOf(KIBANA)} objects imported into Kibana 9.2.0\n`;
    expect(await setup('--kibana', `${url}/`)).toEqual({ code: 0, stdout: done, stderr: '' });
    const held = JSON.stringify([...objects]);
    expect(await imports(url)).toEqual({ made: linesOf(KIBANA), kept: 0, problems: [] });
    expect(JSON.stringify([...objects]) === held).toBe(true);
    const kept = await setup('--kibana', url, '--no-overwrite');
    const nothing = `dashboards: 0 objects imported into Kibana 9.2.0, ${linesOf(KIBANA)} kept\n`;
    expect(kept).toEqual({ code: 0, stdout: nothing, stderr: '' });
  });

  it('goes to a space with an API key, to a tenant with a password', async () => {
    const authorization = 'ApiKey a2V5';
    const kibana = await stub({ space: 'security', authorization });
    const how = { space: 'security', authorization };
    expect(await imports(kibana.url, true, how)).toMatchObject({ made: linesOf(KIBANA), problems: [] });
    const basic = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
    const other = await stub({
      product: 'opensearch-dashboards',
      version: '2.19.0',
      tenant: 'global',
      authorization: basic,
    });
    const user = ['--elasticsearch-user', 'admin', '--elasticsearch-password', 'secret'];
    expect(await setup('--dashboards', other.url, '--tenant', 'global', ...user)).toMatchObject({
      code: 0,
      stdout: `dashboards: ${linesOf(CLASSIC)} objects imported into OpenSearch Dashboards 2.19.0\n`,
    });
    await expect(imports(other.url, true, { space: 'a', authorization: basic })).rejects.toThrow(
      'has no spaces: give --tenant',
    );
    await expect(imports(kibana.url, true, { tenant: 'a', authorization })).rejects.toThrow('has no tenants');
  });

  it('fills in another index pattern everywhere', async () => {
    const { url } = await stub();
    const args = ['--kibana', url, '--event-indices', 'dns-*,proxy-*', '--prefix', 'lab', '--dry-run'];
    const { code, stdout, stderr } = await setup(...args);
    expect([code, stderr]).toEqual([0, '']);
    const classic = fileFor('opensearch-dashboards', { indexPattern: 'dns-*,proxy-*', factsPattern: 'lab-*facts' });
    for (const [text, file] of [
      [stdout, 'kibana'],
      [classic, 'legacy'],
    ] as const) {
      expect(text.includes('logs-*')).toBe(false);
      // The data view and two drawings.
      expect(text.match(/dns-\*,proxy-\*/g)).toHaveLength(3);
      expect(text).toContain('"title":"lab-*facts"');
      expect(lint(text, file)).toEqual([]);
    }
  });

  it('waits for a host that is starting', async () => {
    const { url } = await stub({ startsAfter: 2 });
    expect(await imports(url, true, { retryMs: 20_000 })).toMatchObject({ problems: [] });
    const slow = await stub({ startsAfter: 1 });
    await expect(imports(slow.url)).rejects.toThrow('was answered 503: Kibana server is not ready yet');
  });

  it('fails when the host says 200 and has refused some objects, and names them', async () => {
    const { url } = await stub({
      errors: {
        'domain-stats-newest': {
          type: 'missing_references',
          references: [{ type: 'index-pattern', id: 'domain-stats' }],
        },
        'domain-stats-hunting': { type: 'unknown', message: 'Internal Server Error', statusCode: 500 },
        'domain-stats-tag': { type: 'unsupported_type' },
        'domain-stats-hosted': { type: 'conflict', destinationId: 'x' },
      },
    });
    const { code, stdout, stderr } = await setup('--kibana', url);
    expect([code, stdout]).toEqual([1, `dashboards: ${linesOf(KIBANA) - 4} objects imported into Kibana 9.2.0\n`]);
    expect(stderr.trim().split('\n').sort()).toEqual([
      'dashboard domain-stats-hunting: Internal Server Error (500).',
      'lens domain-stats-hosted: is there already, from another origin; delete that one, or import into another space.',
      'lens domain-stats-newest: refers to what is not there: [{"type":"index-pattern","id":"domain-stats"}].',
      'tag domain-stats-tag: the host does not know this type; is a plug-in switched off?',
    ]);
  });

  it.each([
    [409, 'Conflict', 'Somebody else changes the same objects'],
    [413, 'Payload content length greater than maximum allowed', 'savedObjects.maxImportPayloadBytes'],
    [422, 'Document "a" belongs to a more recent version of Kibana [8.9.0]', 'let setup choose it'],
    [403, 'Forbidden', 'manage saved objects'],
  ])('fails on %i and says what to do', async (status, message, remedy) => {
    const { url } = await stub({ refuses: [status, message] });
    const refused = imports(url);
    await expect(refused).rejects.toThrow(`was answered ${status}: ${message}`);
    await expect(refused).rejects.toThrow(remedy);
  });

  it('says that a password is wrong, that a host is none, and that nobody is there', async () => {
    const { url } = await stub({ authorization: 'ApiKey a2V5' });
    await expect(imports(url)).rejects.toThrow('401: Unauthorized. Give elasticsearch_user');
    const odd = await stub({ version: 'unknown' });
    await expect(imports(odd.url)).rejects.toThrow('neither Kibana nor');
    odd.close();
    await expect(imports(odd.url)).rejects.toThrow('cannot be reached');
  });

  it.each([
    ['--kibana', 'kibana:5601'],
    ['--dashboards', 'https://admin:secret@dashboards.example'],
    ['--ml-inference', '10.0.0.5:5730'],
    ['--ml-inference', 'localhost:5730'],
  ])('%s refuses %s before anything is done, and repeats no password', async (flag, url) => {
    const { code, stdout, stderr } = await setup(flag, url);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${flag}: must be a URL such as https://`);
    expect(stderr).not.toContain('secret');
  });

  it('imports dashboards or sets up ml_inference, not both', async () => {
    const { code, stderr } = await setup('--ml-inference', 'http://10.0.0.5:5730', '--kibana', 'http://10.0.0.6:5601');
    expect([code, stderr]).toEqual([2, expect.stringContaining("cannot be used with option '--kibana <URL>'")]);
  });
});

it('the stand-in refuses a file of the other host', async () => {
  // As OpenSearch Dashboards does with versions above its own.
  const { url } = await stub({ product: 'opensearch-dashboards', version: '2.8.0' });
  const form = new FormData();
  form.append('file', new Blob([KIBANA]), 'a.ndjson');
  const answer = await fetch(`${url}/api/saved_objects/_import`, {
    method: 'POST',
    body: form,
    headers: { 'osd-xsrf': 'true' },
  });
  expect([answer.status, await answer.text()]).toEqual([
    422,
    expect.stringContaining('The last known version is [7.6.0]'),
  ]);
});
