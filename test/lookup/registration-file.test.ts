import { describe, expect, it } from '@jest/globals';
import type { RegistrationRecord } from '../../src/core/registration.ts';
import { readRegistrationLine, writeRegistrationLine } from '../../src/lookup/registration-file.ts';

const NOW = Date.UTC(2026, 10, 20);
const read = (row: unknown) => readRegistrationLine(typeof row === 'string' ? row : JSON.stringify(row), 7, NOW);

describe('reading', () => {
  it('our own lines', () => {
    expect(read({ domain: 'EXAMPLE.com.', created: '2001-02-03T04:05:06Z', registrar: 'R', statuses: ['ok'] })).toEqual(
      {
        kind: 'record',
        domain: 'example.com',
        record: {
          status: 'found',
          created: Date.UTC(2001, 1, 3, 4, 5, 6),
          retrieved: NOW,
          details: { source: 'import', registrar: 'R', statuses: ['ok'] },
        },
      },
    );
  });

  it("domain_stats' lines: seen_by_web is the creation date", () => {
    expect(
      read({
        domain: 'bücher.example',
        seen_by_web: '1997-09-15 04:00:00',
        expires: '2028-09-14 04:00:00',
        freq_score: [1, 2],
        seen_by_isc: 'x',
      }),
    ).toEqual({
      kind: 'record',
      domain: 'xn--bcher-kva.example',
      record: {
        status: 'found',
        created: Date.UTC(1997, 8, 15, 4),
        expires: Date.UTC(2028, 8, 14, 4),
        retrieved: NOW,
        details: { source: 'import' },
      },
    });
  });

  it.each(['', '   ', '\r'])('an empty line %j is passed over', (text) =>
    expect(read(text)).toEqual({ kind: 'empty' }),
  );

  it.each([
    ['{', 'no JSON object'],
    ['[]', 'no JSON object'],
    [{}, 'no domain'],
    [{ domain: 5 }, 'no domain'],
    [{ domain: 'com' }, expect.stringContaining('two labels')],
    [{ domain: 'a_b.com' }, expect.stringContaining('letters')],
    [{ domain: 'a.com', created: 'RDAP' }, 'created is no date'],
    [{ domain: 'a.com', created: '1970-01-01T00:00:00Z' }, 'created is no possible date'],
    [{ domain: 'a.com', created: '2030-01-01T00:00:00Z' }, 'created is no possible date'],
    [{ domain: 'a.com', expires: {} }, 'expires is no date'],
    [{ domain: 'a.com', status: 'ERROR' }, expect.stringContaining('status')],
    ['x'.repeat(70_000), expect.stringContaining('longer')],
  ])('a bad line names itself and the reason: %j', (row, reason) => {
    expect(read(row)).toEqual({ kind: 'bad', line: 7, reason });
  });
});

describe('writing', () => {
  it.each<RegistrationRecord>([
    {
      status: 'found',
      created: 1e12,
      updated: 1.1e12,
      expires: 1.9e12,
      retrieved: 1.7e12,
      previousCreated: 9e11,
      stale: true,
      details: { source: 'rdap', server: 'rdap.example', dnssec: false, created_precision: 'exact' },
    },
    { status: 'no_date', retrieved: 1.7e12, details: { source: 'whois', name_servers: ['ns1.example.com'] } },
    { status: 'not_found', retrieved: 1.7e12, details: { source: 'rdap' } },
  ])('what is written is read again: %j', (record) => {
    expect(read(writeRegistrationLine('example.com', record))).toEqual({
      kind: 'record',
      domain: 'example.com',
      record,
    });
  });

  it('contact fields stay in the store', () => {
    expect(
      writeRegistrationLine('example.com', { status: 'no_date', details: {}, contactFields: { organization: 'O' } }),
    ).not.toContain('O"');
  });
});
