import { Type, type Static } from 'typebox';

/** Version of the protocol between a site and its community server; it stands in what is posted and in the answers to it. */
export const COMMUNITY_PROTOCOL = 1;
/** Names or hashes in one request at most; the server's `config` may say fewer. */
export const COMMUNITY_BATCH = 500;
/** Hexadecimal digits of a hash prefix: fewer would fetch too much, more would hide too little. */
export const PREFIX_DIGITS = { min: 4, max: 16 } as const;

const HASH_FORM = '^[0-9a-f]{64}$';
const ID_FORM = '^[0-9a-f]{12}$';

const head = {
  protocol: Type.Literal(COMMUNITY_PROTOCOL, { description: 'Version of this protocol.' }),
};
const requestHead = {
  ...head,
  client: Type.String({ maxLength: 32, description: 'Version of the program that asks, such as `0.1.0`.' }),
};

const time = (description: string) => Type.String({ format: 'date-time', description });

/** What the server knows of a domain, for everyone the same. */
const known = {
  status: Type.Enum(['established', 'first_contact', 'seen'], {
    description: 'On the established list; nobody asked before; or somebody did.',
  }),
  first_seen: Type.Optional(time('When a member first asked; absent in the answer to that very ask.')),
  seen_by_web: Type.Optional(time('When the domain was registered, where the server knows it.')),
  notes: Type.Optional(
    Type.Array(Type.String(), { description: '`source: remark` of lists that the operator loaded.' }),
  ),
  organisations: Type.Integer({ description: 'How many organisations asked, the one that asks included.' }),
  ttl_hours: Type.Integer({
    description:
      'How long the answer may be kept: hours; 0: ask again with the next event; -1: no end, but it may be dropped; -2: for ever.',
  }),
};

const id = Type.String({
  pattern: ID_FORM,
  description: 'Random, the same when this ask is repeated: a repeated ask gets the answer that it got before.',
});

/** One ask of a batch: by name, or by the SHA-256 of the name, and never both, for one of them would go unchecked. */
export const CommunityAskSchema = Type.Union([
  Type.Object(
    { domain: Type.String({ maxLength: 253, description: 'Registered domain, A-labels, lower case.' }), id },
    { additionalProperties: false },
  ),
  Type.Object(
    { hash: Type.String({ pattern: HASH_FORM, description: 'SHA-256 of the registered domain.' }), id },
    { additionalProperties: false },
  ),
]);

export const CommunityAskRequestSchema = Type.Object({
  ...requestHead,
  asks: Type.Array(CommunityAskSchema, { minItems: 1, maxItems: COMMUNITY_BATCH }),
});

/** The answer to one ask. */
export const CommunityAnswerSchema = Type.Union([
  Type.Object(known),
  Type.Object({
    refused: Type.Enum(['prohibited', 'no_domain'], { description: 'Below a prohibited suffix, or no domain at all.' }),
  }),
]);

export const CommunityAskAnswerSchema = Type.Object({
  ...head,
  answers: Type.Array(CommunityAnswerSchema, { description: 'In the order of the asks.' }),
});

export const CommunityPrefixRequestSchema = Type.Object({
  ...requestHead,
  prefixes: Type.Array(
    Type.String({ pattern: `^[0-9a-f]{${String(PREFIX_DIGITS.min)},${String(PREFIX_DIGITS.max)}}$` }),
    { minItems: 1, maxItems: COMMUNITY_BATCH },
  ),
});

/** A hash of a bucket. Without a status nobody asked for it yet, and there are only notes. */
export const CommunityBucketEntrySchema = Type.Object({
  hash: Type.String({ pattern: HASH_FORM }),
  ...known,
  status: Type.Optional(Type.Enum(['established', 'seen'])),
});

export const CommunityPrefixAnswerSchema = Type.Object({
  ...head,
  buckets: Type.Array(Type.Array(CommunityBucketEntrySchema), {
    description: 'Everything known under each prefix, in the order of the prefixes.',
  }),
});

/** What a client should know before it asks. */
export const CommunityConfigSchema = Type.Object({
  ...head,
  min_client: Type.String({ description: 'Older programs are refused.' }),
  prohibited_suffixes: Type.Array(Type.String(), { description: 'Names below these are not to be sent.' }),
  batch_max: Type.Integer({
    minimum: 1,
    description: 'Names or hashes in one request at most, as the rate and the quota of this token stand now.',
  }),
  established: Type.Boolean({ description: 'Whether there is a signed established list to pull.' }),
});

export const CommunityTotalsSchema = Type.Object({
  domains: Type.Integer({ description: 'Domains that a member asked for.' }),
  established: Type.Integer({
    description: 'Domains on the established list, those that were struck from it included.',
  }),
  noted: Type.Integer({ description: 'Domains with notes.' }),
  organisations: Type.Integer({ description: 'Organisations with a token that works.' }),
  tokens: Type.Array(
    Type.Object({
      organisation: Type.String(),
      token: Type.String({ description: 'First digits of its hash.' }),
      created: time('When it was made.'),
      revoked: Type.Optional(time('When it was revoked.')),
      asked_today: Type.Integer({ description: 'Asks of this UTC day.' }),
      asked: Type.Integer({ description: 'Asks in all.' }),
    }),
  ),
});

export type CommunityAsk = Static<typeof CommunityAskSchema>;
export type CommunityAnswer = Static<typeof CommunityAnswerSchema>;
export type CommunityKnown = Extract<CommunityAnswer, { status: string }>;
export type CommunityBucketEntry = Static<typeof CommunityBucketEntrySchema>;
export type CommunityConfig = Static<typeof CommunityConfigSchema>;
export type CommunityTotals = Static<typeof CommunityTotalsSchema>;
