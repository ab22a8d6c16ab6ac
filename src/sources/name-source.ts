import type { LookalikeLetters } from '../core/ascii-form.ts';
import type { LookalikeIndex } from '../core/lookalike.ts';
import type { BareSuffix, DomainName } from '../core/name.ts';
import type { PairTable } from '../core/pair-frequency.ts';
import type { RankList } from '../core/rank-list.ts';
import type { CharacterTables } from '../core/relative-entropy.ts';
import type { TldTable } from '../core/tld-facts.ts';
import type { TrigramModel } from '../core/trigram-model.ts';

/**
 * All data that facts of a name alone are made of: one generation of each data set. What may be absent is what an
 * installation has not learnt yet; then the facts are absent, too.
 */
export interface NameData {
  readonly tlds: TldTable;
  readonly characters: CharacterTables;
  readonly pairs: PairTable;
  readonly letters: LookalikeLetters;
  readonly ranks?: RankList;
  /** Made of the best-ranked domains of `ranks`. */
  readonly lookalikes?: LookalikeIndex;
  /** Trained on the labels of `ranks`, or on the operator's own. */
  readonly randomness?: TrigramModel;
}

/** Names that have facts of their own; addresses, internal and invalid names have none. */
export type SourcedName = DomainName | BareSuffix;

/** One fact source: from a name and the data to its part of the answer, undefined when it has nothing to say. */
export type NameSource<Part> = (name: SourcedName, data: NameData) => Part | undefined;

/** A part while it is being made. */
export type Draft<Part> = { -readonly [Key in keyof Part]: Part[Key] };
