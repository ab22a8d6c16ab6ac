import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openSnapshot, SnapshotError } from '../../src/datasets/snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapshot-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the embedded snapshot', () => {
  const snapshot = openSnapshot();

  it('has RDAP servers by TLD, and those missing from the bootstrap', () => {
    const serverOf = (
      tld: string,
      { services }: ReturnType<typeof snapshot.rdapOverrides | typeof snapshot.rdapServices>,
    ) => services.find(([labels]) => labels.includes(tld))?.[1];
    expect(serverOf('com', snapshot.rdapServices())).toEqual(['https://rdap.verisign.com/com/v1/']);
    expect(serverOf('io', snapshot.rdapServices())).toBeUndefined();
    expect(serverOf('io', snapshot.rdapOverrides())).toEqual(['https://rdap.identitydigital.services/rdap/']);
    expect(serverOf('bh', snapshot.rdapOverrides())).toEqual(['https://rdap.centralnic.com/bh/']);
    expect(snapshot.rdapOverrides().services.flatMap(([labels]) => labels)).toHaveLength(19);
    expect(snapshot.rdapOverrides().as_of).toBe('2026-10-26');
  });

  it('has RDAP for 1 175 TLDs', () =>
    expect(new Set(snapshot.rdapServices().services.flatMap(([labels]) => labels)).size).toBe(1175));

  it('has WHOIS servers for at least 1 283 TLDs', () => {
    const { servers } = snapshot.whoisServers();
    expect(servers['de']).toEqual(['whois.denic.de']);
    expect(Object.keys(servers).length).toBeGreaterThanOrEqual(1283);
  });

  it('reads a file once', () => expect(snapshot.tlds()).toBe(snapshot.tlds()));
});

describe('a broken installation', () => {
  it('names the file that is missing', () =>
    expect(() => openSnapshot(folder).pairs()).toThrow(
      /^embedded data file letter-pairs\.freq cannot be used \(.*ENOENT/,
    ));

  it.each(['', '{', '{"as_of": "2026-01-01", "tlds": {"com": {"type": "gtld"}}}'])(
    'names the file that is broken: %s',
    (text) => {
      writeFileSync(join(folder, 'tlds.json'), text);
      expect(() => openSnapshot(folder).tlds()).toThrow(SnapshotError);
    },
  );
});
