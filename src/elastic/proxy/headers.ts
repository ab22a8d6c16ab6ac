/** Headers that concern one connection alone (RFC 9110, 7.6.1), and `expect`, which the server has answered. */
const ONE_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Raw headers, name and value by turns, without those of one connection and those in `also`. */
export function endToEnd(raw: readonly string[], also: readonly string[] = []): string[] {
  const dropped = new Set([...ONE_HOP, ...also, ...namedByConnection(raw)]);
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    if (!dropped.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

function namedByConnection(raw: readonly string[]): string[] {
  const names: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() !== 'connection') continue;
    names.push(...(raw[at + 1] ?? '').split(',').map((name) => name.trim().toLowerCase()));
  }
  return names;
}
