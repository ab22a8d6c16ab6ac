import { Type } from 'typebox';

/** A refusal (RFC 9457); in a batch it stands in the place of the answer. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: '`urn:domain-stats:` and what is wrong, as one word.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What is wrong with this request, and what to do.' }),
  },
  { $id: 'Problem', title: 'Problem', description: 'What is wrong with a request (RFC 9457).' },
);
