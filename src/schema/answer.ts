import { Type, type Static } from 'typebox';
import { date, flag, float, keyword, keywords, long, optional, word, words } from './fields.ts';

/** What became of a name; the first that holds, in this order, is the answer's status. */
export const STATUSES = ['invalid', 'ip', 'internal', 'suppressed', 'suffix', 'pending', 'ok'] as const;
export const PENDING = ['registration', 'contact', 'community'] as const;
export const CATEGORIES = ['baby', 'new', 'established', 'hosted', 'unknown'] as const;
export const CATEGORY_SOURCES = ['registration', 'community', 'none'] as const;
export const REGISTRATION_STATUSES = [
  'found',
  'pending',
  'not_found',
  'no_date',
  'unsupported',
  'error',
  'skipped',
] as const;
export const CREATED_PRECISIONS = ['exact', 'day', 'before'] as const;
export const AGE_BANDS = ['before_registration', '0-1d', '1-7d', '7-30d', '30-90d', '90d-2y', '2y+'] as const;
export const REGISTRATION_SOURCES = ['rdap', 'whois', 'import', 'community'] as const;
export const RANK_BANDS = ['1k', '10k', '100k', '1m'] as const;
export const TLD_TYPES = [
  'generic',
  'generic-restricted',
  'country-code',
  'sponsored',
  'test',
  'infrastructure',
  'host_suffix',
] as const;
export const LOOKALIKE_KINDS = ['skeleton', 'digits', 'hyphen', 'tld'] as const;
export const COMMUNITY_STATUSES = ['established', 'first_contact', 'seen', 'unavailable'] as const;
export const ALERTS = [
  'FIRST-CONTACT',
  'COMMUNITY-FIRST-CONTACT',
  'BABY-DOMAIN',
  'LOW-FREQ-SCORES',
  'SUSPECT-FREQ-SCORE',
  'RANDOM-LOOKING',
  'LOOKALIKE',
  'REREGISTERED',
  'EXPIRED',
] as const;
export const RISKS = ['none', 'low', 'medium', 'high'] as const;

const registration = Type.Object(
  optional({
    domain: keyword('Registered domain by the ICANN section alone (github.io); the key of registrations and look-ups.'),
    status: word(REGISTRATION_STATUSES, 'What is known of the registration. Every value but `pending` is final.'),
    created: date('When the domain was registered.'),
    updated: date('When the registration was last changed.'),
    expires: date('When the registration ends.'),
    retrieved: date('When these facts were read from the registry.'),
    created_precision: word(CREATED_PRECISIONS, 'How exact `created` is; `before` when the registry says only that.'),
    age_days: long('Whole days from `created` to the event; absent before the registration.'),
    age_band: word(AGE_BANDS, 'Band of the age at event time; each band begins at its lower edge.'),
    registrar: keyword('Name of the registrar.'),
    registrar_iana_id: keyword("The registrar's IANA number."),
    statuses: keywords('EPP status codes, in camel case.'),
    name_servers: keywords('Name servers of the delegation.'),
    abuse_email: keyword("The registrar's abuse mail address."),
    country: keyword("The registrant's country, where published."),
    dnssec: flag('Whether the delegation is signed; absent when not known.'),
    source: word(REGISTRATION_SOURCES, 'Where the facts come from.'),
    server: keyword('The server that answered.'),
    stale: flag('A refresh failed and older facts are served.'),
    previous_created: date('Creation date of the registration before this one.'),
  }),
  { description: 'Facts of the registration, from RDAP or WHOIS.' },
);

const rank = Type.Object(
  optional({
    value: long('Rank of `domain`; absent when the list does not have it.'),
    list: keyword('Name of the list.'),
    date: date('Date of the list.'),
    band: word(RANK_BANDS, 'Band of the rank.'),
    parent: long('Under a private suffix: rank of `registration.domain`.'),
  }),
  { description: 'Popularity.' },
);

const suffix = Type.Object(
  optional({
    tld: keyword('Top-level domain, A-label.'),
    tld_type: word(TLD_TYPES, "IANA's type of the TLD."),
    tld_registry: keyword("IANA's name of the TLD manager."),
    tld_created: date('When the TLD was delegated.'),
    effective: keyword('Public suffix by the ICANN section alone.'),
    private: keyword('Private suffix, when one matches.'),
    multi_part: flag('Whether the effective suffix has more than one label.'),
    punycode: flag('Whether the TLD is internationalised.'),
    unicode: keyword('The TLD in its own script, when it is internationalised.'),
  }),
  { description: 'Facts of the suffix.' },
);

const entropy = Type.Object(
  optional({
    domain: float("Relative entropy of the registered label (fqdn_parser's `domain` table)."),
    fqdn: float('Relative entropy of all labels left of the ICANN suffix, without a leading `www.`.'),
    label_max: float('Highest relative entropy of a single label.'),
  }),
  { description: 'Kullback–Leibler divergence from ordinary names, in bits; absent when a character has no figure.' },
);

const freq = Type.Object(
  optional({
    average: float('Mean of the letter-pair frequencies of `domain`, in percent.'),
    word: float('Letter-pair frequency over the whole of `domain`, in percent.'),
  }),
  { description: "domain_stats' letter-pair frequencies." },
);

const lookalike = Type.Object(
  optional({
    ascii: keyword('The domain in look-alike ASCII letters, when it has others.'),
    of: keyword('The ranked domain that this one imitates.'),
    rank: long('Rank of the imitated domain.'),
    kind: word(LOOKALIKE_KINDS, 'How it imitates.'),
    mixed_script: flag('Whether one label mixes scripts.'),
  }),
  { description: 'Imitation of a known name.' },
);

const community = Type.Object(
  optional({
    status: word(COMMUNITY_STATUSES, 'What the community server says.'),
    first_seen: date('When any member first saw the domain.'),
    notes: keywords('Remarks of the community server.'),
  }),
  { description: 'What other organisations saw.' },
);

/** The answer document: one schema for HTTP answers, OpenAPI, the index mapping, the docs and the types. */
export const AnswerSchema = Type.Object(
  {
    name: keyword('The name asked, normalised: lower-case A-labels, no trailing dot; as asked when invalid.'),
    ...optional({
      domain: keyword('Registered domain by the Public Suffix List with its private section; the key of contacts.'),
      subdomain: keyword('Labels left of `domain`.'),
      public_suffix: keyword('Longest public suffix, private section included.'),
    }),
    status: word(STATUSES, 'What became of the name; the first that holds in the order given.'),
    ...optional({
      at_ignored: flag('The event time given could not be used; server time was taken.'),
      pending: words(PENDING, 'What is undecided yet.'),
      source_field: keyword('Event field that the name came from.'),
      source_fields: keywords('All configured event fields that hold the same name.'),
      category: word(CATEGORIES, 'Age class at event time; `hosted` under a private suffix.'),
      category_source: word(CATEGORY_SOURCES, 'What decided the category. A rank never implies age.'),
      first_contact: flag('True for exactly one event per scope and domain; absent when undecided or not asked.'),
      first_seen: date('Earliest event of this domain in this scope.'),
      last_seen: date('Latest event of this domain in this scope.'),
      days_since_first_seen: long('Whole days from `first_seen` to the event.'),
      scope: keyword('Whose first contact.'),
      clients: long('How many distinct clients touched the domain, exact up to a cap.'),
      first_client: keyword('Keyed hash of the client of the first contact.'),
      registration,
      rank,
      suffix,
      entropy,
      freq,
      randomness: float('0 (ordinary) to 1 (machine-made), by a character trigram model.'),
      lookalike,
      community,
      alerts: words(ALERTS, 'What deserves a look.'),
      alert_reasons: keywords('One sentence for each alert, in the same order.'),
      risk: word(RISKS, 'Conjunction of facts.'),
      risk_reasons: keywords('Which conjunctions hold.'),
      data_version: keyword('Which data generations answered.'),
    }),
  },
  { $id: 'Answer', title: 'Answer', description: 'What is known of one domain name.' },
);

export type Answer = Static<typeof AnswerSchema>;
export type Registration = Static<typeof registration>;
export type Rank = Static<typeof rank>;
export type Suffix = Static<typeof suffix>;
export type Entropy = Static<typeof entropy>;
export type Frequency = Static<typeof freq>;
export type Lookalike = Static<typeof lookalike>;
export type Alert = (typeof ALERTS)[number];
export type Risk = (typeof RISKS)[number];
export type Pending = (typeof PENDING)[number];
export type Category = (typeof CATEGORIES)[number];
export type AgeBand = (typeof AGE_BANDS)[number];
