import type { Family, Sample } from './exposition.ts';

const COMBINE = {
  sum: (one: number, other: number) => one + other,
  max: Math.max,
  min: Math.min,
} as const;

/** Whether a family only ever grows, so that what ended processes had counted stays in it. */
export const isCounted = ({ type }: Family): boolean => type !== 'gauge';

/** The figures of several processes as those of one server; every process makes the labels of a family in one order. */
export function mergedFamilies(reports: readonly (readonly Family[])[]): Family[] {
  const merged = new Map<string, { readonly family: Family; readonly samples: Map<string, Sample> }>();
  for (const family of reports.flat()) {
    const present = merged.get(family.name) ?? { family, samples: new Map<string, Sample>() };
    merged.set(family.name, present);
    const combine = COMBINE[family.together ?? (isCounted(family) ? 'sum' : 'max')];
    for (const sample of family.samples) {
      const key = JSON.stringify([sample.suffix, sample.labels]);
      const before = present.samples.get(key);
      present.samples.set(
        key,
        before === undefined ? sample : { ...sample, value: combine(before.value, sample.value) },
      );
    }
  }
  return [...merged.values()].map(({ family, samples }) => ({ ...family, samples: [...samples.values()] }));
}
