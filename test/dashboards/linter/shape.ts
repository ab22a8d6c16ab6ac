/** What is wrong with an import file: where, and what. */
export type Report = (where: string, what: string) => void;

export type Json = Readonly<Record<string, unknown>>;

/** One line of an import file as it was read. */
export interface Line {
  readonly type: string;
  readonly id: string;
  readonly attributes: Json;
  readonly references: readonly { readonly name: string; readonly type: string; readonly id: string }[];
  readonly whole: Json;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

/** A JSON text inside a saved object; undefined, and reported, when it is none. */
export function inner(line: Line, key: string, report: Report): unknown {
  const text = key === 'searchSourceJSON' ? at(line.attributes, 'kibanaSavedObjectMeta', key) : line.attributes[key];
  try {
    return JSON.parse(String(text));
  } catch {
    report(`${line.type} ${line.id}`, `${key} is no JSON`);
    return undefined;
  }
}

/** Keys that are not allowed. */
export function checkKeys(value: Json, allowed: readonly string[], where: string, report: Report): void {
  for (const key of Object.keys(value)) if (!allowed.includes(key)) report(where, `key ${key} is not allowed`);
}

export function checkVersion(given: unknown, ceiling: string, where: string, report: Report): void {
  if (typeof given !== 'string' || !/^\d+\.\d+\.\d+$/.test(given)) {
    report(where, 'has no version');
    return;
  }
  const [a, b] = [given, ceiling].map((text) => text.split('.').map(Number));
  const higher = a!.findIndex((part, i) => part !== b![i]);
  if (higher !== -1 && a![higher]! > b![higher]!) report(where, `version ${given} is above ${ceiling}`);
}
