import type { Field } from './fields.ts';

/** What a document has to be like. */
export type Condition =
  | { readonly is: readonly (string | boolean)[]; readonly field: Field }
  | { readonly exists: Field }
  | { readonly field: Field; readonly from?: number | string; readonly below?: number | string }
  | { readonly not: Condition }
  | { readonly anyOf: readonly Condition[] };

export const is = (field: Field, ...values: readonly (string | boolean)[]): Condition => ({ field, is: values });
export const exists = (field: Field): Condition => ({ exists: field });
export const not = (condition: Condition): Condition => ({ not: condition });
export const anyOf = (...conditions: readonly Condition[]): Condition => ({ anyOf: conditions });
/** `from` is included, `below` is not; dates may be date math such as `now-7d`. */
export const between = (field: Field, from?: number | string, below?: number | string): Condition => ({
  field,
  ...(from === undefined ? {} : { from }),
  ...(below === undefined ? {} : { below }),
});

/** All conditions in the Kibana query language, which OpenSearch Dashboards calls DQL; empty for none. */
export const kqlOf = (conditions: readonly Condition[]): string => conditions.map(kql).join(' and ');

function kql(condition: Condition): string {
  if ('exists' in condition) return `${condition.exists.name}: *`;
  if ('not' in condition) return `not ${grouped(condition.not)}`;
  if ('anyOf' in condition) return `(${condition.anyOf.map(kql).join(' or ')})`;
  const { name } = condition.field;
  if ('is' in condition) {
    const values = condition.is.map(literal);
    return values.length === 1 ? `${name}: ${values.join('')}` : `${name}: (${values.join(' or ')})`;
  }
  const { from, below } = condition;
  const sides = [
    ...(from === undefined ? [] : [`${name} >= ${literal(from)}`]),
    ...(below === undefined ? [] : [`${name} < ${literal(below)}`]),
  ];
  return sides.join(' and ');
}

const grouped = (condition: Condition): string => ('from' in condition ? `(${kql(condition)})` : kql(condition));
const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);

/** All conditions as filters of the search API. */
export const filtersOf = (conditions: readonly Condition[]): object[] => conditions.map(filter);

function filter(condition: Condition): object {
  if ('exists' in condition) return { exists: { field: condition.exists.name } };
  if ('not' in condition) return { bool: { must_not: [filter(condition.not)] } };
  if ('anyOf' in condition) return { bool: { should: condition.anyOf.map(filter), minimum_should_match: 1 } };
  const { name } = condition.field;
  if ('is' in condition) return { terms: { [name]: condition.is } };
  const { from, below } = condition;
  return {
    range: { [name]: { ...(from === undefined ? {} : { gte: from }), ...(below === undefined ? {} : { lt: below }) } },
  };
}
