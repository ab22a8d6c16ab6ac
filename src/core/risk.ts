import { RISKS, type Alert, type Answer, type Risk } from '../schema/answer.ts';

/** Facts that a risk rule can ask for. `unranked` holds only while a rank list is loaded. */
export const RISK_FACTS = [
  'baby',
  'new',
  'hosted',
  'first_contact',
  'community_first_contact',
  'unranked',
  'random',
  'lookalike',
  'low_frequency',
  'suspect_frequency',
  'reregistered',
  'expired',
] as const;
export type RiskFact = (typeof RISK_FACTS)[number];

/** A conjunction of facts and the risk that it stands for. */
export interface RiskRule {
  readonly risk: Exclude<Risk, 'none'>;
  readonly facts: readonly RiskFact[];
  /** The facts as a set: one bit for each. */
  readonly bits: number;
}

const bitOf = (fact: RiskFact): number => 1 << RISK_FACTS.indexOf(fact);

/** The settings table as it stands by default: a single score is context and never a risk of its own. */
export const DEFAULT_RISK_RULES: readonly string[] = [
  'high: lookalike + baby',
  'high: lookalike + new + first_contact',
  'high: random + baby + first_contact',
  'high: reregistered + lookalike',
  'medium: baby + first_contact',
  'medium: lookalike + first_contact',
  'medium: random + unranked + first_contact',
  'medium: reregistered + first_contact',
  'medium: baby + community_first_contact',
  'low: baby',
  'low: lookalike',
  'low: random + unranked',
  'low: new + unranked + first_contact',
  'low: expired + first_contact',
];

/** Reads `risk: fact + fact`. Returns what is wrong as text. */
export function readRiskRule(text: string): RiskRule | string {
  const [risk = '', facts = ''] = text.split(':').map((part) => part.trim());
  if (risk === 'none' || !RISKS.some((known) => known === risk)) return `"${risk}" is none of low, medium, high`;
  const read: RiskFact[] = [];
  for (const fact of facts.split('+').map((part) => part.trim())) {
    const known = RISK_FACTS.find((name) => name === fact);
    if (known === undefined) return `"${fact}" is none of ${RISK_FACTS.join(', ')}`;
    read.push(known);
  }
  return { risk: risk as RiskRule['risk'], facts: read, bits: read.reduce((bits, fact) => bits | bitOf(fact), 0) };
}

const FACT_OF_ALERT: Readonly<Partial<Record<Alert, RiskFact>>> = {
  'FIRST-CONTACT': 'first_contact',
  'COMMUNITY-FIRST-CONTACT': 'community_first_contact',
  'RANDOM-LOOKING': 'random',
  LOOKALIKE: 'lookalike',
  'LOW-FREQ-SCORES': 'low_frequency',
  'SUSPECT-FREQ-SCORE': 'suspect_frequency',
  REREGISTERED: 'reregistered',
  EXPIRED: 'expired',
};

const BIT_OF_ALERT = Object.fromEntries(
  Object.entries(FACT_OF_ALERT).map(([alert, fact]) => [alert, bitOf(fact)]),
) as Readonly<Partial<Record<Alert, number>>>;
const BIT_OF_CATEGORY: Readonly<Partial<Record<NonNullable<Answer['category']>, number>>> = {
  baby: bitOf('baby'),
  new: bitOf('new'),
  hosted: bitOf('hosted'),
};
const UNRANKED = bitOf('unranked');

const NO_RISK: { readonly risk: Risk; readonly reasons: readonly string[] } = { risk: 'none', reasons: [] };

/** The highest risk whose conjunction holds, and every conjunction that holds at that height. */
export function assessRisk(
  rules: readonly RiskRule[],
  alerts: readonly Alert[],
  category: Answer['category'],
  unranked: boolean,
): { readonly risk: Risk; readonly reasons: readonly string[] } {
  if (alerts.length === 0 && category !== 'baby' && category !== 'new') return NO_RISK;
  let holding = unranked ? UNRANKED : 0;
  for (const alert of alerts) holding |= BIT_OF_ALERT[alert] ?? 0;
  if (category !== undefined) holding |= BIT_OF_CATEGORY[category] ?? 0;
  let risk: Risk = 'none';
  let reasons: string[] = [];
  for (const rule of rules) {
    if ((holding & rule.bits) !== rule.bits || RISKS.indexOf(rule.risk) < RISKS.indexOf(risk)) continue;
    if (rule.risk !== risk) reasons = [];
    risk = rule.risk;
    reasons.push(rule.facts.join(' + '));
  }
  return { risk, reasons };
}
