import type { Warning } from '../core/alerts.ts';
import { members, type FinishedName } from '../core/answer-parts.ts';
import type { ParsedName } from '../core/name.ts';
import { frequencyAlert, type FrequencyLimits } from '../core/pair-frequency.ts';
import type { Answer } from '../schema/answer.ts';
import { namePartsOf, type NameParts } from '../sources/index.ts';
import type { NameData } from '../sources/name-source.ts';

/** From where a score of the name alone raises an alert. */
export interface NameAlertLimits extends FrequencyLimits {
  /** `randomness` at which a label is called random-looking, 0 to 1. */
  readonly randomness: number;
}

/** Finished facts of a parsed name, with their JSON text and the alerts of the name itself. */
export function finishName(parsed: ParsedName, data: NameData, limits: NameAlertLimits): FinishedName {
  const groups: NameParts = parsed.kind === 'domain' || parsed.kind === 'suffix' ? namePartsOf(parsed, data) : {};
  return {
    parsed,
    headText: members(headOf(parsed)),
    groupsText: members(groups),
    warnings: parsed.kind === 'domain' ? nameWarnings(parsed.domain, groups, limits) : [],
    unranked: data.ranks !== undefined && groups.rank?.value === undefined,
  };
}

function headOf(parsed: ParsedName): Pick<Answer, 'name' | 'domain' | 'subdomain' | 'public_suffix'> {
  if (parsed.kind === 'suffix') return { name: parsed.name, public_suffix: parsed.publicSuffix };
  if (parsed.kind !== 'domain') return { name: parsed.name };
  const { name, domain, subdomain, publicSuffix } = parsed;
  return { name, domain, ...(subdomain === '' ? {} : { subdomain }), public_suffix: publicSuffix };
}

function nameWarnings(domain: string, { freq, randomness, lookalike }: NameParts, limits: NameAlertLimits): Warning[] {
  const warnings: Warning[] = [];
  if (freq?.average !== undefined && freq.word !== undefined) {
    const { average, word } = freq;
    const alert = frequencyAlert({ average, word }, limits);
    const which = alert === 'LOW-FREQ-SCORES' ? 'are both' : 'are not both, but one is,';
    if (alert !== undefined) {
      warnings.push([
        alert,
        `The letter pairs of ${domain} (${String(average)}, ${String(word)}) ${which} rarer than usual.`,
      ]);
    }
  }
  if (randomness !== undefined && randomness >= limits.randomness) {
    warnings.push(['RANDOM-LOOKING', `${domain} looks machine-made (${String(randomness)} of 1).`]);
  }
  if (lookalike?.of !== undefined && lookalike.kind !== 'tld') {
    warnings.push([
      'LOOKALIKE',
      `${domain} looks like ${lookalike.of}, ranked ${String(lookalike.rank ?? '')} (${lookalike.kind ?? ''}).`,
    ]);
  }
  return warnings;
}
