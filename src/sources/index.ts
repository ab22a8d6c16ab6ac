import type { Answer } from '../schema/answer.ts';
import { entropy } from './entropy.ts';
import { frequency } from './frequency.ts';
import { lookalike } from './lookalike.ts';
import type { NameData, NameSource, SourcedName } from './name-source.ts';
import { randomness } from './randomness.ts';
import { rank } from './rank.ts';
import { suffix } from './suffix.ts';

/** Keys of the answer that need more than the name: the event, the stores, or the other facts. */
type NotOfTheName =
  | 'name'
  | 'domain'
  | 'subdomain'
  | 'public_suffix'
  | 'status'
  | 'at_ignored'
  | 'pending'
  | 'source_field'
  | 'source_fields'
  | 'category'
  | 'category_source'
  | 'first_contact'
  | 'first_seen'
  | 'last_seen'
  | 'days_since_first_seen'
  | 'scope'
  | 'clients'
  | 'first_client'
  | 'registration'
  | 'community'
  | 'alerts'
  | 'alert_reasons'
  | 'risk'
  | 'risk_reasons'
  | 'data_version';

/** The parts of an answer that depend on the name and the data alone, and so can be kept with the name. */
export type NameParts = Omit<Answer, NotOfTheName>;

/** A key of the schema with neither a source here nor a place above does not compile. */
type NameSources = { readonly [Key in keyof NameParts]-?: NameSource<NonNullable<NameParts[Key]>> };

/** All sources of facts of a name: a new fact is one file, one line here, and its schema. */
export const nameSources: NameSources = {
  rank,
  suffix,
  entropy,
  freq: frequency,
  randomness,
  lookalike,
};

const inOrder = Object.entries(nameSources) as readonly (readonly [keyof NameParts, NameSource<unknown>])[];

/** Every part that has something to say of the name. */
export function namePartsOf(name: SourcedName, data: NameData): NameParts {
  const parts: Partial<Record<keyof NameParts, unknown>> = {};
  for (const [key, source] of inOrder) {
    const part = source(name, data);
    if (part !== undefined) parts[key] = part;
  }
  return parts as NameParts;
}
