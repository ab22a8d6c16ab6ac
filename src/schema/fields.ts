import { Type, type TOptional, type TSchema } from 'typebox';

/** How a field is indexed by Elasticsearch and OpenSearch; carried in the schema so that the mapping has one source. */
export type MappingType = 'keyword' | 'date' | 'long' | 'float' | 'boolean';

/** The JSON Schema keyword under which a field's {@link MappingType} is kept. */
export const MAPPING_KEY = 'x-mapping';

const indexedAs = (mapping: MappingType, description: string) => ({ [MAPPING_KEY]: mapping, description });

/** A string that is searched as a whole. */
export const keyword = (description: string) => Type.String(indexedAs('keyword', description));

/** One word of a fixed vocabulary. */
export const word = <Word extends string>(vocabulary: readonly Word[], description: string) =>
  Type.Enum<Word[]>([...vocabulary], indexedAs('keyword', description));

/** A list of strings, each searched as a whole. */
export const keywords = (description: string) => Type.Array(Type.String(), indexedAs('keyword', description));

/** A list of words of a fixed vocabulary. */
export const words = <Word extends string>(vocabulary: readonly Word[], description: string) =>
  Type.Array(Type.Enum<Word[]>([...vocabulary]), indexedAs('keyword', description));

/** An instant, ISO 8601 in UTC with milliseconds. */
export const date = (description: string) => Type.String({ format: 'date-time', ...indexedAs('date', description) });

/** A whole number. */
export const long = (description: string) => Type.Integer(indexedAs('long', description));

/** A number with a fraction. */
export const float = (description: string) => Type.Number(indexedAs('float', description));

/** Yes or no. */
export const flag = (description: string) => Type.Boolean(indexedAs('boolean', description));

type AllOptional<Properties extends Record<string, TSchema>> = {
  [Key in keyof Properties]: TOptional<Properties[Key]>;
};

/** Every property of a group may be absent: absent is how an unknown fact is told. */
export function optional<Properties extends Record<string, TSchema>>(properties: Properties): AllOptional<Properties> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)]),
  ) as unknown as AllOptional<Properties>;
}
