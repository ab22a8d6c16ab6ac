import type { FormerList, FormerLists } from './former-keys.ts';
import type { SuffixRules } from './suffix-list.ts';

/** What one set of rules has otherwise than another: rule → its flags, 0 where it has no such rule. */
export type RuleDifference = ReadonlyMap<string, number>;

/** A former list as it is kept: a few hundred rules instead of ten thousand. */
export interface KeptList {
  readonly id: number;
  readonly version: string;
  /** Against the list that is current. */
  readonly difference: RuleDifference;
}

/** What `rules` has otherwise than `base`. */
export function ruleDifference(rules: ReadonlyMap<string, number>, base: ReadonlyMap<string, number>): RuleDifference {
  const difference = new Map<string, number>();
  for (const [rule, flags] of rules) if (base.get(rule) !== flags) difference.set(rule, flags);
  for (const rule of base.keys()) if (!rules.has(rule)) difference.set(rule, 0);
  return difference;
}

/** The same rules as `difference` against `before` describes, as a difference against `after`. */
export function rebased(
  difference: RuleDifference,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  step: RuleDifference = ruleDifference(before, after),
): RuleDifference {
  const moved = new Map<string, number>();
  for (const rule of new Set([...difference.keys(), ...step.keys()])) {
    const flags = difference.get(rule) ?? before.get(rule) ?? 0;
    if (flags !== (after.get(rule) ?? 0)) moved.set(rule, flags);
  }
  return moved;
}

/** Former lists ready for {@link FormerLists}: each an overlay on the current rules, so that many of them cost little. */
export function formerLists(kept: readonly KeptList[], current: SuffixRules): FormerLists {
  const changed = new Set<string>();
  const lists = kept.map(({ id, difference }): FormerList => {
    for (const rule of difference.keys()) changed.add(rule);
    return { id, rules: { get: (rule) => overlaid(difference.get(rule), current, rule) } };
  });
  return { lists, changed };
}

function overlaid(flags: number | undefined, current: SuffixRules, rule: string): number | undefined {
  if (flags === undefined) return current.get(rule);
  return flags === 0 ? undefined : flags;
}
