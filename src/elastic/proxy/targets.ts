/** What a request asks of the engine, as far as it concerns us. */
export type Target =
  | { readonly kind: 'bulk'; readonly index: string }
  | { readonly kind: 'document'; readonly isUpdate: boolean; readonly id?: string }
  | { readonly kind: 'other' };

const OTHER: Target = { kind: 'other' };

/** Reads method and path (with its query) of a request. */
export function targetOf(method: string, path: string): Target {
  if (method !== 'POST' && method !== 'PUT') return OTHER;
  const segments = segmentsOf(path);
  const [index = '', verb = index, id] = segments ?? [];
  switch (verb) {
    case '_bulk':
      return segments !== undefined && segments.length < 3
        ? { kind: 'bulk', index: index === verb ? '' : index }
        : OTHER;
    case '_doc':
    case '_create':
    case '_update':
      if (segments === undefined || segments.length > 3 || index === verb) return OTHER;
      return { kind: 'document', isUpdate: verb === '_update', ...(id === undefined ? {} : { id }) };
    default:
      return OTHER;
  }
}

function segmentsOf(path: string): string[] | undefined {
  const [bare = ''] = path.split('?', 1);
  try {
    return bare.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
