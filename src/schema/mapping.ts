import { AnswerSchema } from './answer.ts';
import { MAPPING_KEY, type MappingType } from './fields.ts';

/** Longer than any name; a text beyond it (an invalid name, as asked) is kept but not indexed. */
const IGNORE_ABOVE = 1024;

/** The mapping of one field of an index. */
export type FieldMapping =
  | { readonly type: MappingType; readonly ignore_above?: number }
  | { readonly properties: Readonly<Record<string, FieldMapping>> };

interface DescribedSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, DescribedSchema>>;
  readonly enum?: readonly string[];
  readonly items?: DescribedSchema;
  readonly type?: string;
  readonly [MAPPING_KEY]?: MappingType;
}

/** One field of the answer with its dotted path, for docs and mapping. */
export interface AnswerField {
  readonly path: string;
  readonly mapping: MappingType;
  readonly isList: boolean;
  readonly vocabulary: readonly string[];
  readonly description: string;
}

/** The mapping of everything below `domain_stats` in an index of Elasticsearch or OpenSearch. */
export const answerMapping = (): Readonly<Record<string, FieldMapping>> => mappingOf(AnswerSchema);

function mappingOf(schema: DescribedSchema): Record<string, FieldMapping> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, field]): [string, FieldMapping] => {
      if (field.properties !== undefined) return [name, { properties: mappingOf(field) }];
      const type = field[MAPPING_KEY] ?? 'keyword';
      return [name, type === 'keyword' ? { type, ignore_above: IGNORE_ABOVE } : { type }];
    }),
  );
}

/** Every field of the answer, groups resolved to dotted paths, in the order of the schema. */
export function answerFields(schema: DescribedSchema = AnswerSchema, prefix = ''): AnswerField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (field.properties !== undefined) return answerFields(field, `${prefix}${name}.`);
    return [
      {
        path: prefix + name,
        mapping: field[MAPPING_KEY] ?? 'keyword',
        isList: field.type === 'array',
        vocabulary: field.enum ?? field.items?.enum ?? [],
        description: field.description ?? '',
      },
    ];
  });
}
