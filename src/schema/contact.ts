import { Type, type Static } from 'typebox';
import { SCOPE_PATTERN } from './request.ts';

/** One row of the list of contacts. */
export const ContactSchema = Type.Object(
  {
    scope: Type.String({ pattern: SCOPE_PATTERN, description: 'Whose contact.' }),
    domain: Type.String({ description: 'Registered domain, private section included.' }),
    first_seen: Type.String({ format: 'date-time', description: 'Earliest event.' }),
    last_seen: Type.String({ format: 'date-time', description: 'Latest event, up to the last flush.' }),
    count: Type.Integer({ description: 'Events, up to the last flush.' }),
    clients: Type.Optional(
      Type.Integer({ description: 'Distinct clients, exact up to a cap; when they are counted.' }),
    ),
    first_client: Type.Optional(Type.String({ description: 'Keyed hash of the client of the first contact.' })),
  },
  { $id: 'Contact', title: 'Contact' },
);

export const ContactPageSchema = Type.Object({
  contacts: Type.Array(ContactSchema),
  next: Type.Union([Type.String(), Type.Null()], {
    description:
      'Give it as `cursor` for the next page; null at the end. A page may be short, even empty, before that.',
  }),
});

export type ContactAnswer = Static<typeof ContactSchema>;
