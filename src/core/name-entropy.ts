import type { Entropy } from '../schema/answer.ts';
import type { MeasuredText } from './measured-text.ts';
import { relativeEntropy, type CharacterTable, type CharacterTables } from './relative-entropy.ts';

/**
 * Entropies of a name. A score whose text has a character without a figure (`_dmarc`) is absent; `label_max` is the
 * highest of the labels that have a score. Undefined when nothing can be measured.
 */
export function entropyOf(measured: MeasuredText, tables: CharacterTables): Entropy | undefined {
  const domain = relativeEntropy(measured.domain, tables.domain);
  const fqdn = relativeEntropy(measured.fqdn, tables.fqdn);
  const max = measured.labels.length === 1 ? fqdn : highest(measured.labels, tables.fqdn);
  if (domain === undefined && fqdn === undefined && max === undefined) return undefined;
  const entropy: Entropy = {};
  if (domain !== undefined) entropy.domain = domain;
  if (fqdn !== undefined) entropy.fqdn = fqdn;
  if (max !== undefined) entropy.label_max = max;
  return entropy;
}

/** Entropy of each label that can be measured. Own properties only, whatever the label is called. */
export function labelEntropies(labels: readonly string[], table: CharacterTable): Record<string, number> {
  return Object.fromEntries(
    labels.flatMap((label) => {
      const value = relativeEntropy(label, table);
      return value === undefined ? [] : [[label, value] as const];
    }),
  );
}

function highest(labels: readonly string[], table: CharacterTable): number | undefined {
  let max: number | undefined;
  for (const label of labels) {
    const value = relativeEntropy(label, table);
    if (value !== undefined && (max === undefined || value > max)) max = value;
  }
  return max;
}
