/** An object of a parsed JSON document whose members nobody has checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member of an unchecked object; never one inherited from its prototype. */
export const memberOf = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** The objects of a list, at most `limit` of them; anything else is passed over. */
export const objectsIn = (value: unknown, limit: number): JsonObject[] =>
  Array.isArray(value) ? value.slice(0, limit).filter(isObject) : [];

/** The strings of a list, or the one string that stands in its place. */
export const stringsIn = (value: unknown, limit: number): string[] => {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.slice(0, limit).filter((item) => typeof item === 'string') : [];
};
