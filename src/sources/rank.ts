import type { Rank } from '../schema/answer.ts';
import type { Draft, NameSource } from './name-source.ts';

/** Highest rank of each band. */
const BANDS: readonly (readonly [number, NonNullable<Rank['band']>])[] = [
  [1000, '1k'],
  [10_000, '10k'],
  [100_000, '100k'],
  [1_000_000, '1m'],
];

/** The list is named even where it does not have the domain: that is what was asked. */
export const rank: NameSource<Rank> = (name, { ranks }) => {
  if (ranks === undefined || name.kind !== 'domain') return undefined;
  const part: Draft<Rank> = { list: ranks.name };
  if (ranks.date !== undefined) part.date = ranks.date;
  const value = ranks.rankOf(name.domain);
  if (value !== undefined) {
    part.value = value;
    const band = BANDS.find(([highest]) => value <= highest)?.[1];
    if (band !== undefined) part.band = band;
  }
  if (name.domain !== name.registrationDomain) {
    const parent = ranks.rankOf(name.registrationDomain);
    if (parent !== undefined) part.parent = parent;
  }
  return part;
};
