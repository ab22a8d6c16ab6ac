import type { RegistrationRecord } from '../core/registration.ts';
import type { RegistrationFacts } from './registration-facts.ts';

/** What one query to one server brought. Every expected end is a value; `server` says who answered. */
export type QueryResult =
  | { readonly kind: 'found'; readonly facts: RegistrationFacts; readonly server: string }
  /** The registry says so; `standing` when the name is reserved or no name it would register. */
  | { readonly kind: 'not_found'; readonly server: string; readonly standing?: 'reserved' | 'invalid' }
  | { readonly kind: 'unsupported'; readonly server: string }
  /** A limit or a ban: says nothing of the domain. `retryAfterMs` is the server's wish or the least wait. */
  | { readonly kind: 'refused'; readonly server: string; readonly retryAfterMs: number }
  /** `final`: the same query would fail again, as for a name that the server cannot read. */
  | { readonly kind: 'failed'; readonly server: string; readonly reason: string; readonly final?: boolean }
  /** Our own stop. */
  | { readonly kind: 'stopped' };

/** How the turn of a waiting name ended: the answer of its server, one that another instance has had, or a new route. */
export type LookupEnd = QueryResult | { readonly kind: 'shared'; readonly record: RegistrationRecord } | 'again';

/** A name that can be asked for: letters, digits, hyphens, at least two labels (RFC 1035 limits). Nothing else is sent. */
export const isQueryName = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/.test(name);
