/** Logstash's configuration language, read for tests: syntax errors are found, and the tree can be walked and run. */

export type Value = string | number | readonly Value[] | { readonly [key: string]: Value };

export interface Plugin {
  readonly kind: 'plugin';
  readonly name: string;
  readonly options: Readonly<Record<string, Value>>;
  readonly line: number;
}

export interface Branch {
  readonly kind: 'branch';
  /** Tried in order; the `else` has no condition. */
  readonly arms: readonly { readonly condition?: Condition; readonly body: readonly Statement[] }[];
}

export type Statement = Plugin | Branch;

export type Operand =
  | { readonly kind: 'field'; readonly reference: string }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'regex'; readonly source: string };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'exists'; readonly reference: string }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Operand; readonly right: Operand };

export interface Section {
  readonly type: 'input' | 'filter' | 'output';
  readonly body: readonly Statement[];
}

export class ConfigSyntaxError extends Error {
  override name = 'ConfigSyntaxError';
}

const SPACE = /(?:\s|#[^\n]*(?:\n|$))*/y;
const BAREWORD = /[A-Za-z_][A-Za-z0-9_]+/y;
const PLUGIN_NAME = /[A-Za-z0-9_-]+/y;
const NUMBER = /-?\d+(?:\.\d*)?/y;
const STRING = /"((?:\\"|[^"])*)"|'((?:\\'|[^'])*)'/y;
const FIELD = /(?:\[[^\[\],]+\])+/y;
const REGEX = /\/((?:\\\/|[^/])*)\//y;
const COMPARISON = /==|!=|<=|>=|<|>/y;

/** Reads a whole configuration. */
export function parseConfig(text: string): Section[] {
  let position = 0;

  const fail = (expected: string): never => {
    const line = lineOf(position);
    throw new ConfigSyntaxError(
      `line ${String(line)}: expected ${expected}, found ${JSON.stringify(text.slice(position, position + 20))}`,
    );
  };
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  const space = (): void => {
    match(SPACE);
  };
  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found !== null) position += found[0].length;
    return found;
  }
  function take(token: string): boolean {
    if (!text.startsWith(token, position)) return false;
    position += token.length;
    return true;
  }
  /** A word of the language, not the beginning of a longer one. */
  function takeWord(word: string): boolean {
    return new RegExp(`${word}(?![A-Za-z0-9_])`, 'y').test(text.slice(position)) && take(word);
  }
  const need = (token: string): void => {
    space();
    if (!take(token)) fail(`"${token}"`);
  };

  function value(): Value {
    space();
    const string = match(STRING);
    if (string !== null) return string[1] ?? string[2] ?? '';
    const number = match(NUMBER);
    if (number !== null) return Number(number[0]);
    if (take('[')) return array();
    if (take('{')) return hash();
    return match(BAREWORD)?.[0] ?? fail('a value');
  }

  function array(): Value[] {
    const items: Value[] = [];
    space();
    if (take(']')) return items;
    do items.push(value());
    while ((space(), take(',')));
    need(']');
    return items;
  }

  function hash(): Record<string, Value> {
    const entries: Record<string, Value> = {};
    for (;;) {
      space();
      if (take('}')) return entries;
      const key = match(STRING) ?? match(NUMBER) ?? match(BAREWORD) ?? fail('a key');
      need('=>');
      const name = key[1] ?? key[2] ?? key[0];
      if (name in entries) fail(`"${name}" once`);
      entries[name] = value();
      space();
      if (text[position] === ',') fail('no comma between the entries of a hash');
    }
  }

  function plugin(): Plugin {
    const line = lineOf(position);
    const name = match(PLUGIN_NAME)?.[0] ?? fail('a plugin');
    need('{');
    return { kind: 'plugin', name, options: hash(), line };
  }

  function statements(): Statement[] {
    const body: Statement[] = [];
    for (;;) {
      space();
      if (take('}')) return body;
      body.push(takeWord('if') ? branch() : plugin());
    }
  }

  function branch(): Branch {
    const arms: { condition?: Condition; body: Statement[] }[] = [arm()];
    for (;;) {
      const before = position;
      space();
      if (!takeWord('else')) {
        position = before;
        return { kind: 'branch', arms };
      }
      space();
      if (takeWord('if')) {
        arms.push(arm());
        continue;
      }
      need('{');
      arms.push({ body: statements() });
      return { kind: 'branch', arms };
    }
  }

  function arm() {
    const condition = disjunction();
    need('{');
    return { condition, body: statements() };
  }

  // Logstash itself reads `and` and `or` from left to right without precedence; mixing them needs parentheses here.
  function disjunction(): Condition {
    let left = operandOrGroup();
    let last: string | undefined;
    for (;;) {
      space();
      const operator = takeWord('and') ? 'and' : takeWord('or') ? 'or' : undefined;
      if (operator === undefined) return left;
      if (last !== undefined && last !== operator) fail('parentheses around mixed and / or');
      last = operator;
      left = { kind: operator, left, right: operandOrGroup() };
    }
  }

  function operandOrGroup(): Condition {
    space();
    if (take('!')) {
      space();
      const field = match(FIELD);
      if (field !== null) return { kind: 'not', of: { kind: 'exists', reference: field[0] } };
      return { kind: 'not', of: group() };
    }
    if (text[position] === '(') return group();
    return comparison();
  }

  function group(): Condition {
    need('(');
    const inner = disjunction();
    need(')');
    return inner;
  }

  function operand(): Operand {
    space();
    const field = match(FIELD);
    if (field !== null) return { kind: 'field', reference: field[0] };
    return { kind: 'value', value: value() };
  }

  function comparison(): Condition {
    const left = operand();
    space();
    for (const operator of ['=~', '!~']) {
      if (!take(operator)) continue;
      space();
      const regex = match(REGEX) ?? fail('a regular expression');
      return { kind: 'compare', operator, left, right: { kind: 'regex', source: regex[1] ?? '' } };
    }
    const operator = takeWord('in') ? 'in' : takeNotIn() ? 'not in' : match(COMPARISON)?.[0];
    if (operator !== undefined) return { kind: 'compare', operator, left, right: operand() };
    if (left.kind !== 'field') return fail('a comparison');
    return { kind: 'exists', reference: left.reference };
  }

  function takeNotIn(): boolean {
    const before = position;
    if (takeWord('not')) {
      space();
      if (takeWord('in')) return true;
    }
    position = before;
    return false;
  }

  const sections: Section[] = [];
  for (;;) {
    space();
    if (position === text.length) return sections;
    const type =
      (['input', 'filter', 'output'] as const).find((word) => takeWord(word)) ?? fail('input, filter or output');
    need('{');
    sections.push({ type, body: statements() });
  }
}

/** Every plugin of a configuration, with the type of its section. */
export function pluginsOf(sections: readonly Section[]): { type: Section['type']; plugin: Plugin }[] {
  const inside = (statement: Statement): Plugin[] =>
    statement.kind === 'plugin' ? [statement] : statement.arms.flatMap((arm) => arm.body.flatMap(inside));
  return sections.flatMap(({ type, body }) => body.flatMap(inside).map((plugin) => ({ type, plugin })));
}
