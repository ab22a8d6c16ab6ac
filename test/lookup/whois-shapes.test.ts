import { describe, expect, it } from '@jest/globals';
import { parseWhoisAnswer, type WhoisAnswer } from '../../src/lookup/whois-answer.ts';

const NOW = Date.UTC(2026, 10, 20);

/** Reads an answer given as lines; the domain defaults to one of the TLD. */
function read(tld: string, lines: readonly string[], domain = `example.${tld}`): WhoisAnswer {
  return parseWhoisAnswer(lines.join('\r\n'), { tld, domain, now: NOW });
}

const day = (date: string | undefined) => date?.slice(0, 10);

// Layouts as registries write them, with invented data: layout, TLD, lines, created, updated, expires.
const LAYOUTS: readonly (readonly [string, string, readonly string[], string?, (string | undefined)?, string?])[] = [
  [
    'bracketed Japanese',
    'jp',
    [
      '[ドメイン名]  EXAMPLE.JP',
      '[登録年月日]                    2001/05/14',
      '[有効期限]                      2026/05/31',
      '[最終更新]                      2025/06/01 01:05:09 (JST)',
    ],
    '2001-05-14',
    '2025-05-31',
    '2026-05-31',
  ],
  [
    'lettered Japanese',
    'jp',
    [
      'a. [ドメイン名]                 EXAMPLE.CO.JP',
      'p. [ネームサーバ]               ns1.example.jp',
      '[状態]                          Connected (2026/12/31)',
      '[登録年月日]                    2003/03/27',
    ],
    '2003-03-27',
  ],
  [
    'Korean',
    'kr',
    [
      '도메인이름                  : example.kr',
      '등록일                      : 1999. 07. 28.',
      '최근 정보 변경일            : 2010. 10. 04.',
      '사용 종료일                 : 2027. 07. 28.',
    ],
    '1999-07-28',
    '2010-10-04',
    '2027-07-28',
  ],
  [
    'Korean in English',
    'kr',
    [
      'Domain Name                 : example.kr',
      'Registered Date             : 1999. 07. 28.',
      'Last Updated Date           : 2010. 10. 04.',
      'Expiration Date             : 2027. 07. 28.',
    ],
    '1999-07-28',
    '2010-10-04',
    '2027-07-28',
  ],
  [
    'Czech FRED',
    'cz',
    [
      'domain:       example.cz',
      'registrant:   SB:X',
      'nsset:        NSS:X',
      'registrar:    REG-X',
      'registered:   21.07.2000 15:21:00',
      'changed:      15.02.2018 10:12:08',
      'expire:       22.07.2027',
      '',
      'contact:      SB:X',
      'created:      09.05.2011 10:11:12',
    ],
    '2000-07-21',
    '2018-02-15',
    '2027-07-22',
  ],
  [
    'Polish',
    'pl',
    [
      'DOMAIN NAME:           example.pl',
      'registrant type:       organization',
      'nameservers:           ns1.example.com.',
      '                       ns2.example.com.',
      'created:               2002.09.19 13:00:00',
      'last modified:         2023.08.17 11:44:35',
      'renewal date:          2027.09.18 14:00:00',
    ],
    '2002-09-19',
    '2023-08-17',
    '2027-09-18',
  ],
  [
    'Nominet',
    'uk',
    [
      '    Domain name:',
      '        example.co.uk',
      '',
      '    Registrar:',
      '        Example Ltd [Tag = EXAMPLE]',
      '        URL: https://example.com',
      '',
      '    Relevant dates:',
      '        Registered on: 14-Feb-1999',
      '        Expiry date:  14-Feb-2027',
      '        Last updated:  13-Jan-2025',
      '',
      '    Name servers:',
      '        ns1.example.com',
    ],
    '1999-02-14',
    '2025-01-13',
    '2027-02-14',
  ],
  [
    'Nominet, old',
    'uk',
    [
      '    Relevant dates:',
      '        Registered on: before Aug-1996',
      '        Expiry date:  11-Dec-2026',
      '',
      '    Name servers:',
      '        ns1.example.com',
    ],
    '1996-08-01',
    undefined,
    '2026-12-11',
  ],
  [
    'Danish',
    'dk',
    [
      'Domain:               example.dk',
      'DNS:                  example.dk',
      'Registered:           1999-01-10',
      'Expires:              2027-03-31',
      'Registration period:  1 year',
      'Status:               Active',
      '',
      'Registrant',
      'Handle:               ***N/A***',
      '',
      'Nameservers',
      'Hostname:             ns1.example.com',
    ],
    '1999-01-10',
    undefined,
    '2027-03-31',
  ],
  [
    'Norwegian',
    'no',
    [
      'Domain Information',
      '',
      'NORID Handle...............: EXA1D-NORID',
      'Domain Name................: example.no',
      'Registrar Handle...........: REG1-NORID',
      '',
      'Additional information:',
      'Created:         1999-11-15',
      'Last updated:    2025-11-15',
    ],
    '1999-11-15',
    '2025-11-15',
  ],
  [
    'Turkish',
    'tr',
    [
      '** Domain Name: example.com.tr',
      'Domain Status: Active',
      '',
      '** Registrar:',
      'NIC Handle\t\t: ex1',
      'Organization Name\t: Example Ltd',
      '',
      '** Domain Servers:',
      'ns1.example.com',
      '',
      '** Additional Info:',
      'Created on..............: 2001-Aug-23.',
      'Expires on..............: 2027-Aug-22.',
    ],
    '2001-08-23',
    undefined,
    '2027-08-22',
  ],
  [
    'Brazilian',
    'br',
    [
      'domain:      example.com.br',
      'owner:       Exemplo Ltda',
      'country:     BR',
      'nserver:     ns1.example.com',
      'nsstat:      20261118 AA',
      'created:     19990518 #162310',
      'changed:     20250420',
      'expires:     20270518',
      'status:      published',
      '',
      'nic-hdl-br:  EXE12',
      'person:      Exemplo',
      'created:     20180101',
    ],
    '1999-05-18',
    '2025-04-20',
    '2027-05-18',
  ],
  [
    'Israeli',
    'il',
    [
      'domain:       example.co.il',
      'nserver:      ns1.example.com',
      'validity:     05-07-2027',
      'status:       Transfer Locked',
      'changed:      registrar AT example.com 19990605 (Assigned)',
      'changed:      registrar AT example.com 20150702 (Changed)',
      '',
      'person:       Example',
      'changed:      x AT example.com 20200101',
    ],
    '1999-06-05',
    '2015-07-02',
    '2027-07-05',
  ],
  [
    'Bulgarian',
    'bg',
    [
      'DOMAIN NAME: example.bg',
      'registration status: busy, active',
      'activated on: 30/06/2003 00:00:00 EEST',
      'expires at: 12/10/2027 00:00:00 EEST',
      'NAME SERVER INFORMATION:',
      'ns1.example.com',
    ],
    '2003-06-29',
    undefined,
    '2027-10-11',
  ],
  [
    'edu',
    'edu',
    [
      'Domain Name: EXAMPLE.EDU',
      '',
      'Registrant:',
      '\tExample University',
      '\tUS',
      '',
      'Name Servers:',
      '\tNS1.EXAMPLE.EDU',
      '',
      'Domain record activated:    11-Sep-1989',
      'Domain record last updated: 25-Jan-2025',
      'Domain expires:             31-Jul-2027',
    ],
    '1989-09-11',
    '2025-01-25',
    '2027-07-31',
  ],
  [
    'Thai',
    'th',
    [
      'Domain Name: EXAMPLE.CO.TH',
      'Registrar: T.H.NIC Co., Ltd.',
      'Name Server: NS1.EXAMPLE.COM',
      'Status: ACTIVE',
      'Updated date: 26 Sep 2025',
      'Created date: 8 Oct 2004',
      'Exp date: 7 Oct 2027',
    ],
    '2004-10-08',
    '2025-09-26',
    '2027-10-07',
  ],
  [
    'Nepalese',
    'np',
    [
      'Name: example.com.np',
      'Primary Name Server: NS1.EXAMPLE.COM',
      'First Registered Date: 2008-02-04',
      'Last Updated Date: 2026-01-10',
    ],
    '2008-02-04',
    '2026-01-10',
  ],
  [
    'Serbian',
    'rs',
    [
      'Domain name: example.rs',
      'Domain status: Active',
      'Registration date: 10.03.2008 12:31:19',
      'Modification date: 04.02.2026 10:02:03',
      'Expiration date: 10.03.2027 12:31:19',
      'Registrar: NINET',
      'DNS: ns1.example.com -',
    ],
    '2008-03-10',
    '2026-02-04',
    '2027-03-10',
  ],
  [
    'Russian',
    'ru',
    [
      'domain:        EXAMPLE.RU',
      'nserver:       ns1.example.ru. 192.0.2.1',
      'state:         REGISTERED, DELEGATED, VERIFIED',
      'person:        Private Person',
      'registrar:     EXAMPLE-RU',
      'created:       1997-09-23T09:45:07Z',
      'paid-till:     2026-12-30T21:00:00Z',
      'free-date:     2027-01-31',
      'source:        TCI',
    ],
    '1997-09-23',
    undefined,
    '2026-12-30',
  ],
  [
    'Dutch',
    'nl',
    [
      'Domain name: example.nl',
      'Status:      active',
      '',
      'Registrar:',
      '   Example B.V.',
      '   Street 1',
      '',
      'DNSSEC:      no',
      '',
      'Domain nameservers:',
      '   ns1.example.com',
      '   ns2.example.com',
      '',
      'Creation Date: 1999-05-27',
      '',
      'Updated Date: 2025-12-29',
    ],
    '1999-05-27',
    '2025-12-29',
  ],
  [
    'Swedish',
    'se',
    [
      '# Copyright',
      'state:            active',
      'domain:           example.se',
      'created:          2003-08-27',
      'modified:         2025-09-18',
      'expires:          2027-10-20',
      'nserver:          ns1.example.com',
      'dnssec:           unsigned delegation',
      'status:           serverUpdateProhibited',
      'registrar:        Example AB',
    ],
    '2003-08-27',
    '2025-09-18',
    '2027-10-20',
  ],
  [
    'Portuguese, bilingual',
    'pt',
    [
      'Nome de domínio / Domain Name: example.pt',
      'Data de registo / Creation Date (dd/mm/yyyy): 09/01/2003',
      'Data de expiração / Expiration Date (dd/mm/yyyy): 02/12/2027',
      'Estado / Status: ACTIVE',
    ],
    '2003-01-09',
    undefined,
    '2027-12-02',
  ],
  [
    'Spanish labels',
    'uy',
    [
      'Nombre de dominio: example.com.uy',
      'Fecha de Creación: 2001-02-03',
      'Última Actualización: 2024-05-06',
      'Fecha de Vencimiento: 2027-08-09',
      'Servidor(es) de Nombres de Dominio:',
      '   - ns1.example.com',
    ],
    '2001-02-03',
    '2024-05-06',
    '2027-08-09',
  ],
  [
    'French labels',
    'dz',
    ['Nom de domaine: example.dz', 'Date de création: 5 février 2010', 'Dernière modification: 6 août 2024'],
    '2010-02-05',
    '2024-08-06',
  ],
  [
    'German labels',
    'xx',
    ['Domain: example.xx', 'Registriert am: 5. März 2010', 'Zuletzt geändert: 2.1.2024', 'Gültig bis: 01.12.2027'],
    '2010-03-05',
    undefined,
    '2027-12-01',
  ],
  [
    'CoCCA',
    'mw',
    [
      'Domain Name: example.mw',
      'Registry Domain ID: 123-MW',
      'Updated Date: 2025-02-12T00:36:29.906Z',
      'Creation Date: 2012-04-03T13:00:00.000Z',
      'Registry Expiry Date: 2027-04-03T13:00:00.000Z',
      'Domain Status: ok https://icann.org/epp#ok',
      'Name Server: ns1.example.com',
    ],
    '2012-04-03',
    '2025-02-12',
    '2027-04-03',
  ],
  [
    'gTLD',
    'example',
    [
      'Domain Name: EXAMPLE.EXAMPLE',
      'Registrar WHOIS Server: whois.example.net',
      'Updated Date: 2025-09-09T15:39:04Z',
      'Creation Date: 1997-09-15T04:00:00Z',
      'Registrar Registration Expiration Date: 2028-09-13T07:00:00+0000',
      'Registry Expiry Date: 2028-09-14T04:00:00Z',
    ],
    '1997-09-15',
    '2025-09-09',
    '2028-09-14',
  ],
  [
    'old Neustar',
    'biz',
    [
      'Domain Name:                                 EXAMPLE.BIZ',
      'Domain Registration Date:                    Wed Mar 27 00:01:00 GMT 2002',
      'Domain Expiration Date:                      Tue Mar 26 23:59:59 GMT 2027',
      'Domain Last Updated Date:                    Sun Feb 22 10:06:33 GMT 2025',
    ],
    '2002-03-27',
    '2025-02-22',
    '2027-03-26',
  ],
  [
    'sentences',
    'com',
    [
      'Registrant:',
      '   Example Inc.',
      '',
      '   Record expires on 14-Sep-2027.',
      '   Record created on 15-Sep-1997.',
      '   Domain servers in listed order:',
      '   NS1.EXAMPLE.COM',
    ],
    '1997-09-15',
    undefined,
    '2027-09-14',
  ],
  [
    'no space behind the colon',
    'asia',
    [
      'Domain Name:EXAMPLE.ASIA',
      'Domain Create Date:30-Oct-2008 22:54:15 UTC',
      'Domain Expiration Date:30-Oct-2027 22:54:15 UTC',
      'Nameservers:NS1.EXAMPLE.COM',
    ],
    '2008-10-30',
    undefined,
    '2027-10-30',
  ],
  ['sharps behind dots', 'xx', ['Domain Name........# example.xx', 'Creation Date......# 2003-05-06'], '2003-05-06'],
  [
    'a label nobody has seen',
    'xx',
    ['Domain: example.xx', 'First created in registry: 2003-05-06', 'Nameserver: ns1.example.com'],
    '2003-05-06',
  ],
  [
    'ac.uk',
    'uk',
    [
      'Domain:',
      '    example.ac.uk',
      '',
      'Servers:',
      '    ns1.example.ac.uk',
      '',
      'Renewal date:',
      '    Monday 16th Jun 2027',
      '',
      'Entry updated:',
      '    Monday 16th June 2025',
      '',
      'Entry created:',
      '    Friday 7th November 2003',
    ],
    '2003-11-07',
    '2025-06-16',
    '2027-06-16',
  ],
  [
    'Ukrainian',
    'ua',
    [
      '% request from 192.0.2.1',
      'domain:           example.ua',
      'registrant:       x',
      'nserver:          ns1.example.com',
      'created:          2002-12-04 00:00:00+02',
      'modified:         2025-11-02 14:29:01+02',
      'expires:          2027-12-04 00:00:00+02',
      '',
      '% Registrar:',
      '% ==========',
      'registrar:        ua.example',
      'organization:     Example LLC',
      'created:          2010-01-01 00:00:00+02',
    ],
    '2002-12-03',
    '2025-11-02',
    '2027-12-03',
  ],
  [
    'values below their labels',
    'ch',
    [
      'Domain name:',
      'example.ch',
      '',
      'Registrar:',
      'Example AG',
      '',
      'First registration date:',
      'before 1 January 1996',
      '',
      'DNSSEC:N',
      '',
      'Name servers:',
      'ns1.example.ch\t[192.0.2.1]',
    ],
    '1996-01-01',
  ],
  [
    'Hungarian',
    'hu',
    [
      '% Whois server 3.0 serving the hu ccTLD',
      '',
      'domain:         example.hu',
      'record created: 1998-06-20 00:00:00',
    ],
    '1998-06-20',
  ],
  [
    'Finnish',
    'fi',
    [
      'domain.............: example.fi',
      'status.............: Registered',
      'created............: 30.6.2006 00:00:00',
      'expires............: 4.7.2027 10:15:55',
      'available..........: 4.8.2027 10:15:55',
      'modified...........: 2.6.2026',
      '',
      'Nameservers',
      '',
      'nserver............: ns1.example.com [OK]',
      '',
      'Registrar',
      '',
      'registrar..........: Example Oy',
    ],
    '2006-06-30',
    '2026-06-02',
    '2027-07-04',
  ],
  [
    'Icelandic',
    'is',
    [
      'domain:       example.is',
      'registrant:   EX1-IS',
      'nserver:      ns1.example.is',
      'created:      May 22 2002',
      'expires:      May 22 2027',
      'source:       ISNIC',
      '',
      'role:         Example',
      'nic-hdl:      EX1-IS',
      'created:      January 25 2016',
    ],
    '2002-05-22',
    undefined,
    '2027-05-22',
  ],
  [
    'Chinese labels',
    'tw',
    ['域名: example.tw', '注册时间: 2003年3月17日', '到期时间: 2027-03-17 12:48:36'],
    '2003-03-17',
    undefined,
    '2027-03-17',
  ],
  [
    'Luxembourg',
    'lu',
    [
      'domainname:   example.lu',
      'domaintype:   ACTIVE',
      'nserver:      ns1.example.lu',
      'registered:   06/04/2003',
      'org-name:     Example',
      'registrar-name: Example SA',
    ],
    '2003-04-06',
  ],
  [
    'HTML',
    'xx',
    [
      '<html><body><pre>Domain Name: example.xx<br>Creation Date: 2003-05-06<br/>Name Server: ns1.example.com</pre></body></html>',
    ],
    '2003-05-06',
  ],
];

describe('layouts of registries', () => {
  it.each(LAYOUTS.map((row) => [row[0], row] as const))('%s', (_, [, tld, lines, created, updated, expires]) => {
    const answer = read(tld, lines);
    expect(answer.outcome).toBe('found');
    expect([day(answer.created), day(answer.updated), day(answer.expires)]).toEqual([created, updated, expires]);
  });
});

describe('facts beside the dates', () => {
  const layout = (name: string) => LAYOUTS.find(([title]) => title === name)!;

  it.each([
    ['Nominet', 'Example Ltd', ['ns1.example.com']],
    ['Turkish', 'Example Ltd', ['ns1.example.com']],
    ['Polish', undefined, ['ns1.example.com', 'ns2.example.com']],
    ['Dutch', 'Example B.V.', ['ns1.example.com', 'ns2.example.com']],
    ['values below their labels', 'Example AG', ['ns1.example.ch']],
    ['Danish', undefined, ['ns1.example.com']],
    ['lettered Japanese', undefined, ['ns1.example.jp']],
    ['Finnish', 'Example Oy', ['ns1.example.com']],
    ['Spanish labels', undefined, ['ns1.example.com']],
  ])('%s: registrar and name servers', (name, registrar, servers) => {
    const [, tld, lines] = layout(name);
    const answer = read(tld, lines);
    expect(answer.registrar).toBe(registrar);
    expect(answer.name_servers).toEqual(servers);
  });

  it('statuses in one form, without their links', () => {
    const answer = read('example', [
      'Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited',
      'Domain Status: CLIENT DELETE PROHIBITED',
      'Name Server: ns1.example.com',
    ]);
    expect(answer.statuses).toEqual(['clientTransferProhibited', 'clientDeleteProhibited']);
  });

  it.each([
    ['DNSSEC: unsigned', false],
    ['DNSSEC: signedDelegation', true],
    ['dnssec: unsigned delegation', false],
    ['Signed: no', false],
    ['DNSSEC:N', false],
    ['Other: x', undefined],
  ])('%s', (line, dnssec) => {
    expect(read('example', [line, 'Name Server: ns1.example.com']).dnssec).toBe(dnssec);
  });

  it('gives the contact fields of domain_stats 1', () => {
    const answer = read('com', [
      'Domain Name: EXAMPLE.COM',
      'Registrar WHOIS Server: whois.example.net',
      'Registrar URL: http://www.example.net',
      'Registrar: Example, Inc.',
      'Registrar IANA ID: 292',
      'Registrar Abuse Contact Email: Abuse@Example.net',
      'Registrant Name: REDACTED FOR PRIVACY',
      'Registrant Organization: Example LLC',
      'Registrant City: Bethesda',
      'Registrant State/Province: MD',
      'Registrant Postal Code: 20814',
      'Registrant Country: US',
      'Referral URL: http://www.example.net/ref',
      'Creation Date: 1997-09-15T04:00:00Z',
    ]);
    expect(answer).toMatchObject({
      whois_server: 'whois.example.net',
      referral_url: 'http://www.example.net/ref',
      registrar: 'Example, Inc.',
      registrar_iana_id: '292',
      abuse_email: 'abuse@example.net',
      organization: 'Example LLC',
      city: 'Bethesda',
      state: 'MD',
      postal_code: '20814',
      country: 'US',
    });
    expect(answer.contact_name).toBeUndefined();
  });
});

describe('what must not be taken for a date', () => {
  it.each([
    ['an id', 'ROID: 20150409g10001g-34600327'],
    ['the footer', '>>> Last update of WHOIS database: 2026-11-20T01:02:03Z <<<'],
    ['the footer without marks', 'Last update of whois database: Fri, 20 Nov 2026 01:02:03 UTC'],
    ['a filler', 'Creation Date: 1970-01-01T00:00:00Z'],
    ['the year one', 'Creation Date: 0001-01-01T00:00:00Z'],
    ['30 February', 'Creation Date: 2019-02-30'],
    ['month 13', 'Creation Date: 2019-13-01'],
    ['the future', 'Creation Date: 2027-11-20T00:00:00Z'],
    ['a trademark', 'Date Trademark Registered: 2004-09-14'],
  ])('%s', (_, line) => {
    const answer = read('example', ['Domain Name: EXAMPLE.EXAMPLE', line, 'Name Server: ns1.example.com']);
    expect(answer.outcome).toBe('found');
    expect(answer.created).toBeUndefined();
    expect(answer.updated).toBeUndefined();
  });

  it("a contact's date, when the domain has none", () => {
    const answer = read('at', [
      'domain: example.at',
      'nserver: ns1.example.at',
      'changed: 20221101 00:10:24',
      '',
      'personname: X',
      'nic-hdl: X1-NICAT',
      'created: 20200101',
      'changed: 20230303 00:00:00',
    ]);
    expect(answer).toMatchObject({ outcome: 'found', updated: '2022-11-01T00:10:24.000Z' });
    expect(answer.created).toBeUndefined();
  });

  it('two values of one label are never one', () => {
    expect(read('xx', ['created: 2003-07-24', '', 'created: 2017-09-01']).created).toBe('2003-07-24T00:00:00.000Z');
  });
});

describe('the order of day and month', () => {
  it.each([
    ['hk', '11-07-2017', undefined, '2017-07-11'],
    ['fr', '03/09/2007', undefined, '2007-09-03'],
    ['es', '16/09/03', undefined, '2003-09-16'],
    ['us', '03/09/2007', undefined, '2007-03-09'],
    ['fr', '12/18/2001', undefined, '2001-12-18'],
    // Another date of the same answer proves the order.
    ['fr', '03/09/2007', '12/18/2001', '2007-03-09'],
    ['us', '03/09/2007', '18/12/2001', '2007-09-03'],
    ['us', '03.09.2007', undefined, '2007-09-03'],
  ])('%s %s beside %s', (tld, created, other, expected) => {
    const lines = [`Creation Date: ${created}`, ...(other === undefined ? [] : [`Updated Date: ${other}`])];
    expect(day(read(tld, lines).created)).toBe(expected);
  });

  it('says how exact a date is', () => {
    expect(read('xx', ['Creation Date: 2017-12-16T03:58:55Z']).created_precision).toBe('exact');
    expect(read('xx', ['Creation Date: 2017-12-16']).created_precision).toBe('day');
    expect(read('xx', ['Creation Date: 2017-12-16 03:58:55']).created_precision).toBe('day');
    expect(read('xx', ['Registered On: Before 2001'])).toMatchObject({
      created_precision: 'before',
      created: '2001-01-01T00:00:00.000Z',
    });
  });
});

describe('outcomes', () => {
  it.each([
    ['not_found', ['No match for "EXAMPLE.XX".']],
    ['not_found', ['%% No entries found in the Example Database.']],
    ['not_found', ['Domain: example.xx', 'Status: free']],
    ['not_found', ['Domain Name: example.xx', 'Domain Status: No Object Found']],
    ['not_found', ['example.xx: no existe']],
    ['not_found', ['Aucun enregistrement trouvé pour example.xx']],
    ['not_found', ['Kein Eintrag gefunden']],
    ['not_found', ['No Object Found']],
    ['not_found', ['Requested Domain cannot be found']],
    ['not_found', ['The domain example.xx is available for registration.']],
    ['not_found', ['>>> Domain example.xx is available for registration']],
    ['not_found', ['This query returned 0 objects.']],
    ['not_found', ['Nincs találat / No match']],
    ['not_found', ['Объект не найден']],
    ['refused', ['WHOIS LIMIT EXCEEDED - SEE WWW.EXAMPLE.ORG/WHOIS FOR DETAILS']],
    ['refused', ['Rate limit exceeded. Try again after: 24h0m0s']],
    ['refused', ['% Error: 55000000002 Connection refused; access control limit reached.']],
    ['refused', ['%% Too many requests...', '', '%% No entries found in the Example Database.']],
    ['refused', ['You have been banned for abuse.']],
    ['refused', ['Your connection limit exceeded. Please slow down and try again later.']],
    ['refused', ['%ERROR:201: access denied for 192.0.2.1']],
    ['refused', ['Queries exceeded the daily limit']],
    ['unsupported', ['TLD is not supported.']],
    ['unsupported', ['This TLD has no whois server.']],
    ['unsupported', ['Status: This WHOIS server does not have any records for that zone.']],
    ['unsupported', ['The WHOIS service has been discontinued. Please use RDAP.']],
    ['failed', ['']],
    ['failed', ['Service temporarily unavailable.']],
    ['failed', ['Internal Server Error']],
    ['failed', ['\u0001\u0002']],
    ['failed', ['<html><head><title>x</title></head><body>Hello</body></html>']],
    ['found', ['Domain: example.xx', 'Status: connect', 'Nserver: ns1.example.com']],
    ['found', ['Domain: example.xx', 'Status: failed', 'Nserver: ns1.example.com']],
  ])('%s: %j', (outcome, lines) => {
    expect(read('xx', lines).outcome).toBe(outcome);
  });

  it('terms of use do not decide', () => {
    const terms = [
      'Access to the WHOIS service is rate limited. For more information, see the registry.',
      'You agree that you will not exceed the query limit, nor query data that is not available for registration.',
      'The registry reserves the right to restrict your access, including without limitation, for',
      'excessive querying of the database or for failure to otherwise abide by this policy.',
    ];
    expect(read('xx', ['Domain not found.', '', ...terms]).outcome).toBe('not_found');
    expect(read('xx', ['Domain Name: example.xx', 'Creation Date: 2003-05-06', '', ...terms]).outcome).toBe('found');
  });

  it('a reserved name is not found, and says so', () => {
    expect(read('xx', ['Reserved by Registry'])).toEqual({ outcome: 'not_found', statuses: ['reserved'] });
    expect(read('xx', ['Domain: example.xx', 'Status: invalid'])).toEqual({
      outcome: 'not_found',
      statuses: ['invalid'],
    });
  });

  it('registered without a published creation date is found without it', () => {
    const answer = read('de', [
      'Domain: example.de',
      'Nserver: ns1.example.de',
      'Status: connect',
      'Changed: 2018-03-12T21:44:25+01:00',
    ]);
    expect(answer).toMatchObject({ outcome: 'found', updated: '2018-03-12T20:44:25.000Z' });
    expect(answer.created).toBeUndefined();
  });
});

describe('texts that break parsers', () => {
  it.each([
    ['members of every object', ['constructor: x', '__proto__: x', 'toString: x', 'hasOwnProperty: x']],
    ['an endless line', ['a'.repeat(1_000_000)]],
    ['colons only', [':'.repeat(60_000)]],
    ['spaces only', [' '.repeat(60_000)]],
    ['dots', [`Creation Date${'.'.repeat(60_000)}: x`]],
    ['brackets', ['['.repeat(60_000)]],
    ['open tags', ['<br>', '<'.repeat(60_000)]],
    ['tabs', [`a${'\t '.repeat(30_000)}`]],
  ])('%s', (_, lines) => {
    const answer = read('xx', [...lines, 'Creation Date: 2003-05-06']);
    expect(['found', 'failed', 'not_found']).toContain(answer.outcome);
  });

  it('dangerous labels keep nothing from being read', () => {
    const answer = read('xx', [
      'constructor: x',
      '__proto__: y',
      'Creation Date: 2003-05-06',
      'Expiry Date: 2027-05-06',
    ]);
    expect(answer).toMatchObject({ created: '2003-05-06T00:00:00.000Z', expires: '2027-05-06T00:00:00.000Z' });
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
  });

  it('100,000 lines: only a bounded number of them is looked at', () => {
    const lines = [
      'Creation Date: 2003-05-06',
      ...Array.from({ length: 100_000 }, (_, i) => `Name Server: ns${i}.example.com`),
    ];
    const answer = read('xx', lines);
    expect(day(answer.created)).toBe('2003-05-06');
    expect(answer.name_servers!.length).toBeLessThanOrEqual(64);
  });

  it('records of other names in the same answer do not count', () => {
    const answer = read('com', [
      'Domain Name: EXAMPLE.COM.EVIL.ORG',
      'Creation Date: 2020-01-01',
      'Registrar: Evil',
      'Name Server: ns.evil.org',
      'Status: ok',
      '',
      'Domain Name: EXAMPLE.COM',
      'Creation Date: 1997-09-15',
      'Registrar: Good',
      'Name Server: ns1.example.com',
    ]);
    expect(answer).toMatchObject({
      created: '1997-09-15T00:00:00.000Z',
      registrar: 'Good',
      name_servers: ['ns1.example.com'],
    });
  });
});
