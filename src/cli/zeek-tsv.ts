/** Reads rows of Zeek's tab-separated logs, whose header lines say how. */
export interface ZeekTsvReader {
  /** An event, or undefined for a header line. */
  read(line: string): Record<string, unknown> | undefined;
}

/** Whether a line can only be Zeek's tab-separated form. */
export const isZeekTsvHeader = (line: string): boolean => line.startsWith('#separator') || line.startsWith('#fields');

/** Makes a reader for one file; `#fields` and `#types` hold until the next ones. */
export function zeekTsvReader(): ZeekTsvReader {
  let separator = '\t';
  let setSeparator = ',';
  let unset = '-';
  let empty = '(empty)';
  let fields: string[] = [];
  let types: string[] = [];
  let path: string | undefined;

  function header(line: string): void {
    // `#separator` itself is followed by a space, all others by the separator.
    const named = /^#separator (\S+)/.exec(line);
    if (named?.[1] !== undefined) {
      separator = named[1].replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      return;
    }
    const [key, ...values] = line.split(separator);
    if (key === '#set_separator') setSeparator = values[0] ?? ',';
    else if (key === '#unset_field') unset = values[0] ?? '-';
    else if (key === '#empty_field') empty = values[0] ?? '(empty)';
    else if (key === '#path') path = values[0];
    else if (key === '#fields') fields = values;
    else if (key === '#types') types = values;
  }

  return {
    read(line) {
      if (line.startsWith('#')) {
        header(line);
        return undefined;
      }
      const event: Record<string, unknown> = path === undefined ? {} : { _path: path };
      line.split(separator).forEach((cell, index) => {
        const field = fields[index] ?? `field_${String(index + 1)}`;
        if (cell !== unset) event[field] = cellValue(cell, types[index] ?? 'string', setSeparator, empty);
      });
      return event;
    },
  };
}

const NUMBERS = new Set(['count', 'int', 'port', 'double', 'interval', 'time']);

function cellValue(cell: string, type: string, setSeparator: string, empty: string): unknown {
  const inner = /^(?:set|vector)\[(\w+)\]$/.exec(type)?.[1];
  if (inner !== undefined) {
    return cell === empty ? [] : cell.split(setSeparator).map((item) => cellValue(item, inner, setSeparator, empty));
  }
  if (cell === empty) return '';
  if (type === 'bool') return cell === 'T';
  if (!NUMBERS.has(type)) return cell;
  const number = Number(cell);
  // A number that JavaScript cannot hold stays text rather than becoming another number.
  return Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number)) ? number : cell;
}
