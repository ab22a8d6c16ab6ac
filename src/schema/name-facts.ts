import { Type, type Static } from 'typebox';
import { TLD_TYPES } from './answer.ts';
import { date, flag, float, keyword, keywords, optional, word } from './fields.ts';

/** What a text turned out to be; the statuses of the answer document that the name alone decides. */
const NAME_STATUSES = ['invalid', 'ip', 'internal', 'suffix', 'ok'] as const;

const entropy = Type.Object(
  optional({
    domain: float('Relative entropy of the registered label.'),
    fqdn: float('Relative entropy of all labels left of the ICANN suffix, without a leading `www.`.'),
    label_max: float('Highest relative entropy of a single label.'),
    labels: Type.Record(Type.String(), Type.Number(), { description: 'Relative entropy of each label, by label.' }),
  }),
  { description: 'Kullback–Leibler divergence from ordinary names, in bits; absent when a character has no figure.' },
);

/**
 * Everything that can be told of a name by parsing alone: the parts of the answer document, then fqdn_parser's facts
 * under its names (docs/fqdn-parser.md), which go by the ICANN section, with the private suffix beside it.
 */
export const NameFactsSchema = Type.Object(
  {
    name: keyword('The name asked, normalised: lower-case A-labels, no trailing dot; as asked when invalid.'),
    status: word(NAME_STATUSES, 'What the text is.'),
    is_ip: flag('Whether it is an address.'),
    ipv4: flag('Whether it is an IPv4 address.'),
    ipv6: flag('Whether it is an IPv6 address.'),
    is_fqdn: flag('Whether it has a registrable domain.'),
    is_tld_multi_part: flag('Whether the effective TLD has more than one label.'),
    is_tld_punycode: flag('Whether the TLD is internationalised.'),
    is_tld_listed: flag('Whether the TLD is on the suffix list.'),
    is_private_suffix: flag('Whether a private suffix matches.'),
    host_labels: keywords('Labels left of the effective TLD.'),
    pqdn_labels: keywords('Labels left of the registrable domain.'),
    ...optional({
      invalid_reason: keyword('Why the text is no name.'),
      domain: keyword('Registered domain, private section included; the key of contacts.'),
      subdomain: keyword('Labels left of `domain`.'),
      public_suffix: keyword('Longest public suffix, private section included.'),
      unicode: keyword('The whole name in its own script, when it has A-labels.'),
      is_ipv4_private: flag('For IPv4: whether the address is not a public one.'),
      fqdn: keyword('The whole name, or the address.'),
      fqdn_ascii: keyword('The whole name in ASCII letters, as a reader sees it.'),
      pqdn: keyword('The same labels as `pqdn_labels`, joined; empty when there are none.'),
      tld: keyword('Top-level domain, in its own script.'),
      tld_puny: keyword('A-label of an internationalised TLD.'),
      tld_ascii: keyword('The TLD in ASCII letters.'),
      tld_type: word(TLD_TYPES, "IANA's type of the TLD; `host_suffix` for `onion`."),
      tld_registry: keyword("IANA's name of the TLD manager."),
      tld_create_date: date('When the TLD was delegated.'),
      effective_tld: keyword('Public suffix by the ICANN section alone.'),
      registrable_domain: keyword('Effective TLD and one label.'),
      registrable_domain_host: keyword('That one label.'),
      private_suffix: keyword('Private suffix, when one matches.'),
      entropy,
    }),
  },
  { $id: 'NameFacts', title: 'NameFacts', description: 'What parsing tells of one name.' },
);

export type NameFacts = Static<typeof NameFactsSchema>;
