import { Type, type TSchema } from 'typebox';
import { AnswerSchema } from './answer.ts';

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}

/** Every key there, absent facts null; groups of facts are there with nulls inside. */
function orNull({ properties, description = '', ...schema }: Described): Described {
  if (properties === undefined) return { anyOf: [schema, { type: 'null' }], description } as Described;
  const full = Object.entries(properties).map(([key, member]) => [key, orNull(member)] as const);
  return { type: 'object', properties: Object.fromEntries(full), description } as Described;
}

/** The answer as `full=true` gives it. */
export const FullAnswerSchema: TSchema = Type.Unsafe({
  ...orNull(AnswerSchema as Described),
  $id: 'FullAnswer',
  title: 'FullAnswer',
  description: 'The answer with every key there, absent ones null (`full=true`).',
});
