import type { Warning } from '../core/alerts.ts';
import { members, type NameFacts } from '../core/answer-parts.ts';
import type { BareSuffix, DomainName, ParsedName } from '../core/name.ts';
import type { Answer } from '../schema/answer.ts';

/** What the sources say of a name that has facts of its own. */
export interface NamePart {
  readonly groups: Partial<Answer>;
  readonly warnings: readonly Warning[];
  readonly unranked: boolean;
}

const NOTHING: NamePart = { groups: {}, warnings: [], unranked: false };

/** Finished facts of a parsed name, with their JSON text. */
export function nameFacts(parsed: ParsedName, partOf: (name: DomainName | BareSuffix) => NamePart): NameFacts {
  const { groups, warnings, unranked } =
    parsed.kind === 'domain' || parsed.kind === 'suffix' ? partOf(parsed) : NOTHING;
  const head = headOf(parsed);
  return { parsed, head, groups, headText: members(head), groupsText: members(groups), warnings, unranked };
}

function headOf(parsed: ParsedName): NameFacts['head'] {
  if (parsed.kind === 'suffix') return { name: parsed.name, public_suffix: parsed.publicSuffix };
  if (parsed.kind !== 'domain') return { name: parsed.name };
  const { name, domain, subdomain, publicSuffix } = parsed;
  return { name, domain, ...(subdomain === '' ? {} : { subdomain }), public_suffix: publicSuffix };
}
