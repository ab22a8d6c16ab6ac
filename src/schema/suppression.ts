import { Type, type Static } from 'typebox';

const MAX_REMARK = 1024;
const remark = (description: string) => Type.String({ minLength: 1, maxLength: MAX_REMARK, description });

/** An order to be silent about a domain, as it is given. */
export const SuppressionRequestSchema = Type.Object(
  {
    reason: remark('Why; for whoever asks later.'),
    owner: remark('Who answers for it.'),
    expires: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'ISO 8601; from then on without effect. Absent: never.',
      }),
    ),
  },
  { $id: 'SuppressionRequest', title: 'SuppressionRequest', additionalProperties: false },
);

/** An order to be silent about a domain, as it is kept. */
export const SuppressionSchema = Type.Object(
  {
    domain: Type.String({ description: 'Registered domain, private section included.' }),
    reason: remark('Why.'),
    owner: remark('Who answers for it.'),
    created: Type.String({ format: 'date-time', description: 'When it was given.' }),
    expires: Type.Optional(Type.String({ format: 'date-time', description: 'When it ends; absent: never.' })),
    in_force: Type.Boolean({ description: 'Whether it has not expired yet.' }),
  },
  { $id: 'Suppression', title: 'Suppression' },
);

export const SuppressionPageSchema = Type.Object({
  suppressions: Type.Array(SuppressionSchema),
  next: Type.Union([Type.String(), Type.Null()], {
    description: 'Give it as `cursor` for the next page; null at the end.',
  }),
});

export type SuppressionAnswer = Static<typeof SuppressionSchema>;
export type SuppressionRequest = Static<typeof SuppressionRequestSchema>;
