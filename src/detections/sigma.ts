import { stringify } from 'yaml';
import type { Condition } from '../dashboards/conditions.ts';
import { SHOWN, type Detection } from './rules.ts';

type Selection = Readonly<Record<string, unknown>>;

/** A Sigma rule as YAML. Field names are those of our mapping: convert it without a pipeline that renames fields. */
export function sigmaRule({ uuid, name, description, where, severity, technique, falsePositives }: Detection): string {
  const blocks: Record<string, Selection | Selection[]> = {};
  const terms = where.map((condition, i) => {
    const isNegated = 'not' in condition;
    const block = `${isNegated ? 'filter' : 'selection'}_${String(i + 1)}`;
    blocks[block] = selectionOf(isNegated ? condition.not : condition);
    return isNegated ? `not ${block}` : block;
  });
  return stringify(
    {
      title: name,
      id: uuid,
      status: 'experimental',
      description,
      references: ['https://attack.mitre.org/techniques/' + technique.technique[0] + '/'],
      author: 'domain-stats',
      date: '2026-11-24',
      tags: [
        `attack.${technique.tactic[1].toLowerCase().replaceAll(' ', '-')}`,
        `attack.${technique.technique[0].toLowerCase()}`,
      ],
      logsource: { category: 'dns', definition: 'Events with the fields of domain-stats' },
      detection: { ...blocks, condition: terms.join(' and ') },
      falsepositives: falsePositives,
      fields: SHOWN.map((field) => field.name),
      level: severity,
    },
    { lineWidth: 0 },
  );
}

function selectionOf(condition: Condition): Selection | Selection[] {
  if ('exists' in condition) return { [`${condition.exists.name}|exists`]: true };
  if ('anyOf' in condition) return condition.anyOf.map(selectionOf).flat();
  if ('is' in condition) {
    return { [condition.field.name]: condition.is.length === 1 ? condition.is[0] : condition.is };
  }
  throw new RangeError('Sigma rules here are made of values and of fields that exist');
}
