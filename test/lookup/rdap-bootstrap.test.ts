import { describe, expect, it } from '@jest/globals';
import { rdapTable, readRdapServices } from '../../src/lookup/rdap-bootstrap.ts';
import { isPublicAddress } from '../../src/lookup/address-policy.ts';
import { conformanceText, describeWithConformance } from '../conformance/files.ts';

describe('the RDAP server of a domain', () => {
  const table = rdapTable(
    [
      [['com', 'Net'], ['https://rdap.example/com/']],
      [['example.net'], ['https://sub.example/']],
      [['slash'], ['https://noslash.example']],
      [['uz'], ['http://cctld.example:9000/']],
      [['both'], ['http://plain.example/', 'https://secure.example/']],
    ],
    { io: 'https://override.example/rdap/', com: 'https://loses.example/' },
  );

  it.each([
    ['example.com', 'https://rdap.example/com/'],
    ['a.b.example.net', 'https://sub.example/'],
    ['notexample.net', 'https://rdap.example/com/'],
    ['x.slash', 'https://noslash.example/'],
    ['x.uz', 'http://cctld.example:9000/'],
    ['x.both', 'https://secure.example/'],
    ['x.io', 'https://override.example/rdap/'],
    ['x.unknown', undefined],
  ])('%s → %s', (domain, base) => expect(table(domain)).toBe(base));

  it('the root entry is the last choice', () => {
    expect(rdapTable([[[''], ['https://root.example/']]])('x.y')).toBe('https://root.example/');
  });
});

describe('reading dns.json', () => {
  it('passes over malformed entries', () => {
    const services = [
      [['com'], ['https://a.example/']],
      'x',
      [],
      [['net']],
      [['org'], ['no url']],
      [['b/d'], ['https://b.example/']],
      [[5], [7]],
      null,
    ];
    expect(readRdapServices({ services })).toEqual([[['com'], ['https://a.example/']]]);
  });

  it.each([[null], [[]], ['x'], [{}], [{ services: {} }], [{ services: [] }], [{ services: ['x'] }]])(
    '%j has nothing usable',
    (document) => {
      expect(readRdapServices(document)).toBeUndefined();
    },
  );
});

describeWithConformance('real bootstrap files', () => {
  const read = (file: string) => {
    try {
      return readRdapServices(JSON.parse(conformanceText(`registration/rdap-fixtures/${file}`)));
    } catch {
      return undefined;
    }
  };

  it('a good one', () => expect(rdapTable(read('bootstrap/dns.json')!)('example.br')).toMatch(/^https:/));
  it('one with entries of several labels', () => expect(read('bootstrap_complex/dns.json')!.length).toBeGreaterThan(0));
  it.each(['dns_bad_services.json', 'dns_bad_url.json', 'dns_empty.json', 'dns_syntax_error.json'])(
    '%s never throws',
    (file) => {
      expect(() => read(`bootstrap_malformed/${file}`)).not.toThrow();
    },
  );
});

describe('public addresses', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2001:4860:4860::8888', '::ffff:8.8.8.8'])('%s is', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
  it.each([
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '255.255.255.255',
      '224.0.0.1',
    ],
    ...[
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:a9fe:a9fe',
      'fe80::1',
      'fe80::1%eth0',
      'fd00::1',
      'fc00::1',
      'ff02::1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:db8::1',
    ],
    ...['', 'example.com', '1.2.3'],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});
