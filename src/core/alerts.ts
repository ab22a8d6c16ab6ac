import type { Alert, Answer } from '../schema/answer.ts';

/** An alert and the sentence that explains it. */
export type Warning = readonly [Alert, string];

/** Under this age a registration that follows an earlier one is called re-registered. */
const REREGISTERED_DAYS = 30;

/** What the alerts of one event are made of. */
export interface AlertFacts {
  readonly domain: string;
  readonly scope: string;
  readonly firstContact: boolean;
  readonly communityFirstContact: boolean;
  readonly category: Answer['category'];
  readonly ageDays: number | undefined;
  readonly registration: Answer['registration'];
  /** Event time, milliseconds since the epoch. */
  readonly at: number;
  /** Expiry, milliseconds since the epoch. */
  readonly expires: number | undefined;
}

/** Alerts that depend on the event; those of the name alone are made with the name's facts. */
export function eventAlerts(facts: AlertFacts): Warning[] {
  const warnings: Warning[] = [];
  const { domain, ageDays, registration } = facts;
  if (facts.firstContact) warnings.push(['FIRST-CONTACT', `First event of ${domain} in scope ${facts.scope}.`]);
  if (facts.firstContact && facts.communityFirstContact) {
    warnings.push(['COMMUNITY-FIRST-CONTACT', `No member of the community has asked for ${domain} before.`]);
  }
  if (facts.category === 'baby') {
    warnings.push(['BABY-DOMAIN', `${domain} was registered ${days(ageDays ?? 0)} before this event.`]);
  }
  if (
    registration?.previous_created !== undefined &&
    ageDays !== undefined &&
    ageDays >= 0 &&
    ageDays < REREGISTERED_DAYS
  ) {
    const before = registration.previous_created.slice(0, 10);
    warnings.push(['REREGISTERED', `${domain} was registered anew ${days(ageDays)} ago; before that since ${before}.`]);
  }
  if (facts.expires !== undefined && facts.expires < facts.at) {
    warnings.push([
      'EXPIRED',
      `The registration ended on ${registration?.expires?.slice(0, 10) ?? ''}, before this event.`,
    ]);
  }
  return warnings;
}

const days = (count: number): string => (count === 1 ? '1 day' : `${String(count)} days`);
