/** The part of the Kibana query language that our files use, read into filters of the search API. */
export interface Query {
  readonly filter: object;
  readonly fields: readonly string[];
}

const TOKEN = /\s*(?:([()])|(>=|<=|<|>|:)|"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_@.*-]+))/y;

type Token = { readonly kind: 'sign' | 'text' | 'word'; readonly text: string };

/** Throws on what it cannot read. */
export function readKql(query: string): Query {
  const tokens = tokensOf(query);
  const fields: string[] = [];
  let next = 0;
  const peek = (text: string) => tokens[next]?.kind !== 'text' && tokens[next]?.text === text;
  const take = (): Token => {
    const token = tokens[next++];
    if (token === undefined) throw new Error(`${query}: ends too early`);
    return token;
  };
  const expect = (text: string) => {
    if (!peek(text)) throw new Error(`${query}: ${text} expected at ${JSON.stringify(tokens[next])}`);
    next++;
  };

  function both(operator: 'and' | 'or', part: () => object): object {
    const parts = [part()];
    while (peek(operator)) {
      next++;
      parts.push(part());
    }
    if (parts.length === 1) return parts[0]!;
    return { bool: operator === 'and' ? { filter: parts } : { should: parts, minimum_should_match: 1 } };
  }
  const disjunction = (): object => both('or', () => both('and', term));

  function term(): object {
    if (peek('not')) {
      next++;
      return { bool: { must_not: [term()] } };
    }
    if (peek('(')) {
      next++;
      const inside = disjunction();
      expect(')');
      return inside;
    }
    const field = take();
    if (field.kind !== 'word') throw new Error(`${query}: a field expected, not ${field.text}`);
    fields.push(field.text);
    const operator = take().text;
    if (operator !== ':') {
      const bound = { '>=': 'gte', '>': 'gt', '<': 'lt', '<=': 'lte' }[operator];
      if (bound === undefined) throw new Error(`${query}: ${operator} is no comparison`);
      return { range: { [field.text]: { [bound]: take().text } } };
    }
    if (!peek('(')) return valueFilter(field.text, take());
    next++;
    const values = [take()];
    while (peek('or')) {
      next++;
      values.push(take());
    }
    expect(')');
    return { terms: { [field.text]: values.map(({ text }) => text) } };
  }

  const filter = query.trim() === '' ? { match_all: {} } : disjunction();
  if (next < tokens.length) throw new Error(`${query}: ${tokens[next]!.text} is one too many`);
  return { filter, fields };
}

const valueFilter = (field: string, { kind, text }: Token): object =>
  kind === 'word' && text === '*' ? { exists: { field } } : { term: { [field]: text } };

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const text = query.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`${query}: cannot be read from ${text.slice(from)}`);
    const [, paren, sign, quoted, word] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: JSON.parse(`"${quoted}"`) as string });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: paren ?? sign ?? '' });
  }
  return tokens;
}
