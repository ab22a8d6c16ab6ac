import { afterAll, describe, expect, it } from '@jest/globals';
import type { LookupSettings } from '../../src/lookup/settings.ts';
import { createWhoisClient, referralOf } from '../../src/lookup/whois-client.ts';
import { askWhois, readWhoisHost } from '../../src/lookup/whois-transport.ts';
import { addressPolicy } from '../../src/lookup/address-policy.ts';
import { closeStubs, deadHost, testSettings, whoisStub } from './stubs.ts';

const NOW = Date.UTC(2026, 10, 20);
const never = new AbortController().signal;
const client = (settings: Partial<LookupSettings> = {}) => createWhoisClient(testSettings(settings), () => NOW);
afterAll(closeStubs);

const FOUND = 'Domain Name: EXAMPLE.XX\r\nCreation Date: 2003-05-06\r\nName Server: ns1.example.com\r\n';

/** Asks a stub that ends every conversation with one answer. */
async function ask(answer: string | Buffer, domain = 'example.xx', settings: Partial<LookupSettings> = {}) {
  const stub = await whoisStub((_, socket) => socket.end(answer));
  return { result: await client(settings).lookUp(domain, stub.host, never), stub };
}

describe('conversation', () => {
  it('sends the name and one line end; the port counts', async () => {
    const { result, stub } = await ask(FOUND);
    expect(result).toMatchObject({ kind: 'found', server: stub.host, facts: { created: '2003-05-06T00:00:00.000Z' } });
    expect(stub.asked).toEqual(['example.xx\r\n']);
  });

  it.each([
    ['example.de', '-T dn example.de'],
    ['xn--bcher-kva.de', '-T dn,ace xn--bcher-kva.de'],
    ['example.dk', '--charset=utf-8 example.dk'],
    ['example.jp', 'example.jp/e'],
    ['example.com', 'domain example.com'],
    ['example.net', 'domain example.net'],
    ['example.cc', 'domain example.cc'],
    ['example.org', 'example.org'],
  ])('%s is asked as %s', async (domain, line) => {
    const { stub } = await ask('x', domain);
    expect(stub.asked).toEqual([`${line}\r\n`]);
  });

  it('a connection left open after the answer: the answer counts', async () => {
    const stub = await whoisStub((_, socket) => socket.write(FOUND));
    expect(await client().lookUp('example.xx', stub.host, never)).toMatchObject({ kind: 'found' });
  });

  it('a reset in mid-answer is a failure', async () => {
    const stub = await whoisStub((_, socket) =>
      socket.write(FOUND, () => setTimeout(() => socket.resetAndDestroy(), 20)),
    );
    expect(await client().lookUp('example.xx', stub.host, never)).toMatchObject({
      kind: 'failed',
      reason: 'ECONNRESET',
    });
  });

  it('a silent server', async () => {
    const stub = await whoisStub(() => undefined);
    expect(await client().lookUp('example.xx', stub.host, never)).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  it('a drip ends at the deadline', async () => {
    const stub = await whoisStub((_, socket) => {
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await client().lookUp('example.xx', stub.host, never)).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  it('20 MB: only the beginning is read', async () => {
    const { result } = await ask(FOUND + 'x\r\n'.repeat(7_000_000), 'example.xx', {
      deadlineMs: 30_000,
      idleMs: 30_000,
    });
    expect(result).toMatchObject({ kind: 'found' });
  }, 60_000);

  it('100,000 lines', async () => {
    const { result } = await ask(FOUND + 'remarks: x\r\n'.repeat(100_000), 'example.xx', { whoisMaxBytes: 2_000_000 });
    expect(result).toMatchObject({ kind: 'found' });
  });

  it('a dead server', async () => {
    expect(await client().lookUp('example.xx', await deadHost(), never)).toMatchObject({
      kind: 'failed',
      reason: 'ECONNREFUSED',
    });
  });

  it('our own stop is no failure of the server', async () => {
    const stop = new AbortController();
    const stub = await whoisStub(() => stop.abort());
    expect(await client().lookUp('example.xx', stub.host, stop.signal)).toEqual({ kind: 'stopped' });
  });

  it.each(['example.com\r\nevil.com', 'example.com\0', 'a b.com', `${'a.'.repeat(150)}com`, 'BÜCHER.com', '-T x.de'])(
    '%j is not sent',
    async (name) => {
      const { result, stub } = await ask(FOUND, name);
      expect(result).toMatchObject({ kind: 'failed', final: true });
      expect(stub.asked).toEqual([]);
    },
  );

  it('the transport refuses a second line by itself', async () => {
    const stub = await whoisStub(() => undefined);
    const limits = { idleMs: 50, maxBytes: 100, policy: addressPolicy(true) };
    expect(await askWhois(readWhoisHost(stub.host)!, 'a\r\nb', limits, never)).toEqual({
      kind: 'failed',
      reason: 'not a query line',
    });
    expect(stub.asked).toEqual([]);
  });
});

describe('four different nothings', () => {
  it.each([
    ['not_found', 'No match for "EXAMPLE.XX".'],
    ['refused', 'WHOIS LIMIT EXCEEDED'],
    ['unsupported', 'TLD is not supported.'],
    ['failed', ''],
  ])('%s: %j', async (kind, text) => expect((await ask(text)).result).toMatchObject({ kind }));

  it('an HTML answer with <br>', async () => {
    expect(
      (await ask('<html><body>Domain Name: example.xx<br>Creation Date: 2003-05-06<br></body></html>')).result,
    ).toMatchObject({
      kind: 'found',
      facts: { created: '2003-05-06T00:00:00.000Z' },
    });
  });

  it('a reserved name', async () =>
    expect((await ask('Reserved by Registry')).result).toMatchObject({ kind: 'not_found', standing: 'reserved' }));

  it('an answer about another name', async () => {
    expect((await ask('Domain Name: other.xx\r\nCreation Date: 2003-05-06\r\n')).result).toMatchObject({
      kind: 'failed',
    });
  });
});

describe('charsets', () => {
  const registrar = async (domain: string, bytes: Buffer) => {
    const line = Buffer.concat([
      Buffer.from(`${FOUND.replace('EXAMPLE.XX', domain)}Registrar: `),
      bytes,
      Buffer.from('\r\n'),
    ]);
    const { result } = await ask(line, domain);
    return result.kind === 'found' ? result.facts.registrar : result;
  };

  it.each([
    ['UTF-8', 'example.xx', Buffer.from('Bücher'), 'Bücher'],
    ['ISO-8859-1 (br)', 'example.br', Buffer.from('Bücher', 'latin1'), 'Bücher'],
    ['ISO-8859-1 (unknown)', 'example.xx', Buffer.from('Bücher', 'latin1'), 'Bücher'],
    ['ISO-2022-JP', 'example.jp', Buffer.from('\x1b$B3t<02q<R\x1b(B', 'latin1'), '株式会社'],
    ['windows-1251 (kg)', 'example.kg', Buffer.from([0xd0, 0xe5, 0xe3]), 'Рег'],
    ['EUC-KR', 'example.kr', Buffer.from([0xb5, 0xee, 0xb7, 0xcf]), '등록'],
    ['Big5', 'example.tw', Buffer.from([0xb8, 0xea, 0xb0, 0x54]), '資訊'],
    ['GB18030', 'example.cn', Buffer.from([0xd7, 0xa2, 0xb2, 0xe1]), '注册'],
    ['KOI8-R', 'example.ru', Buffer.from([0xf2, 0xc5, 0xc7]), 'Рег'],
  ])('%s', async (_, domain, bytes, expected) => expect(await registrar(domain, bytes)).toBe(expected));

  it('a letter split over two chunks is one letter', async () => {
    const bytes = Buffer.from(`${FOUND}Registrar: Bücher\r\n`);
    const cut = bytes.indexOf(0xc3) + 1;
    const stub = await whoisStub((_, socket) => {
      socket.setNoDelay(true).write(bytes.subarray(0, cut), () => setImmediate(() => socket.end(bytes.subarray(cut))));
    });
    expect(await client().lookUp('example.xx', stub.host, never)).toMatchObject({ facts: { registrar: 'Bücher' } });
  });
});

describe('referrals', () => {
  const thin = (server: string) =>
    `Domain Name: example.com\r\nRegistrar WHOIS Server: ${server}\r\nName Server: ns1.example.com\r\nExpiry Date: 2027-01-01\r\n`;

  it('a thin answer is completed by the registrar, one level deep', async () => {
    const deeper = await whoisStub((_, socket) => socket.end(FOUND));
    const registrar = await whoisStub((_, socket) =>
      socket.end(
        `Domain Name: example.com\r\nCreation Date: 2003-05-06\r\nExpiry Date: 2030-01-01\r\nRegistrar WHOIS Server: ${deeper.host}\r\n`,
      ),
    );
    const { result } = await ask(thin(registrar.host), 'example.com');
    expect(result).toMatchObject({
      facts: { created: '2003-05-06T00:00:00.000Z', expires: '2027-01-01T00:00:00.000Z' },
    });
    expect(registrar.asked).toHaveLength(1);
    expect(deeper.asked).toEqual([]);
  });

  it('a complete answer is not followed by default', async () => {
    const registrar = await whoisStub((_, socket) => socket.end(FOUND));
    await ask(`${thin(registrar.host)}Creation Date: 2003-05-06\r\n`, 'example.com');
    expect(registrar.asked).toEqual([]);
  });

  it.each(['whois://127.0.0.2:4343/x', '127.0.0.2', '[::1]', '10.0.0.1:43', '169.254.169.254', 'localhost:1'])(
    'to the private host %s: not connected to, the registry’s answer stands',
    async (server) => {
      const { result } = await ask(thin(server), 'example.com', { allowPrivateAddresses: ['127.0.0.1'] });
      expect(result).toMatchObject({ kind: 'found', facts: { expires: '2027-01-01T00:00:00.000Z' } });
    },
  );

  it('to a port of its own choice: not on the public Internet', () => {
    const from = { host: 'whois.registry.example', port: 43 };
    expect(referralOf('whois.registrar.example:8080', from, false)).toBeUndefined();
    expect(referralOf('whois.registrar.example', from, false)).toEqual({ host: 'whois.registrar.example', port: 43 });
    expect(referralOf('whois.registry.example', from, false)).toBeUndefined();
    expect(referralOf(undefined, from, false)).toBeUndefined();
  });

  it('a registry at a private address is refused before any connection', async () => {
    const stub = await whoisStub((_, socket) => socket.end(FOUND));
    const result = await client({ allowPrivateAddresses: false }).lookUp('example.com', stub.host, never);
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('no public address') });
    expect(stub.asked).toEqual([]);
  });

  it('a registrar that fails leaves the registry’s answer', async () => {
    const { result } = await ask(thin(await deadHost()), 'example.com');
    expect(result).toMatchObject({ kind: 'found', facts: { expires: '2027-01-01T00:00:00.000Z' } });
  });
});

describe('the server of a TLD, by IANA', () => {
  const find = async (answer: string) => {
    const iana = await whoisStub((_, socket) => socket.end(answer));
    return { found: await client({ ianaWhois: iana.host }).findServer('xx', never), iana };
  };

  it('found', async () => {
    const { found, iana } = await find('% IANA WHOIS server\n\ndomain:       XX\n\nwhois:        whois.nic.xx\n');
    expect(found).toEqual({ kind: 'server', server: 'whois.nic.xx' });
    expect(iana.asked).toEqual(['xx\r\n']);
  });

  it('IANA knows none', async () => {
    expect((await find('% IANA WHOIS server\n\ndomain:       XX\nwhois:\n')).found).toEqual({ kind: 'none' });
  });

  it('no answer is no knowledge', async () => expect((await find('')).found).toMatchObject({ kind: 'failed' }));

  it('a setting without a server asks nobody', async () => {
    expect(await client().findServer('xx', never)).toEqual({ kind: 'none' });
  });
});
