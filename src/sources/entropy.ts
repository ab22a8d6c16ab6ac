import { measuredText, hostOf } from '../core/measured-text.ts';
import { entropyOf } from '../core/name-entropy.ts';
import type { Entropy } from '../schema/answer.ts';
import type { NameSource } from './name-source.ts';

/** fqdn_parser's entropies; `/v1/names` adds those of the single labels. */
export const entropy: NameSource<Entropy> = (name, { characters }) =>
  name.kind === 'domain' ? entropyOf(measuredText(hostOf(name)), characters) : undefined;
