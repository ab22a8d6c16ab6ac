/**
 * Reads the part of Python's pickle format that the predecessors' caches are made of: plain values and dates. Pickle is
 * a program for a stack machine that may call anything; here only the names below mean something, all others refuse the
 * whole value, and nothing but data is ever made.
 */

/** A value of a pickle; dictionaries and the records of known classes are maps. */
export type PickleValue =
  null | boolean | number | string | Buffer | Date | Offset | Name | PickleValue[] | Map<string, PickleValue>;

/** A pickle that is not read: broken, or more than data. */
export class PickleError extends Error {
  override name = 'PickleError';
}

/** A class or function by name; only ever compared. */
class Name {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** A time difference, for zones. */
class Offset {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/** Records of domain_stats 1's WHOIS library: dictionaries with methods, of which nothing is called. */
const RECORD_CLASS = /^(?:whois\.parser\.Whois\w*|collections\.OrderedDict)$/;

export function readPickle(bytes: Buffer): PickleValue {
  const stack: Slot[] = [];
  const memo = new Map<number, PickleValue>();
  let at = 0;

  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw new PickleError('ends too early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const takeLine = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end === -1) throw new PickleError('ends too early');
    return take(end + 1 - at)
      .toString('utf8')
      .slice(0, -1);
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    if (value === undefined || value === MARK) throw new PickleError('lacks a value');
    return value;
  };
  const popMarked = (): PickleValue[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark === -1) throw new PickleError('lacks a mark');
    return stack.splice(mark).slice(1) as PickleValue[];
  };
  const top = (): PickleValue => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const tuple = (length: number) => void stack.push(Array.from({ length }, pop).reverse());
  const get = (index: number) => {
    const value = memo.get(index);
    if (value === undefined) throw new PickleError('refers to nothing');
    stack.push(value);
  };
  const append = (items: readonly PickleValue[]) => {
    const list = top();
    if (!Array.isArray(list)) throw new PickleError('appends to what is no list');
    for (const item of items) list.push(item);
  };
  const setItems = (items: readonly PickleValue[]) => {
    const map = top();
    if (!(map instanceof Map)) throw new PickleError('sets items of what is no dictionary');
    for (let i = 0; i + 1 < items.length; i += 2) {
      const key = items[i];
      if (typeof key === 'string') map.set(key, items[i + 1] ?? null);
    }
  };

  const steps: Readonly<Record<number, () => void>> = {
    0x80: () => void take(1), // protocol
    0x95: () => void take(8), // frame
    0x28: () => void stack.push(MARK),
    0x30: () => void stack.pop(),
    0x4e: () => void stack.push(null),
    0x88: () => void stack.push(true),
    0x89: () => void stack.push(false),
    0x4a: () => void stack.push(take(4).readInt32LE()),
    0x4b: () => void stack.push(take(1).readUInt8()),
    0x4d: () => void stack.push(take(2).readUInt16LE()),
    0x47: () => void stack.push(take(8).readDoubleBE()),
    0x58: () => void stack.push(take(take(4).readUInt32LE()).toString('utf8')),
    0x8c: () => void stack.push(take(take(1).readUInt8()).toString('utf8')),
    0x43: () => void stack.push(take(take(1).readUInt8())),
    0x42: () => void stack.push(take(take(4).readUInt32LE())),
    0x7d: () => void stack.push(new Map<string, PickleValue>()),
    0x5d: () => void stack.push([]),
    0x29: () => void stack.push([]),
    0x74: () => void stack.push(popMarked()),
    0x85: () => tuple(1),
    0x86: () => tuple(2),
    0x87: () => tuple(3),
    0x61: () => append([pop()]),
    0x65: () => append(popMarked()),
    0x73: () => setItems([pop(), pop()].reverse()),
    0x75: () => setItems(popMarked()),
    0x94: () => void memo.set(memo.size, top()),
    0x71: () => void memo.set(take(1).readUInt8(), top()),
    0x72: () => void memo.set(take(4).readUInt32LE(), top()),
    0x68: () => get(take(1).readUInt8()),
    0x6a: () => get(take(4).readUInt32LE()),
    0x63: () => void stack.push(nameOf(takeLine(), takeLine())),
    0x93: () => {
      const [name, module] = [pop(), pop()];
      stack.push(nameOf(textOf(module), textOf(name)));
    },
    0x52: () => {
      const [args, callee] = [pop(), pop()];
      stack.push(made(callee, args));
    },
    0x81: () => {
      const [args, callee] = [pop(), pop()];
      stack.push(made(callee, args));
    },
    0x62: () => {
      const state = pop();
      if (state instanceof Map) setItems([...state].flat());
    },
  };

  for (;;) {
    const code = take(1).readUInt8();
    if (code === STOP) return pop();
    const step = steps[code];
    if (step === undefined) throw new PickleError(`has an instruction that is not read (0x${code.toString(16)})`);
    step();
  }
}

const STOP = 0x2e;

function textOf(value: PickleValue | undefined): string {
  if (typeof value !== 'string') throw new PickleError('has no text where one belongs');
  return value;
}

const KNOWN = new Set(['datetime.datetime', 'datetime.timezone', 'datetime.timedelta', '_codecs.encode']);

function nameOf(module: string, name: string): Name {
  const path = `${module}.${name}`;
  if (!KNOWN.has(path) && !RECORD_CLASS.test(path))
    throw new PickleError(`names ${JSON.stringify(path)}, which is no data`);
  return new Name(path);
}

/** What a call of one of the known names gives; they are data written as calls. */
function made(callee: PickleValue, args: PickleValue): PickleValue {
  if (!(callee instanceof Name) || !Array.isArray(args)) throw new PickleError('calls what is no name');
  const [first, second] = args;
  switch (callee.path) {
    case 'datetime.datetime':
      return dateOf(first, second);
    case 'datetime.timedelta':
      return new Offset((Number(first) * 86_400 + Number(second)) * 1000);
    case 'datetime.timezone':
      return first instanceof Offset ? first : new Offset(0);
    case '_codecs.encode':
      return Buffer.from(textOf(first), 'latin1');
    default:
      return new Map<string, PickleValue>();
  }
}

/** Ten bytes: year, month, day, hour, minute, second, microseconds. Without a zone it is UTC. */
function dateOf(packed: PickleValue | undefined, zone: PickleValue | undefined): Date {
  if (!Buffer.isBuffer(packed) || packed.length !== 10) throw new PickleError('has a date that is none');
  const [month = 1, day = 1, hour = 0, minute = 0, second = 0] = packed.subarray(2);
  const ms = Math.floor(packed.readUIntBE(7, 3) / 1000);
  const time = Date.UTC(packed.readUInt16BE(0), (month & 0x7f) - 1, day, hour, minute, second, ms);
  return new Date(zone instanceof Offset ? time - zone.ms : time);
}
