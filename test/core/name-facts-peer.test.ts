import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { nameToAscii } from '../../src/core/idna.ts';
import type { NameFacts } from '../../src/schema/name-facts.ts';
import { conformanceRows, describeWithConformance } from '../conformance/files.ts';
import { factsOf } from './embedded-data.ts';

interface PeerResult {
  readonly [field: string]: unknown;
  readonly effective_tld: string | null;
  readonly private_suffix: string | null;
  readonly host_labels: string[];
  readonly domain_entropy: number | string;
  readonly fqdn_entropy: number | string;
  readonly label_entropy: Record<string, number | string>;
}

interface Row {
  readonly name: string;
  readonly result: PeerResult | null;
  readonly error?: string;
}

/** One field in which we differ from fqdn_parser. */
interface Difference {
  readonly row: Row;
  readonly ours: NameFacts;
  readonly field: string;
  readonly peer: unknown;
}

const TEXTS = [
  'tld',
  'tld_puny',
  'tld_type',
  'effective_tld',
  'private_suffix',
  'registrable_domain',
  'registrable_domain_host',
  'fqdn',
  'pqdn',
] as const;
const FLAGS = ['ipv4', 'ipv6', 'is_fqdn', 'is_tld_multi_part', 'is_tld_punycode'] as const;

const rules = new Set(
  readFileSync(new URL('../../data/public_suffix_list.dat', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//'))
    .map((line) => nameToAscii(line.trim())),
);
const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);

/** Whether one of a name's endings stands under a wildcard or is an exception to one. */
function underWildcard(name: string): boolean {
  const labels = nameToAscii(name).split('.');
  return labels.some((_, i) => {
    const ending = labels.slice(i).join('.');
    return rules.has(`*.${ending}`) || rules.has(`!${ending}`);
  });
}

/**
 * Every fault of fqdn_parser that shows in the rows, as its behaviour is on record; and what is no fault but another
 * convention. The first that applies explains a difference.
 */
const EXPLANATIONS: readonly { readonly why: string; readonly applies: (difference: Difference) => boolean }[] = [
  {
    why: 'convention: an address has no host labels',
    applies: ({ ours, field }) => ours.is_ip && field === 'host_labels',
  },
  {
    why: 'convention: names are told in A-labels, whatever they were asked in',
    applies: ({ ours, field, peer, row }) =>
      field !== 'tld' &&
      !field.includes('entropy') &&
      JSON.stringify(asALabels(peer)) === JSON.stringify(valueOf(ours, field)) &&
      !isAscii(row.name),
  },
  {
    why: 'fault: an A-label host is given a Unicode TLD',
    applies: ({ ours, field, peer, row }) =>
      isAscii(row.name) && ours.is_tld_punycode && asALabels(peer) === valueOf(ours, field),
  },
  {
    why: 'fault: text outside ASCII has no entropy (KeyError)',
    applies: ({ field, peer, row }) =>
      field.includes('entropy') && String(peer).startsWith('EXC') && !isAscii(row.name),
  },
  {
    why: 'fault: suffixes of A-labels below the TLD do not match',
    applies: ({ ours }) => isALabelSuffix(ours),
  },
  {
    why: 'fault: wildcard and exception rules are handled as plain ones',
    applies: ({ row }) => underWildcard(row.name),
  },
  {
    why: 'fault: intermediate labels of a rule become suffixes',
    applies: ({ field, peer, row }) =>
      ['private_suffix', 'is_private_suffix'].includes(field) &&
      (row.result?.private_suffix ?? null) !== null &&
      !rules.has(String(peer)),
  },
  {
    why: 'fault: names that are none (empty label, too long, a URL) are answered',
    applies: ({ ours }) => ours.status === 'invalid',
  },
  {
    why: 'fault: the fqdn of a bare suffix raises IndexError',
    applies: ({ ours, field, peer }) => ours.status === 'suffix' && field === 'fqdn' && String(peer).startsWith('EXC'),
  },
  {
    why: 'fault: a generic TLD newer than its page is called country-code',
    applies: ({ ours, field, peer }) => field === 'tld_type' && ours.tld === 'hotel' && peer === 'country-code',
  },
];

function isALabelSuffix({ effective_tld: effective = '', private_suffix: own = '' }: NameFacts): boolean {
  return [effective, own].some((suffix) => suffix.includes('.') && suffix.includes('xn--'));
}

function asALabels(peer: unknown): unknown {
  if (Array.isArray(peer)) return peer.map((label) => nameToAscii(String(label)));
  return typeof peer === 'string' ? nameToAscii(peer) : peer;
}

const valueOf = (ours: NameFacts, field: string): unknown =>
  (ours as unknown as Record<string, unknown>)[field] ?? null;

function differences(row: Row & { readonly result: PeerResult }): Difference[] {
  const ours = factsOf(row.name);
  const found: Difference[] = [];
  const compare = (field: string, mine: unknown, peer: unknown) => {
    if (!isSame(mine, peer)) found.push({ row, ours, field, peer });
  };
  for (const field of [...TEXTS, ...FLAGS, 'host_labels']) compare(field, valueOf(ours, field), row.result[field]);
  compare('tld_create_date', ours.tld_create_date?.slice(0, 10) ?? null, row.result['tld_create_date']);
  compare('domain_entropy', ours.entropy?.domain, row.result.domain_entropy);
  compare('fqdn_entropy', ours.entropy?.fqdn, row.result.fqdn_entropy);
  for (const [label, peer] of Object.entries(row.result.label_entropy)) {
    compare('label_entropy', ours.entropy?.labels?.[label], peer);
  }
  return found;
}

/** A number within 1e-12; its 0 for addresses and bare suffixes and its exceptions are our absence. */
function isSame(ours: unknown, peer: unknown): boolean {
  if (typeof ours === 'number' && typeof peer === 'number') return Math.abs(ours - peer) <= 1e-12;
  if (ours === undefined) return peer === 0 || String(peer).startsWith('EXC');
  return JSON.stringify(ours) === JSON.stringify(peer);
}

describeWithConformance('1,344 answers of fqdn_parser 2.1.6', () => {
  const rows = conformanceRows<Row>('scores/peer_fqdn_parser.jsonl');
  const answered = rows.filter((row): row is Row & { readonly result: PeerResult } => (row.result ?? null) !== null);
  const all = answered.flatMap(differences);

  it('differ from ours only where fqdn_parser is at fault, or by a stated convention', () => {
    expect(answered.length).toBe(1344 - 28);
    const unexplained = all.filter((difference) => !EXPLANATIONS.some(({ applies }) => applies(difference)));
    expect(unexplained.map(({ row, field, peer }) => [row.name.slice(0, 80), field, peer])).toEqual([]);
  });

  it.each(EXPLANATIONS)('$why: occurs', ({ why }) => {
    const explained = all.filter((difference) => EXPLANATIONS.find(({ applies }) => applies(difference))?.why === why);
    expect(explained).not.toEqual([]);
  });

  it('concern few names', () => {
    const names = new Set(
      all.filter(({ field, ours }) => !(ours.is_ip && field === 'host_labels')).map(({ row }) => row.name),
    );
    expect(names.size).toBeLessThan(80);
  });

  it('agree on the entropy of at least 1,250 names to 1e-12', () => {
    const measured = answered.filter(
      ({ name, result }) =>
        typeof result.domain_entropy === 'number' &&
        result.domain_entropy !== 0 &&
        factsOf(name).entropy?.domain !== undefined,
    );
    const differing = new Set(all.filter(({ field }) => field === 'domain_entropy').map(({ row }) => row.name));
    expect(measured.filter(({ name }) => !differing.has(name)).length).toBeGreaterThan(1250);
  });

  it('that were none or errors are answers or named refusals of ours', () => {
    const given = rows
      .filter(({ result }) => (result ?? null) === null)
      .map(({ name }) => [name, factsOf(name)] as const);
    for (const [name, facts] of given) {
      const isAnswered = facts.host_labels.length > 0 || facts.is_ip || facts.invalid_reason !== undefined;
      expect([name, isAnswered]).toEqual([name, true]);
    }
  });
});
