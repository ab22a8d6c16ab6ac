import { registeredLabel } from '../core/measured-text.ts';
import { randomness as randomnessOf } from '../core/trigram-model.ts';
import type { NameSource } from './name-source.ts';

/** Of the label that the domain's owner chose; absent until a model has been trained. */
export const randomness: NameSource<number> = (name, { randomness: model }) =>
  model === undefined || name.kind !== 'domain' ? undefined : randomnessOf(registeredLabel(name), model);
