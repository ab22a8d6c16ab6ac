import type { LookupOutcome, RegistrationFacts } from './registration-facts.ts';
import type { WhoisLine } from './whois-lines.ts';
import { isFreeStatus, readStatements, type Refusal } from './whois-outcome.ts';

/** The outcome; of a reserved or invalid name also that, as its status. */
export interface Decision {
  outcome: LookupOutcome;
  statuses?: string[];
}

/**
 * Facts come before words: an answer with a creation date or name servers is a registration whatever its terms of use
 * say. An answer without them is read by its statements; when those are silent too, it is a failure, never "not
 * registered".
 */
export function decide(
  facts: RegistrationFacts,
  lines: readonly WhoisLine[],
  statements: readonly string[],
  tld: string,
): Decision {
  if (facts.created !== undefined || facts.name_servers !== undefined) return { outcome: 'found' };
  if (facts.statuses?.some(isFreeStatus) === true) return { outcome: 'not_found' };
  const said = readStatements(statements);
  if (said === 'reserved' || said === 'invalid') return standing(facts, lines, said);
  if (said !== 'unclear') return { outcome: OUTCOMES[said] };
  if (isRegistration(facts, lines)) return { outcome: 'found' };
  // nic.bo's only footer; alone it is its way of saying that it found nothing.
  const footer = `solo acepta consultas con dominios .${tld}`;
  return { outcome: statements.some((line) => line.includes(footer)) ? 'not_found' : 'failed' };
}

const OUTCOMES: Readonly<Record<Refusal, LookupOutcome>> = {
  refused: 'refused',
  unsupported: 'unsupported',
  out_of_order: 'failed',
  reserved: 'not_found',
  invalid: 'not_found',
  not_found: 'not_found',
  unclear: 'failed',
};

/** A registration may carry words like `restricted` in its status; a name that is only reserved has nothing else. */
function standing(facts: RegistrationFacts, lines: readonly WhoisLine[], said: 'reserved' | 'invalid'): Decision {
  return isRegistration({ ...facts, statuses: [] }, lines)
    ? { outcome: 'found' }
    : { outcome: 'not_found', statuses: [said] };
}

/** Signs of a registration other than dates of creation and name servers. */
const isRegistration = (facts: RegistrationFacts, lines: readonly WhoisLine[]): boolean =>
  facts.expires !== undefined ||
  facts.updated !== undefined ||
  facts.registrar !== undefined ||
  (facts.statuses?.length ?? 0) > 0 ||
  (facts.domain_name !== undefined && lines.some(({ section }) => section === 'registrant'));
