/** What a golden case expects of one answer, compared by the rules of the golden cases. Returns what is wrong. */
export type Expectation = Readonly<Record<string, unknown>>;

const SETS = ['alerts', 'pending', 'registration.statuses', 'registration.name_servers'];
const RISKS = ['none', 'low', 'medium', 'high'];
const DATE = /^\d{4}-\d\d-\d\dT/;

type Answer = Readonly<Record<string, unknown>>;

const valueAt = (answer: Answer, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Answer | null | undefined)?.[key], answer);

export function flaws(answer: Answer, expectation: Expectation, absent: readonly string[] = []): string[] {
  const wrong = Object.entries(expectation)
    .filter(([key, wanted]) => !meets(key, valueAt(answer, key), wanted))
    .map(([key, wanted]) => `${key} is ${JSON.stringify(valueAt(answer, key))}, not ${JSON.stringify(wanted)}`);
  const present = absent.filter((key) => valueAt(answer, key) !== undefined).map((key) => `${key} is there`);
  return [...wrong, ...present, ...alwaysWrong(answer)];
}

function meets(key: string, value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    const list = (value ?? []) as unknown[];
    const sorted = (items: readonly unknown[]) => (SETS.includes(key) ? [...items].sort() : [...items]);
    return JSON.stringify(sorted(list)) === JSON.stringify(sorted(wanted));
  }
  if (typeof wanted === 'object' && wanted !== null) return meetsRule(value, wanted as Record<string, unknown>);
  if (typeof wanted === 'string' && DATE.test(wanted)) return Date.parse(String(value)) === Date.parse(wanted);
  if (key.startsWith('entropy.')) return Math.abs(Number(value) - Number(wanted)) <= 1e-12;
  return value === wanted;
}

function meetsRule(value: unknown, rule: Record<string, unknown>): boolean {
  if ('not' in rule) {
    return value !== undefined && value !== null && JSON.stringify(value) !== JSON.stringify(rule['not']);
  }
  if ('at_least' in rule) return RISKS.indexOf(value as string) >= RISKS.indexOf(rule['at_least'] as string);
  const list = (value ?? []) as string[];
  const { contains = [], lacks = [] } = rule as { contains?: string[]; lacks?: string[] };
  return contains.every((item) => list.includes(item)) && !lacks.some((item) => list.includes(item));
}

/** What holds in every answer. */
function alwaysWrong(answer: Answer): string[] {
  const length = (key: string) => ((answer[key] ?? []) as unknown[]).length;
  return [
    ...(answer['status'] === 'pending' && length('pending') === 0 ? ['status is pending, but nothing is'] : []),
    ...(length('alerts') === length('alert_reasons') ? [] : ['alerts and their reasons differ in number']),
    ...(JSON.stringify(answer).includes(':-1') ? ['-1 for unknown'] : []),
  ];
}
