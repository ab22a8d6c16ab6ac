import type { Answer } from '../../schema/answer.ts';

/** The word that stands where a value is not known. */
export const ERROR = 'ERROR';

/** What the predecessors said of a text that is no domain name of a public suffix. */
export const NO_SUFFIX = 'No valid eTLD exists for this domain.';

/** Why an answer has no registration date, in one sentence for the list of alerts; undefined when it has one. */
export function whyNoDate({ domain = '', category, registration }: Answer): string | undefined {
  if (category === 'hosted') {
    return `${domain} is a name under a private suffix; the registration of ${registration?.domain ?? ''} says nothing of its age.`;
  }
  if (registration?.created !== undefined) return undefined;
  switch (registration?.status) {
    case 'pending':
      return `The registration of ${domain} is not known yet; it is being looked up.`;
    case 'not_found':
      return `The registry has no registration of ${domain}.`;
    case 'found':
    case 'no_date':
      return `The registry publishes no registration date of ${domain}.`;
    case 'unsupported':
      return `No registry can be asked for ${domain}.`;
    case 'error':
      return `The registration of ${domain} could not be looked up.`;
    case 'skipped':
    case undefined:
      return `The registration of ${domain} is not known and is not looked up.`;
  }
}

/** Two classes only; a registration in the future is new. */
export const ageWord = ({ category }: Answer): 'NEW' | 'ESTABLISHED' =>
  category === 'established' ? 'ESTABLISHED' : 'NEW';

/** Whether the category is known: by a date, or because the community knows the domain's age. */
export const isAged = ({ category_source: source }: Answer, reason: string | undefined): boolean =>
  reason === undefined || source === 'community';

/** Where the date comes from, in the predecessors' words: the protocol, or the name of the file it was imported from. */
export function sourceWord(registration: Answer['registration'], imported: string): string {
  switch (registration?.source) {
    case 'rdap':
      return 'RDAP';
    case 'whois':
      return 'WHOIS';
    default:
      return registration?.server ?? imported;
  }
}

const PEER_ALERTS: Readonly<Record<string, string>> = {
  'FIRST-CONTACT': 'YOUR-FIRST-CONTACT',
  'COMMUNITY-FIRST-CONTACT': 'ISC-FIRST-CONTACT',
};

/** First contacts as the predecessors spell them. */
export const contactAlerts = ({ alerts = [] }: Answer): string[] => alerts.flatMap((alert) => PEER_ALERTS[alert] ?? []);

const FREQUENCY_ALERTS: ReadonlySet<string> = new Set(['LOW-FREQ-SCORES', 'SUSPECT-FREQ-SCORE']);

/** Alerts of the letter pairs, which only 1.0.1 has. */
export const frequencyAlerts = ({ alerts = [] }: Answer): string[] =>
  alerts.filter((alert) => FREQUENCY_ALERTS.has(alert));
