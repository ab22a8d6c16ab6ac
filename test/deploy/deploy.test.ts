import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { settingKeys, variableOf } from '../../src/settings/keys.ts';
import { openApp } from '../http/app-under-test.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const inCi = process.env['CI'] === 'true';
/** A tool that some machines lack; CI has it unless it is `optional`. */
const itWith = (tool: string, optional = false) =>
  spawnSync(tool, ['--version']).error === undefined || (inCi && !optional) ? it : it.skip;

describe('alert rules', () => {
  const file = 'deploy/prometheus/domain-stats.rules.yml';
  interface Rule {
    readonly alert: string;
    readonly expr: string;
    readonly labels: { readonly severity: string };
    readonly annotations: Readonly<Record<string, string>>;
  }
  const { groups } = parse(read(file)) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  itWith('promtool')('are rules of Prometheus', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', join(ROOT, file)], {
      encoding: 'utf8',
    });
    expect([status, stderr, stdout]).toEqual([0, '', expect.stringMatching(/SUCCESS: \d+ rules found/)]);
  });

  it('name only figures and labels that there are', async () => {
    const { get, service } = await openApp();
    await get('/v1/domains/a.com');
    const { text } = await get('/metrics');
    await service.flush();
    const families = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    for (const { alert, expr } of rules) {
      const named = [...expr.matchAll(/\bdomain_stats_\w+/g)].map(([name]) => name);
      expect([alert, named.filter((name) => !families.has(name))]).toEqual([alert, []]);
      // A label that a rule selects by stands on some figure, unless there is none of that value yet.
      for (const [, label] of expr.matchAll(/[{,]\s*(\w+)=~?"/g)) {
        if (label !== 'job') expect(`${alert}: ${text}`).toContain(`${label}="`);
      }
    }
    expect(rules.length).toBeGreaterThan(8);
  });

  it('say what is wrong and what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(['critical', 'warning', 'info']).toContain(labels.severity);
      expect([alert, Object.keys(annotations)]).toEqual([alert, ['summary', 'description']]);
    }
  });
});

describe('the systemd unit', () => {
  const file = 'deploy/systemd/domain-stats.service';

  itWith('systemd-analyze', true)('is one, and exposes little', () => {
    // The program is not installed here; whether it is there is not the question.
    const unit = join(temporaryFolder(), 'domain-stats.service');
    writeFileSync(unit, read(file).replace('/usr/bin/domain-stats', process.execPath));
    const verified = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect([verified.status, verified.stderr]).toEqual([0, '']);
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], {
      encoding: 'utf8',
    });
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
    expect(exposure).toBeLessThan(2);
  });

  it('gives the service longer to stop than it takes', () => {
    expect(read(file)).toMatch(/^TimeoutStopSec=15$/m);
  });
});

describe('the Dockerfile', () => {
  const file = 'deploy/Dockerfile';
  const lines = read(file)
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const last = lines.findLastIndex((line) => line.startsWith('FROM '));

  itWith('hadolint', true)('has nothing that its linter minds', () => {
    const { status, stdout } = spawnSync('hadolint', [join(ROOT, file)], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });

  it('copies what is there, and what the program reads', () => {
    const sources = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    const ignored = read('.dockerignore').split('\n');
    for (const source of sources) {
      expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
      expect(ignored).toContain(`!${source}`);
    }
    // Documents, examples and what other programs read are no part of the image.
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    const outside = ['deploy', 'docs', 'examples', 'logstash', 'dist'];
    expect(sources).toEqual(expect.arrayContaining(files.filter((folder) => !outside.includes(folder))));
  });

  it('builds without scripts of packages, and runs as nobody special, watched', () => {
    expect(lines.filter((line) => /npm (ci|install|prune)/.test(line) && !line.includes('--ignore-scripts'))).toEqual(
      [],
    );
    const run = lines.slice(last);
    expect(run.find((line) => line.startsWith('USER '))).toBe('USER 1000:1000');
    expect(run.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
    expect(run.some((line) => line.includes('npm'))).toBe(false);
  });
});

describe('the compose file', () => {
  interface Service {
    readonly image?: string;
    readonly build?: { readonly context: string; readonly dockerfile: string };
    readonly environment?: Readonly<Record<string, string>>;
    readonly volumes?: readonly string[];
    readonly ports?: readonly string[];
    readonly command?: readonly string[];
    readonly healthcheck?: object;
    readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  }
  const folder = join(ROOT, 'deploy/compose');
  const { services, volumes } = parse(read('deploy/compose/compose.yml')) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
  };
  const all = Object.entries(services);

  it('mounts files that there are', () => {
    for (const [, { volumes: mounts = [], build }] of all) {
      for (const mount of mounts) {
        const [source = ''] = mount.split(':');
        if (source.startsWith('.')) expect([source, existsSync(resolve(folder, source))]).toEqual([source, true]);
        else expect(Object.keys(volumes)).toContain(source);
      }
      if (build !== undefined) expect(existsSync(resolve(folder, build.context, build.dockerfile))).toBe(true);
    }
  });

  it('waits for services that there are and that can be waited for', () => {
    for (const [name, { depends_on: needs = {} }] of all) {
      for (const [other, { condition }] of Object.entries(needs)) {
        expect([name, Object.keys(services)]).toEqual([name, expect.arrayContaining([other])]);
        const { healthcheck, build } = services[other]!;
        if (condition === 'service_healthy') expect([other, healthcheck ?? build]).toEqual([other, expect.anything()]);
      }
    }
  });

  it('gives settings that there are', () => {
    const known = settingKeys().map(variableOf);
    for (const [, { environment = {}, build }] of all) {
      if (build === undefined) continue;
      for (const variable of Object.keys(environment)) expect(known).toContain(variable);
    }
  });

  it('publishes nothing beyond this host, and pins every image', () => {
    for (const [, { ports = [], image = 'ours:0' }] of all) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      expect(image).toMatch(/:\d[\w.]*$/);
    }
  });

  it('starts a Logstash whose files and variables are all there', () => {
    const { environment = {}, volumes: mounts = [], command = [] } = services['logstash']!;
    const inside = '/etc/logstash/domain-stats';
    expect(mounts).toContain(`../../logstash:${inside}:ro`);
    const plugins = command[command.indexOf('--path.plugins') + 1]!;
    expect(existsSync(plugins.replace(inside, join(ROOT, 'logstash')))).toBe(true);
    const [pipeline] = parse(read('deploy/compose/pipelines.yml')) as Record<string, string>[];
    const pattern = /^(.*)\/\{(.*)\}\.conf$/.exec(pipeline!['path.config']!)!;
    const files = pattern[2]!
      .split(',')
      .map((name) => join(pattern[1]!.replace(inside, join(ROOT, 'logstash')), `${name}.conf`));
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      for (const [, variable, fallback] of text.matchAll(/\$\{(\w+)(:[^}]*)?\}/g)) {
        if (fallback === undefined) expect(Object.keys(environment)).toContain(variable);
      }
    }
    expect(dirname(files[0]!)).toMatch(/examples$/);
  });
});
