import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a program that imports the built package by its name, as a user's does, and gives what it exports. */
function program(source: string): unknown {
  const imported = `import * as domainStats from 'domain-stats'; const { ${FUNCTIONS.join(', ')} } = domainStats;`;
  const script = `${imported} process.stdout.write(JSON.stringify(${source}));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, encoding: 'utf8' }),
  );
}

const FUNCTIONS = [
  'characterTableOf',
  'createService',
  'frequencyScore',
  'parseName',
  'parseRdapDomain',
  'parseWhoisAnswer',
  'relativeEntropy',
  'tldRegistries',
  'tldTypes',
  'tldsByRegistry',
];

it('exports what the docs name, and nothing else', () =>
  expect(program('Object.keys(domainStats).sort()')).toEqual(FUNCTIONS));

it("gives fqdn_parser's seven published values, to the last bit", () => {
  const values = program(`[
    parseName('amazon.com').entropy.domain,
    parseName('sdlfkjj.slkfdjs.lk3k3l24jlk23.com').entropy.domain,
    parseName('stuff.things.amazon.com').entropy.fqdn,
    parseName('sdlfkjj.slkfdjs.lk3k3l24jlk23.com').entropy.fqdn,
    ...['h3ksd7', '8c3hs', 'somecooldomain'].map((label) => relativeEntropy(label, 'fqdn')),
  ]`);
  expect(values).toEqual([
    2.3374190580082232, 4.775453277222541, 1.2618222896338356, 2.9639747128498106, 3.293799636685838,
    3.4367171238803156, 1.1479845021804367,
  ]);
});

it('measures by either table, by one of yours, and by none', () =>
  expect(
    program(`[
      relativeEntropy('amazon', 'domain'),
      relativeEntropy('a', characterTableOf(['aab', 'b'])),
      typeof relativeEntropy('_dmarc', 'fqdn'),
    ]`),
  ).toEqual([2.3374190580082232, 1, 'undefined']));

it("gives domain_stats' scores", () =>
  expect(program(`['google.com', 'sans.org', 'xn--bcher-kva.de', ''].map(frequencyScore)`)).toEqual([
    { average: 6.6009, word: 5.0887 },
    { average: 6.2885, word: 7.9696 },
    { average: 7.5606, word: 11.1649 },
    { average: 0, word: 0 },
  ]));

it('counts TLDs by type and by manager', () => {
  const [types, registries, tor, none, most] = program(`[
    tldTypes(), tldRegistries(), tldsByRegistry('TOR'), tldsByRegistry('nobody'),
    tldsByRegistry(tldRegistries()[0].value),
  ]`) as [Count[], Count[], unknown[], unknown[], unknown[]];
  expect(types.map(({ value }) => value)).toEqual([
    'generic',
    'country-code',
    'sponsored',
    'test',
    'generic-restricted',
    'host_suffix',
    'infrastructure',
  ]);
  // IANA's page has 14 sponsored, 11 test, 3 restricted and 1 infrastructure TLDs.
  expect(types.slice(2).map(({ count }) => count)).toEqual([14, 11, 3, 1, 1]);
  expect(registries.map(({ count }) => count)).toEqual(registries.map(({ count }) => count).sort((a, b) => b - a));
  expect(tor).toEqual([
    { tld: 'onion', type: 'host_suffix', registry: 'Tor', created: '2015-09-15', delegated: true, registryStale: true },
  ]);
  expect(none).toEqual([]);
  expect(most).toHaveLength(registries[0]!.count);
});

interface Count {
  readonly value: string;
  readonly count: number;
}
