import { frequencyScore } from '../core/pair-frequency.ts';
import type { Frequency } from '../schema/answer.ts';
import type { NameSource } from './name-source.ts';

/** domain_stats scores the registered domain with its suffix, private section on. */
export const frequency: NameSource<Required<Frequency>> = (name, { pairs }) =>
  name.kind === 'domain' ? frequencyScore(name.domain, pairs) : undefined;
