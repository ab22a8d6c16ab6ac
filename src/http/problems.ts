/** Every refusal of the HTTP doors: status and title by code (RFC 9457). The detail says what is wrong and what to do. */
const PROBLEMS = {
  'bad-request': [400, 'Malformed request'],
  'bad-parameter': [400, 'Malformed parameter'],
  'bad-body': [400, 'Malformed body'],
  'bad-item': [400, 'Malformed item'],
  unauthorized: [401, 'Credentials missing or wrong'],
  denied: [403, 'Organisation excluded'],
  'client-too-old': [403, 'Client too old'],
  'cross-site': [403, 'Asked by another site'],
  'not-found': [404, 'No such route'],
  'not-suppressed': [404, 'No such suppression'],
  'no-established-list': [404, 'No established list'],
  'unknown-tld': [404, 'No such top-level domain'],
  'method-not-allowed': [405, 'Method not allowed'],
  'body-too-large': [413, 'Body too large'],
  'batch-too-large': [413, 'Too many names in one request'],
  'bucket-too-large': [422, 'Prefix too short'],
  'too-many-asks': [429, 'Rate or quota used up'],
  'internal-error': [500, 'Internal error'],
  'not-ready': [503, 'Not ready'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A problem document (`application/problem+json`); in a batch it stands in the place of the answer. */
export class Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;

  constructor(code: ProblemCode, detail: string) {
    const [status, title] = PROBLEMS[code];
    this.type = `urn:domain-stats:${code}`;
    this.title = title;
    this.status = status;
    this.detail = detail;
  }
}

/** Thrown by a door that cannot take a request; the error handler turns it into its problem document. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly problem: Problem;

  constructor(code: ProblemCode, detail: string) {
    super(detail);
    this.problem = new Problem(code, detail);
  }
}
