/** An event as JSON has it. */
export type EventObject = Readonly<Record<string, unknown>>;

export const isEventObject = (value: unknown): value is EventObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys are looked at as own properties: `__proto__` in an event is a field like any other. */
const own = (event: EventObject, key: string): unknown => (Object.hasOwn(event, key) ? event[key] : undefined);

/** The value of a field, whether its path stands nested, dotted or half-dotted. */
export function eventField(event: EventObject, path: string): unknown {
  const whole = own(event, path);
  if (whole !== undefined) return whole;
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const inner = own(event, path.slice(0, dot));
    if (!isEventObject(inner)) continue;
    const value = eventField(inner, path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Whether a key of an event is one that an enrichment leaves in it, in whatever form it stands. */
export const isAnswerKey = (key: string): boolean => /^domain_stats(_all)?(\.|$)/.test(key);

/** The texts of a field: one, or those of a list; empty ones are passed over. */
export function fieldTexts(event: EventObject, path: string): string[] {
  const value = eventField(event, path);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((text): text is string => typeof text === 'string' && text !== '');
}
