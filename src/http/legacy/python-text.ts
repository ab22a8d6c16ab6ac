/** A date that Python would show as a `datetime` without zone. */
export class PythonDate {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  /** `str()`: `1995-08-04 04:00:00`. */
  toString(): string {
    return spaceDate(this.ms);
  }
}

/** A number that Python holds as a float. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  toString(): string {
    return floatText(this.value);
  }
}

export type PythonValue = string | null | PythonDate | PythonFloat | readonly (string | PythonDate)[];

const WIDTH = 80;

/** `YYYY-MM-DD HH:MM:SS`, UTC. */
export const spaceDate = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** A float as Python and its JSON write it: `0.0`, not `0`. */
export const floatText = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** `repr()`. */
export function pythonRepr(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return stringRepr(value);
  if (value instanceof PythonFloat) return value.toString();
  if (value instanceof PythonDate) return dateRepr(value.ms);
  return `[${value.map(pythonRepr).join(', ')}]`;
}

/** Single quotes unless the text has some and no double ones. */
function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = Array.from(text, (character) => {
    if (character === '\\' || character === quote) return `\\${character}`;
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    const code = character.charCodeAt(0);
    return code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, '0')}` : character;
  });
  return quote + inner.join('') + quote;
}

/** Seconds and below are left out when they are nought. */
function dateRepr(ms: number): string {
  const date = new Date(ms);
  const parts = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  parts.push(date.getUTCHours(), date.getUTCMinutes());
  const seconds = date.getUTCSeconds();
  const micro = date.getUTCMilliseconds() * 1000;
  if (seconds !== 0 || micro !== 0) parts.push(seconds);
  if (micro !== 0) parts.push(micro);
  return `datetime.datetime(${parts.join(', ')})`;
}

/** A dictionary as Python's pretty printer lays it out: keys in order, long lists one value a line. */
export function pythonDictionary(entries: Readonly<Record<string, PythonValue>>): string {
  const keys = Object.keys(entries).sort();
  const oneLine = `{${keys.map((key) => `${pythonRepr(key)}: ${pythonRepr(entries[key] ?? null)}`).join(', ')}}`;
  if (oneLine.length <= WIDTH) return oneLine;
  const lines = keys.map((key) => {
    const head = ` ${pythonRepr(key)}: `;
    const value = entries[key] ?? null;
    const text = pythonRepr(value);
    if (!Array.isArray(value) || head.length + text.length < WIDTH) return head + text;
    return `${head}[${value.map(pythonRepr).join(`,\n${' '.repeat(head.length + 1)}`)}]`;
  });
  return `{${lines.join(',\n').slice(1)}}`;
}

/** JSON of texts, lists of texts and numbers as Python's `json.dumps` spaces it, ASCII only. */
export function pythonJson(object: Readonly<Record<string, string | number | readonly string[]>>): string {
  const members = Object.entries(object).map(([key, value]) => {
    const text = Array.isArray(value) ? `[${value.map(asciiJson).join(', ')}]` : asciiJson(value);
    return `${asciiJson(key)}: ${text}`;
  });
  return `{${members.join(', ')}}`;
}

/** JSON without spaces; Python's and Flask's is ASCII. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
