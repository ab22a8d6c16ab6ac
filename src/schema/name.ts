import { Type, type Static } from 'typebox';

/** What the name alone tells: the answer of `/v1/names`, `parse` and `parseName()`. */
export const NameAnswerSchema = Type.Object(
  {
    name: Type.String({
      description: 'The name, normalised: lower-case A-labels, no trailing dot; as asked when invalid.',
    }),
    status: Type.Enum(['invalid', 'ip', 'internal', 'suffix', 'ok'], { description: 'What kind of name it is.' }),
    reason: Type.Optional(Type.String({ description: 'Why it is invalid.' })),
    unicode: Type.Optional(Type.String({ description: 'The name in its own script, when it has A-labels.' })),
    domain: Type.Optional(Type.String({ description: 'Registered domain, private section included.' })),
    subdomain: Type.Optional(Type.String({ description: 'Labels left of `domain`.' })),
    public_suffix: Type.Optional(Type.String({ description: 'Longest public suffix, private section included.' })),
    registration_domain: Type.Optional(Type.String({ description: 'Registered domain by the ICANN section alone.' })),
    registrable: Type.Optional(Type.Boolean({ description: 'Whether a registry could hold it.' })),
  },
  { $id: 'NameAnswer', title: 'NameAnswer' },
);

export type NameAnswer = Static<typeof NameAnswerSchema>;
