import { describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';
import { NameFactsSchema } from '../../src/schema/name-facts.ts';
import { factsOf } from './embedded-data.ts';

describe("fqdn_parser's examples", () => {
  it('test.integration.api.somedomain.co.jp', () =>
    expect(factsOf('test.integration.api.somedomain.co.jp')).toMatchObject({
      tld: 'jp',
      tld_type: 'country-code',
      effective_tld: 'co.jp',
      is_tld_multi_part: true,
      registrable_domain: 'somedomain.co.jp',
      registrable_domain_host: 'somedomain',
      pqdn: 'test.integration.api',
      pqdn_labels: ['test', 'integration', 'api'],
      host_labels: ['test', 'integration', 'api', 'somedomain'],
      fqdn: 'test.integration.api.somedomain.co.jp',
      is_fqdn: true,
      is_ip: false,
    }));

  it('api.fake_aws_login.duckdns.org', () =>
    expect(factsOf('api.fake_aws_login.duckdns.org')).toMatchObject({
      effective_tld: 'org',
      registrable_domain: 'duckdns.org',
      private_suffix: 'duckdns.org',
      is_private_suffix: true,
      pqdn: 'api.fake_aws_login',
    }));

  it('xn--crdit-agricole-ckb.xn--scurvrification-bnbe.com in ASCII', () =>
    expect(factsOf('xn--crdit-agricole-ckb.xn--scurvrification-bnbe.com').fqdn_ascii).toBe(
      'credit-agricole.securverification.com',
    ));
});

describe('its faults, mended', () => {
  it.each([
    ['foo.ck', { status: 'suffix', effective_tld: 'foo.ck', is_fqdn: false, fqdn: 'foo.ck' }],
    ['b.c.kobe.jp', { registrable_domain: 'b.c.kobe.jp', effective_tld: 'c.kobe.jp' }],
    ['amazonaws.com', { is_private_suffix: false, registrable_domain: 'amazonaws.com' }],
    ['xn--85x722f.xn--55qx5d.cn', { effective_tld: 'xn--55qx5d.cn', registrable_domain_host: 'xn--85x722f' }],
    [
      'xn--d1abbgf6aiiy.xn--p1ai',
      { tld: 'рф', tld_puny: 'xn--p1ai', registrable_domain: 'xn--d1abbgf6aiiy.xn--p1ai', tld_ascii: 'rf' },
    ],
    ['a.xn--unknowntld', { tld: 'xn--unknowntld', is_tld_listed: false, registrable_domain: 'a.xn--unknowntld' }],
    ['oompa.loompa', { is_tld_listed: false, registrable_domain: 'oompa.loompa', is_fqdn: true }],
    ['printer.local', { status: 'internal', effective_tld: 'local', is_tld_listed: false }],
    ['localhost', { status: 'internal', host_labels: ['localhost'], is_fqdn: false, fqdn: 'localhost' }],
    [
      'abc.onion',
      { status: 'internal', tld_type: 'host_suffix', tld_registry: 'Tor', registrable_domain: 'abc.onion' },
    ],
    ['example.com.', { name: 'example.com', registrable_domain: 'example.com' }],
    ['com', { status: 'suffix', tld_type: 'generic', host_labels: [] }],
    ['[::1]', { status: 'ip', ipv6: true, is_ip: true, fqdn: '::1' }],
    ['10.0.0.1', { ipv4: true, is_ipv4_private: true }],
    ['169.254.1.1', { is_ipv4_private: true }],
    ['100.64.0.1', { is_ipv4_private: true }],
    ['172.32.0.1', { is_ipv4_private: false }],
    ['8.8.8.8', { is_ipv4_private: false }],
    ['example.com:443', { status: 'invalid', invalid_reason: 'url_or_port', is_fqdn: false }],
  ])('%s', (name, facts) => expect(factsOf(name)).toMatchObject(facts));
});

it('measures every label that can be measured', () => {
  // Values of fqdn_parser for these labels.
  const labels = factsOf('_x.www.vetconnectplus.com').entropy?.labels;
  expect(Object.keys(labels ?? {})).toEqual(['www', 'vetconnectplus']);
  expect(labels?.['www']).toBeCloseTo(6.036972491157682, 12);
  expect(labels?.['vetconnectplus']).toBeCloseTo(1.1546075723940465, 12);
});

it.each(['www.example.co.uk', 'com', 'localhost', '::1', '10.0.0.1', 'a..b', 'президент.рф', 'x.github.io'])(
  '%s: the facts are as the schema has them',
  (name) => expect([...Value.Errors(NameFactsSchema, factsOf(name))]).toEqual([]),
);
