/** How a setting's value is read and shown. */
export interface Kind<Value> {
  /** For `--help`, e.g. `PORT`; undefined for a switch. */
  readonly placeholder: string | undefined;
  /** Limits in words, for the docs; empty when there are none. */
  readonly limits: string;
  /** Reads a value from a flag, a variable (text) or the file (typed). Throws {@link BadValue} saying what would be right. */
  read(raw: unknown): Value;
  show(value: Value): string;
}

/** Says what is wrong with a value and what would be right. */
export class BadValue extends Error {
  override name = 'BadValue';
}

export const text = (placeholder: string): Kind<string> => ({
  placeholder,
  limits: '',
  read: (raw) => {
    if (typeof raw !== 'string') throw new BadValue('must be text');
    return raw;
  },
  show: (value) => value,
});

/** Text that is never shown: only whether it is given. */
export const secret: Kind<string> = {
  placeholder: 'SECRET',
  limits: 'never shown',
  read: (raw) => {
    if (typeof raw !== 'string') throw new BadValue('must be text; in the file in quotation marks');
    return raw;
  },
  show: (value) => (value === '' ? '' : '(given)'),
};

/** Text of one form; `what` says which, for messages and docs. */
export const matching = (placeholder: string, form: RegExp, what: string): Kind<string> => ({
  placeholder,
  limits: what,
  read: (raw) => {
    if (typeof raw !== 'string' || !form.test(raw)) throw new BadValue(`must be ${what}`);
    return raw;
  },
  show: (value) => value,
});

export function integer(placeholder: string, min: number, max: number): Kind<number> {
  const limits = `${String(min)} to ${String(max)}`;
  return {
    placeholder,
    limits,
    read: (raw) => {
      const value = typeof raw === 'string' && /^-?\d+$/.test(raw.trim()) ? Number(raw) : raw;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
        throw new BadValue(`must be a whole number, ${limits}`);
      }
      return value;
    },
    show: String,
  };
}

export function decimal(placeholder: string, min: number, max: number): Kind<number> {
  const limits = `${String(min)} to ${String(max)}`;
  return {
    placeholder,
    limits,
    read: (raw) => {
      const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
      if (typeof value !== 'number' || !(value >= min && value <= max))
        throw new BadValue(`must be a number, ${limits}`);
      return value;
    },
    show: String,
  };
}

export const toggle: Kind<boolean> = {
  placeholder: undefined,
  limits: '',
  read: (raw) => {
    if (raw === true || raw === 'true' || raw === '1' || raw === 'yes') return true;
    if (raw === false || raw === 'false' || raw === '0' || raw === 'no') return false;
    throw new BadValue('must be true or false');
  },
  show: String,
};

export const oneOf = <Word extends string>(...words: readonly Word[]): Kind<Word> => ({
  placeholder: words.join('|'),
  limits: '',
  read: (raw) => {
    const word = words.find((known) => known === raw);
    if (word === undefined) throw new BadValue(`must be one of ${words.join(', ')}`);
    return word;
  },
  show: (value) => value,
});

/** A list: comma-separated in a flag or variable, a sequence in the file. Items may be checked one by one. */
export const list = (
  placeholder: string,
  check: (item: string) => string | undefined = () => undefined,
): Kind<readonly string[]> => ({
  placeholder,
  limits: 'comma-separated',
  read: (raw) => {
    const items: unknown[] = typeof raw === 'string' ? raw.split(',') : Array.isArray(raw) ? raw : [undefined];
    return items.flatMap((item) => {
      if (typeof item !== 'string') throw new BadValue('must be a list of texts');
      const trimmed = item.trim();
      if (trimmed === '') return [];
      const problem = check(trimmed);
      if (problem !== undefined) throw new BadValue(problem);
      return [trimmed];
    });
  },
  show: (value) => value.join(','),
});

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How a time is written: `250ms`, `2s`, a number alone is milliseconds. */
export const DURATION_PATTERN = '^(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)?$';
const DURATION = new RegExp(DURATION_PATTERN);

/** Milliseconds of `250ms`, `2s`, `5m`, `24h`, `7d`; a bare number is milliseconds. Undefined when it is none of them. */
export function readDuration(raw: unknown): number | undefined {
  if (typeof raw === 'number') return raw >= 0 && Number.isFinite(raw) ? raw : undefined;
  const parts = typeof raw === 'string' ? DURATION.exec(raw.trim()) : null;
  return parts === null ? undefined : Number(parts[1]) * (UNITS_MS[parts[2] ?? 'ms'] ?? 1);
}

export function duration(minMs: number, maxMs: number): Kind<number> {
  const limits = `${showDuration(minMs)} to ${showDuration(maxMs)}`;
  return {
    placeholder: 'TIME',
    limits,
    read: (raw) => {
      const ms = readDuration(raw);
      if (ms === undefined || ms < minMs || ms > maxMs) {
        throw new BadValue(`must be a time such as 250ms, 2s, 5m or 24h, ${limits}`);
      }
      return ms;
    },
    show: showDuration,
  };
}

function showDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNITS_MS[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${String(ms / size)}${unit}`;
  }
  return `${String(ms)}ms`;
}

const UNITS_BYTES: Readonly<Record<string, number>> = { '': 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

export function bytes(min: number, max: number): Kind<number> {
  const limits = `${showBytes(min)} to ${showBytes(max)}`;
  return {
    placeholder: 'SIZE',
    limits,
    read: (raw) => {
      const parts = /^(\d+)\s*(kb|mb|gb)?$/i.exec(String(raw).trim());
      const size = parts === null ? NaN : Number(parts[1]) * (UNITS_BYTES[(parts[2] ?? '').toLowerCase()] ?? 1);
      if (!(size >= min && size <= max)) throw new BadValue(`must be a size such as 512kb or 8mb, ${limits}`);
      return size;
    },
    show: showBytes,
  };
}

function showBytes(size: number): string {
  for (const unit of ['gb', 'mb', 'kb']) {
    const factor = UNITS_BYTES[unit] ?? 1;
    if (size >= factor && size % factor === 0) return `${String(size / factor)}${unit}`;
  }
  return String(size);
}
