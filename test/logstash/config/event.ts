/** An event as a configuration sees it: nested fields by reference, `@metadata` beside them. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = (reference: string): string[] =>
  reference.startsWith('[') ? [...reference.matchAll(/\[([^[\]]+)\]/g)].map((found) => found[1]!) : [reference];

export interface ConfigEvent {
  get(reference: string): Json | undefined;
  set(reference: string, value: Json): void;
  remove(reference: string): void;
  tag(name: string): void;
  /** `%{…}` of a missing or null field stays as it is. */
  sprintf(template: string): string;
  /** The event as an output gets it: without `@metadata`. */
  fields(): JsonObject;
}

export function configEvent(data: JsonObject): ConfigEvent {
  const root = structuredClone(data);

  function get(reference: string): Json | undefined {
    let at: Json | undefined = root;
    for (const key of keysOf(reference)) {
      if (Array.isArray(at)) at = /^\d+$/.test(key) ? at[Number(key)] : undefined;
      else at = isObject(at) ? at[key] : undefined;
    }
    return at;
  }

  function parentOf(reference: string): [JsonObject, string] {
    const keys = keysOf(reference);
    const last = keys.pop()!;
    let at = root;
    for (const key of keys) {
      const next = at[key];
      at = isObject(next) ? next : (at[key] = {});
    }
    return [at, last];
  }

  const text = (value: Json): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

  return {
    get,
    set(reference, value) {
      const [parent, key] = parentOf(reference);
      parent[key] = structuredClone(value);
    },
    remove(reference) {
      if (get(reference) === undefined) return;
      const [parent, key] = parentOf(reference);
      Reflect.deleteProperty(parent, key);
    },
    tag(name) {
      const tags = Array.isArray(root['tags']) ? root['tags'] : [];
      root['tags'] = tags.includes(name) ? tags : [...tags, name];
    },
    sprintf: (template) =>
      template.replace(/%\{([^}]*)\}/g, (literal, reference: string) => {
        const value = get(reference);
        if (value === undefined || value === null) return literal;
        return Array.isArray(value) ? value.map(text).join(',') : text(value);
      }),
    fields() {
      return structuredClone(Object.fromEntries(Object.entries(root).filter(([key]) => key !== '@metadata')));
    },
  };
}
