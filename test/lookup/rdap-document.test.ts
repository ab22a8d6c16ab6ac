import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseRdapDomain, relatedLink } from '../../src/lookup/rdap-document.ts';
import { conformancePath, conformanceText, describeWithConformance } from '../conformance/files.ts';

const NOW = Date.UTC(2026, 10, 20);
const read = (members: Record<string, unknown>) =>
  parseRdapDomain({ objectClassName: 'domain', ldhName: 'example.com', ...members }, NOW);
const event = (eventAction: string, eventDate: unknown) => ({ eventAction, eventDate });
const card = (...properties: unknown[]) => ({ vcardArray: ['vcard', [['version', {}, 'text', '4.0'], ...properties]] });

describe('events', () => {
  it('takes registration, expiration and last changed', () => {
    const answer = read({
      events: [
        event('registration', '1997-09-15T04:00:00Z'),
        event('expiration', '2028-09-14T04:00:00Z'),
        event('last changed', '2024-06-12T22:09:39.881923Z'),
        event('last update of RDAP database', '2026-11-20T00:00:00+03:00'),
      ],
    });
    expect(answer).toMatchObject({
      outcome: 'found',
      created: '1997-09-15T04:00:00.000Z',
      created_precision: 'exact',
      expires: '2028-09-14T04:00:00.000Z',
      updated: '2024-06-12T22:09:39.881Z',
    });
  });

  it('"last update of RDAP database" is not the time of a change', () => {
    expect(read({ events: [event('last update of RDAP database', '2026-11-20T00:00:00Z')] }).updated).toBeUndefined();
  });

  it('compares actions without case, reads offsets, takes the earliest registration and the latest expiration', () => {
    const answer = read({
      events: [
        event('Registration', '2005-01-02T00:00:00+03:00'),
        event('registration', '2001-01-02T00:00:00+03:00'),
        event('expiration', '2027-01-01T00:00:00Z'),
        event('expiration', '2028-01-01T00:00:00Z'),
        event('registrar expiration', '2029-01-01T00:00:00Z'),
      ],
    });
    expect(answer).toMatchObject({ created: '2001-01-01T21:00:00.000Z', expires: '2028-01-01T00:00:00.000Z' });
  });

  it('keeps a later registration of the same name beside', () => {
    const answer = read({
      events: [event('registration', '2001-01-01T00:00:00Z'), event('reregistration', '2020-01-01T00:00:00Z')],
    });
    expect(answer).toMatchObject({ created: '2001-01-01T00:00:00.000Z', reregistered: '2020-01-01T00:00:00.000Z' });
  });

  it('the registrar expiration counts when there is no other', () => {
    expect(read({ events: [event('registrar expiration', '2029-01-01T00:00:00Z')] }).expires).toBe(
      '2029-01-01T00:00:00.000Z',
    );
  });

  it.each([
    [undefined],
    [[]],
    [{}],
    ['x'],
    [[null, 1, 'x', []]],
    [[event('registration', 5)]],
    [[event('registration', '1970-01-01T00:00:00Z')]],
    [[event('registration', '2030-01-01T00:00:00Z')]],
  ])('no usable registration in %j: found without a date', (events) => {
    const answer = read({ events });
    expect(answer.outcome).toBe('found');
    expect(answer.created).toBeUndefined();
  });
});

describe('entities', () => {
  const registrar = (members: Record<string, unknown>) =>
    read({ entities: [{ roles: ['registrar'], handle: '292', ...members }] });

  it('reads the registrar, its IANA id and its nested abuse contact', () => {
    const answer = registrar({
      roles: ['sponsor', 'Registrar'],
      ...card(['fn', {}, 'text', 'Example Registrar, Inc.']),
      publicIds: [{ type: 'IANA Registrar ID', identifier: '292' }],
      entities: [
        {
          roles: ['abuse'],
          ...card(['email', {}, 'text', 'abuse@example.net'], ['tel', {}, 'uri', 'tel:+1.5555550100']),
        },
      ],
    });
    expect(answer).toMatchObject({
      registrar: 'Example Registrar, Inc.',
      registrar_iana_id: '292',
      abuse_email: 'abuse@example.net',
      abuse_phone: '+1.5555550100',
    });
  });

  it("an abuse contact of the document itself is not the registrar's", () => {
    const entities = [{ roles: ['abuse'], ...card(['email', {}, 'text', 'registry@example.net']) }];
    expect(read({ entities }).abuse_email).toBeUndefined();
  });

  it('an empty fn gives way to org, and that to the handle', () => {
    expect(registrar(card(['fn', {}, 'text', ''], ['org', {}, 'text', 'Example Org'])).registrar).toBe('Example Org');
    expect(registrar(card(['fn', {}, 'text', ''])).registrar).toBe('292');
  });

  it.each([
    [{}],
    [{ vcardArray: 'x' }],
    [{ vcardArray: ['vcard'] }],
    [{ vcardArray: ['vcard', [[]]] }],
    [{ vcardArray: ['vcard', [['fn']]] }],
    [{ vcardArray: [[[[]]]] }],
  ])('the malformed card %j does not fail the record', (members) =>
    expect(registrar(members)).toMatchObject({ outcome: 'found', registrar: '292' }),
  );

  it('missing or odd roles are passed over', () => {
    expect(read({ entities: [{}, { roles: 'registrar', handle: 'X' }, { roles: [5] }] }).registrar).toBe('X');
  });

  it('redacted values are absent', () => {
    const entities = [
      {
        roles: ['registrant'],
        ...card(
          ['fn', {}, 'text', 'REDACTED FOR PRIVACY'],
          ['org', {}, 'text', ''],
          ['adr', { cc: 'us' }, 'text', ['', '', ['1 Street', 'Floor 2'], 'Bethesda', 'MD', '20814', '']],
        ),
      },
    ];
    const answer = read({ entities, redacted: [{ name: { description: 'Registrant Name' } }] });
    expect(answer).toMatchObject({
      address: '1 Street, Floor 2',
      city: 'Bethesda',
      state: 'MD',
      postal_code: '20814',
      country: 'US',
    });
    expect(answer.contact_name).toBeUndefined();
    expect(answer.organization).toBeUndefined();
  });

  it('reads JSContact where it replaces jCard', () => {
    const jscard = { name: { full: 'Example Registrar' }, emails: { e1: { address: 'abuse@example.net' } } };
    expect(registrar({ jscard }).registrar).toBe('Example Registrar');
  });

  it('10,000 entities are bounded', () => {
    const entities = Array.from({ length: 10_000 }, () => ({ roles: ['technical'] }));
    expect(read({ entities: [...entities, { roles: ['registrar'], handle: 'X' }] })).toMatchObject({
      outcome: 'found',
    });
  });
});

describe('other members', () => {
  it('statuses in one form; unknown words pass', () => {
    const status = ['client transfer prohibited', 'active', 'serverHold', 'some new word', 5];
    expect(read({ status }).statuses).toEqual(['clientTransferProhibited', 'ok', 'serverHold', 'some new word']);
  });

  it('name servers as A-labels in lower case', () => {
    const nameservers = [
      { ldhName: 'NS1.Example.COM.' },
      { unicodeName: 'ns.bücher.example' },
      {},
      null,
      { ldhName: 7 },
    ];
    expect(read({ nameservers }).name_servers).toEqual(['ns1.example.com', 'ns.xn--bcher-kva.example']);
  });

  it('DNSSEC: signed, unsigned, unknown', () => {
    expect(read({ secureDNS: { delegationSigned: true } }).dnssec).toBe(true);
    expect(read({ secureDns: { delegationSigned: false } }).dnssec).toBe(false);
    expect(read({}).dnssec).toBeUndefined();
    expect(read({ secureDNS: 'x' }).dnssec).toBeUndefined();
  });

  it('finds the link to the registrar', () => {
    const links = [
      { rel: 'self', href: 'https://a.example' },
      { rel: 'related', type: 'text/html', href: 'https://b.example' },
      { rel: 'related', type: 'application/rdap+json', href: 'https://c.example' },
    ];
    expect(relatedLink({ links })).toBe('https://c.example');
    expect(relatedLink(null)).toBeUndefined();
  });
});

describe('what is no domain object', () => {
  it.each([
    [null],
    [[]],
    ['x'],
    [5],
    [{}],
    [{ objectClassName: 'entity' }],
    [{ errorCode: 404 }],
    [{ objectClassName: 'domain', errorCode: 429 }],
  ])('%j', (document) => {
    expect(parseRdapDomain(document, NOW).outcome).toBe('failed');
  });

  it('members of every object are no members of the document', () => {
    const document: unknown = JSON.parse(
      '{"objectClassName":"domain","__proto__":{"port43":"x"},"constructor":1,"ldhName":"example.com"}',
    );
    expect(parseRdapDomain(document, NOW)).toEqual({ outcome: 'found', domain_name: 'example.com' });
  });
});

describeWithConformance('real RDAP documents', () => {
  const document = (file: string): unknown => JSON.parse(conformanceText(`registration/rdap-fixtures/${file}`));

  it.each([
    [
      'lemonde.fr.json',
      { created: '2005-08-02T14:16:36.000Z', updated: '2024-06-12T22:09:39.881Z', registrar: 'NAMESHIELD' },
    ],
    [
      'home.moscow.json',
      { created: '2021-10-19T19:28:12.000Z', updated: '2023-11-20T18:36:22.000Z', expires: '2024-10-19T19:28:12.000Z' },
    ],
    [
      'lookup_with_redaction.json',
      {
        registrar: 'Example Registrar Inc.',
        registrar_iana_id: '1',
        abuse_email: 'abuse@organization.example',
        dnssec: false,
      },
    ],
    ['domain-example.cz.json', { statuses: ['ok'], whois_server: 'whois.nic.cz' }],
    ['microsoft.click.json', { domain_name: 'microsoft.click' }],
  ])('%s', (file, expected) =>
    expect(parseRdapDomain(document(file), NOW)).toMatchObject({ outcome: 'found', ...expected }),
  );

  it.each(['error_ripe_net.json', 'help_nic_fr.json'])('%s is no domain', (file) => {
    expect(parseRdapDomain(document(file), NOW).outcome).toBe('failed');
  });

  it.each(readdirSync(conformancePath('registration/rdap-fixtures/jcard')))(
    'jcard/%s does not fail a record',
    (file) => {
      let vcardArray: unknown;
      try {
        vcardArray = document(`jcard/${file}`);
      } catch {
        vcardArray = 'no JSON';
      }
      const entities = [{ roles: ['registrar'], handle: 'X', vcardArray }];
      expect(read({ entities })).toMatchObject({ outcome: 'found' });
    },
  );
});
