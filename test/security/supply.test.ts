import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Component {
  readonly name: string;
  readonly version: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly licenses?: readonly { readonly license?: { readonly id?: string }; readonly expression?: string }[];
}

it('the bill of materials names every package, and none that runs is under a licence that binds ours', () => {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(status).toBe(0);
  const { components } = JSON.parse(stdout) as { components: Component[] };
  const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const listed = components.map(({ name, version }) => `${name} ${version}`);
  for (const [name, version] of Object.entries(dependencies)) expect(listed).toContain(`${name} ${version}`);
  const running = components.filter(
    ({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
  );
  const binding = running.filter(({ licenses = [] }) => /\b(A?GPL|SSPL|BUSL)\b/.test(JSON.stringify(licenses)));
  expect(binding.map(({ name }) => name)).toEqual([]);
});

it('every version is exact, and the lock has a hash of each package', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(ROOT + file, 'utf8')) as Record<string, Record<string, unknown>>;
  const { dependencies, devDependencies } = read('package.json');
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const { packages } = read('package-lock.json') as {
    packages: Record<string, { integrity?: string; optional?: boolean }>;
  };
  const bare = Object.entries(packages).filter(
    ([path, { integrity, optional }]) => path !== '' && integrity === undefined && optional !== true,
  );
  expect(bare).toEqual([]);
});
